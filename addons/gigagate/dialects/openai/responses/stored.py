"""What is answered about responses that are kept, without asking GigaChat."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from gigagate.core.shelf import Shelf
from gigagate.dialects.openai.responses import kept
from gigagate.errors import InvalidRequest, UnsupportedFeature

MOST = 100
"""Input items in one answer."""


def response(shelf: Shelf, response_id: str, query: str) -> dict[str, Any]:
    """Raises ClientError."""
    if parse_qs(query).get("stream") == ["true"]:
        raise UnsupportedFeature(
            "A response that is kept is not streamed again: ask without stream.", param="stream"
        )
    return kept.of(shelf, response_id).response


def deleted(shelf: Shelf, response_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    kept.of(shelf, response_id)
    shelf.dropped.add(response_id)
    return {"id": response_id, "object": "response", "deleted": True}


def input_items(shelf: Shelf, response_id: str, query: str) -> dict[str, Any]:
    """The newest first, as OpenAI has it.  Raises ClientError."""
    items = kept.of(shelf, response_id).input
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    if asked.get("order", "desc") == "desc":
        items = items[::-1]
    if (after := asked.get("after")) is not None:
        ids = [item["id"] for item in items]
        if after not in ids:
            raise InvalidRequest("after names no item of this response's input.", param="after")
        items = items[ids.index(after) + 1 :]
    page = items[: _limit(asked)]
    return {
        "object": "list",
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": len(items) > len(page),
    }


def cancelled(response_id: str) -> dict[str, Any]:
    """Raises UnsupportedFeature."""
    raise UnsupportedFeature(
        f"{response_id[:80]} cannot be cancelled: only what runs in the background can, and "
        "nothing does here. Close the connection instead."
    )


def _limit(asked: Mapping[str, str]) -> int:
    limit = asked.get("limit", "20")
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:6]) <= MOST):
        raise InvalidRequest(f"limit must be an integer from 1 to {MOST}.", param="limit")
    return int(limit)
