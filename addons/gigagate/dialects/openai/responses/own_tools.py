"""What GigaChat's own tools did, as items of a response: a search, and what a text cites."""

from collections.abc import Mapping, Sequence
from typing import Any

from gigagate.core.pivot import Annotation, ToolRun

PREFIX = "ws"
"""How the id of such an item begins."""


def is_told(run: ToolRun) -> bool:
    """Whether GigaChat tells enough of it for an item; else its result is in the text."""
    return run.kind == "web_search"


def item(run: ToolRun, item_id: str) -> dict[str, Any]:
    sources = [{"type": "url", "url": source.url} for source in run.sources]
    action: dict[str, Any] = {"type": "search", "query": run.query, "sources": sources}
    return {"id": item_id, "type": "web_search_call", "status": run.status, "action": action}


def begun(finished: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": finished["id"], "type": "web_search_call", "status": "in_progress"}


def annotation(given: Annotation) -> dict[str, Any]:
    return {"type": "url_citation", **given["url_citation"]}


def annotations(given: Sequence[Annotation]) -> list[dict[str, Any]]:
    return [annotation(one) for one in given]
