"""What GigaChat's own tools did, as items of a response: a search, what a text cites, pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

from gigagate.core.pivot import Annotation, Picture, ToolRun

PREFIX = "ws"
"""How the id of a search's item begins."""
OF_PICTURE = "ig"
"""The same of a picture's."""


def is_told(run: ToolRun) -> bool:
    """Whether GigaChat tells enough of it for an item; else its result is in the text."""
    return run.kind == "web_search"


def item(run: ToolRun, item_id: str) -> dict[str, Any]:
    sources = [{"type": "url", "url": source.url} for source in run.sources]
    action: dict[str, Any] = {"type": "search", "query": run.query, "sources": sources}
    return {"id": item_id, "type": "web_search_call", "status": run.status, "action": action}


def begun(finished: Mapping[str, Any]) -> dict[str, Any]:
    told = {"id": finished["id"], "type": finished["type"], "status": "in_progress"}
    return told | ({"result": None} if "result" in finished else {})


def picture(made: Picture, item_id: str) -> dict[str, Any]:
    kind = "image_generation_call"
    form = made.media_type.rpartition("/")[2]
    told = {"id": item_id, "type": kind, "status": "completed", "result": made.data}
    return told | {"output_format": form}


def annotation(given: Annotation) -> dict[str, Any]:
    return {"type": "url_citation", **given["url_citation"]}


def annotations(given: Sequence[Annotation]) -> list[dict[str, Any]]:
    return [annotation(one) for one in given]
