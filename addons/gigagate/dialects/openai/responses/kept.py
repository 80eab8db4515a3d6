"""Responses that are kept for a time, so that later requests can refer to them.

Each is kept with the input that was new in it and the id of the one before it, so that a long
conversation is kept once.  An item's id tells its response's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gigagate.core import compact_json, strict_json
from gigagate.core.shelf import Shelf
from gigagate.dialects.openai.responses import output
from gigagate.errors import InvalidRequest, NotFound

LONGEST = 500
"""Responses one after another that a request may continue."""

_PREVIOUS = re.compile(rb'"previous_response_id"\s*:\s*"(resp_[0-9a-f]{32})"')
_ITEM = re.compile(rb'"id"\s*:\s*"([a-z]{2,4}_[0-9a-f]{32}[0-9a-z]{1,8})"')

NOT_KEPT = (
    "This proxy does not have it (any more): responses are kept for an hour, apart for each key "
    "and, unless responses.store is shared, until the proxy ends; never with store: false."
)


class Kept(NamedTuple):
    response: dict[str, Any]
    input: list[dict[str, Any]]
    """What was new in it, every item with an id."""

    @property
    def previous(self) -> str | None:
        previous: str | None = self.response.get("previous_response_id")
        return previous


def wanted(path: str, body: bytes) -> Iterator[str]:
    """The ids of the responses that a request refers to: what to bring before it is translated.

    path: below /v1.  A quick look, which may find too many.
    """
    if path.startswith("/responses/resp_"):
        yield path.split("/")[2]
    if b'"previous_response_id"' in body and (found := _PREVIOUS.search(body)):
        yield found[1].decode()
    if b'"item_reference"' in body:
        ids = dict.fromkeys(found.decode() for found in _ITEM.findall(body))
        yield from dict.fromkeys(map(output.response_of, ids))


def before(content: bytes) -> str | None:
    """The id of the response that this one continues: bring that one as well."""
    return read(content).previous


def read(content: bytes) -> Kept:
    return Kept(*strict_json.loads(content))


def written(response: Mapping[str, Any], given: Sequence[Mapping[str, Any]]) -> bytes:
    """given: the items of the request's own input."""
    digits = str(response["id"]).partition("_")[2]
    items = [_named(item, digits, index) for index, item in enumerate(given)]
    return compact_json.dumps([response, items])


def of(shelf: Shelf, response_id: str) -> Kept:
    """Raises NotFound."""
    content = shelf.found.get(response_id)
    if content is None:
        raise NotFound(f"There is no response {response_id[:80]}. {NOT_KEPT}")
    return read(content)


def conversation(shelf: Shelf, response_id: object) -> list[dict[str, Any]]:
    """The items of a response and of all before it, the oldest first.  Raises InvalidRequest."""
    turns: list[list[dict[str, Any]]] = []
    name: object = response_id
    while name is not None and len(turns) < LONGEST:
        content = shelf.found.get(name) if isinstance(name, str) else None
        if content is None:
            raise _not_found("previous_response_id", str(response_id))
        kept = read(content)
        turns.append([*kept.input, *kept.response["output"]])
        name = kept.previous
    return [item for turn in reversed(turns) for item in turn]


def referred(shelf: Shelf, item: Mapping[str, Any], path: str) -> dict[str, Any] | None:
    """The item that an item_reference stands for; None for a thought, which nobody needs again.

    Raises InvalidRequest.
    """
    name = item.get("id")
    if not isinstance(name, str):
        raise InvalidRequest(f"{path}.id must be a string.", param=f"{path}.id")
    if name.startswith("rs_"):
        return None
    content = shelf.found.get(output.response_of(name))
    if content is not None:
        kept = read(content)
        items: list[dict[str, Any]] = [*kept.response["output"], *kept.input]
        for one in items:
            if one.get("id") == name:
                return one
    raise _not_found(f"{path}.id", name)


def _not_found(path: str, name: str) -> InvalidRequest:
    return InvalidRequest(
        f"{path} refers to {name[:80]!r}. {NOT_KEPT} Send the whole conversation as input instead.",
        param=path,
        code="previous_response_not_found",
    )


def _named(item: Mapping[str, Any], digits: str, index: int) -> dict[str, Any]:
    """In the form in which input items are listed."""
    kind = item.get("type") or "message"
    named = {**item, "type": kind}
    if not isinstance(item.get("id"), str) or not item["id"]:
        prefix = "msg" if kind == "message" else "in"
        named["id"] = f"{prefix}_{digits}i{index}"
    named["status"] = item.get("status") or "completed"
    if kind == "message" and isinstance(text := item.get("content"), str):
        spoken = "output_text" if item.get("role") == "assistant" else "input_text"
        named["content"] = [{"type": spoken, "text": text}]
        if spoken == "output_text":
            named["content"][0] |= {"annotations": [], "logprobs": []}
    return named
