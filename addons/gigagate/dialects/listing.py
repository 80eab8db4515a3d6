"""The list of models, asked for and remembered: each dialect only tells it in its own form."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from gigagate.core import model_list, model_map
from gigagate.core.http import Content
from gigagate.core.in_hand import InHand
from gigagate.core.model_list import Listed, ShownModel
from gigagate.core.name_patterns import among
from gigagate.dialects.dialect import Translation
from gigagate.dialects.upstream_json import get, parsed_object
from gigagate.errors import (
    GigaGateError,
    NoSlot,
    NotFound,
    ProxyRefused,
    TokenUnavailable,
    UpstreamError,
    UpstreamUntrusted,
)
from gigagate.gigachat.errors import unexpected


def ask(call: InHand, told: Callable[[Sequence[ShownModel]], Content]) -> Translation | Content:
    """The list, as `told` tells it: GigaChat's; that of minutes ago; or, while GigaChat is away,
    the last one, or the aliases alone.
    """
    if (known := call.models.fresh(call.now)) is not None:
        return told(model_list.shown(call.policy, known))

    def whole(body: bytes) -> Content:
        upstream = _read(body)
        call.models.keep(upstream, call.now)
        return told(model_list.shown(call.policy, upstream))

    def instead(error: GigaGateError) -> Content | None:
        if not _is_away(error):
            return None
        last = call.models.last
        call.notes.add("models", f"GigaChat is away: {'the last list' if last else 'the aliases'}")
        return told(model_list.shown(call.policy, last))

    return Translation(get("/v1/models"), whole, instead=instead)


def ask_one(
    call: InHand, told: Callable[[ShownModel], Content], meant: str | None = None
) -> Translation | Content:
    """One model.  A name that chat would merely replace by another is not found, on purpose.

    meant: the name that stands for the client's, where its dialect has names of its own.
    Raises NotFound.
    """
    name = call.report.model_asked = call.item
    meant = name if meant is None else meant
    means = model_map.alias(meant, call.policy) or meant
    if not among(means, call.policy.may_use):
        raise NotFound(f"There is no model {name} for your key.", code="model_not_found")

    def known(upstream: Listed) -> Content | None:
        found = model_list.find(model_list.shown(call.policy, upstream), meant)
        return (
            None if found is None else told(found if meant == name else found._replace(name=name))
        )

    fresh = call.models.fresh(call.now)
    if fresh is not None and (content := known(fresh)) is not None:
        return content

    def whole(body: bytes) -> Content:
        owner = parsed_object(body).get("owned_by")
        return told(model_list.named(name, owner, means, call.policy))

    def instead(error: GigaGateError) -> Content | None:
        return known(call.models.last) if _is_away(error) else None

    return Translation(get(f"/v1/models/{quote(means, safe='')}"), whole, instead=instead)


def _read(body: bytes) -> Listed:
    """Raises UpstreamProtocolError."""
    data = parsed_object(body).get("data")
    if not isinstance(data, list):
        raise unexpected("a list of models without data", body)
    return [model for model in data if isinstance(model, dict)]


def _is_away(error: GigaGateError) -> bool:
    """GigaChat has no answer, and that is neither our doing nor for a person here to put right."""
    if isinstance(error, UpstreamUntrusted | ProxyRefused | NoSlot):
        return False
    away = error.status >= 500 or error.status == 429
    return away and isinstance(error, UpstreamError | TokenUnavailable)
