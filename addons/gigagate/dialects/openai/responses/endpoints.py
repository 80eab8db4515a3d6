"""The endpoints of the Responses API."""

from typing import Any, cast

from gigagate.core import compact_json
from gigagate.core.http import JSON, Content
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerWriter, Chat, Completion, Usage
from gigagate.dialects import chat as any_chat
from gigagate.dialects import listing, upstream_json
from gigagate.dialects.dialect import Translation
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.openai.envelope import ENVELOPE
from gigagate.dialects.openai.responses import (
    catalogue,
    chat_form,
    count,
    session,
    stored,
)
from gigagate.dialects.openai.responses.asked import Asked
from gigagate.errors import GigaGateError, UpgradeRefused
from gigagate.gigachat import usage
from gigagate.gigachat.errors import unexpected


def make(call: InHand) -> Translation:
    """Raises ClientError."""
    return any_chat.translate(_Response(call), call, ENVELOPE.stream_type)


def compact(call: InHand) -> Translation:
    """A conversation made shorter.  Raises ClientError."""
    return any_chat.translate(_Compaction(call), call, ENVELOPE.stream_type)


class _Response:
    """Implements dialects.dialect.ChatForm."""

    def __init__(self, call: InHand) -> None:
        self._call = call

    def chat(self) -> Chat:
        body = _read(self._call)
        self._call.session = session.named(self._call.request, body)
        self._asked = _asked(self._call, body)
        return cast(Chat, self._asked.chat)

    def whole(self, completion: Completion, tokens: Usage | None) -> Content:
        return chat_form.whole(self._asked, completion, tokens)

    def writer(self) -> AnswerWriter:
        return chat_form.writer(self._asked, self._call.now)

    @property
    def takes_pictures(self) -> bool:
        return {"type": "image_generation"} in self._asked.tools.functions

    def path_of(self, pivot_path: str) -> str:
        return self._asked.path_of(pivot_path)


class _Compaction(_Response):
    def chat(self) -> Chat:
        given = {"store": False, **_read(self._call), "stream": False}
        self._call.session = session.named(self._call.request, given)
        self._asked = _asked(self._call, given, compacts=True)
        return cast(Chat, self._asked.chat)

    def whole(self, completion: Completion, tokens: Usage | None) -> Content:
        return chat_form.compacted(self._asked, completion, tokens)


def input_tokens(call: InHand) -> Translation:
    """How many tokens a request would be.  Raises ClientError."""
    asked = _asked(call, _read(call))
    texts = count.texts(asked.chat)
    upstream = usage.ask(asked.chat["model"], texts, call)

    def whole(body: bytes) -> Content:
        counted = upstream_json.parsed(body)
        if not isinstance(counted, list):
            raise unexpected("a count of tokens that is no list", body)
        return _told(count.answer(count.total(counted)))

    def estimated(error: GigaGateError) -> Content | None:
        """In an error's place: clients only want to know about how many."""
        return _told(count.answer(count.estimate(texts))) if error.status >= 404 else None

    return Translation(upstream, whole, instead=estimated)


def kept(call: InHand) -> Content:
    return _told(stored.response(call.shelf, call.item, _query(call)))


def forget(call: InHand) -> Content:
    return _told(stored.deleted(call.shelf, call.item))


def input_items(call: InHand) -> Content:
    return _told(stored.input_items(call.shelf, call.item, _query(call)))


def cancel(call: InHand) -> Content:
    return _told(stored.cancelled(call.item))


def no_socket(call: InHand) -> Content:
    """Codex asks for a WebSocket first, and by this status goes on without at once."""
    raise UpgradeRefused("Responses do not come over a WebSocket here: send POST requests.")


def codex_models(call: InHand) -> Translation | Content:
    return listing.ask(call, lambda listed: _told(catalogue.models(listed, call.policy)))


def _read(call: InHand) -> dict[str, Any]:
    body = parse_object(call.request.body)
    if isinstance(model := body.get("model"), str):
        call.report.model_asked = model
    return body


def _asked(call: InHand, body: dict[str, Any], *, compacts: bool = False) -> Asked:
    return Asked(
        body,
        call.policy,
        call.notes,
        call.shelf,
        client=call.request.client,
        request_id=call.request_id,
        compacts=compacts,
    )


def _query(call: InHand) -> str:
    return call.request.path.partition("?")[2]


def _told(value: object) -> Content:
    return Content(JSON, compact_json.dumps(value))
