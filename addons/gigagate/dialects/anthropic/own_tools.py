"""What GigaChat's own tools did, as Anthropic's blocks: a search, what it found, what is cited.

Clients send these blocks back; nothing here reads them, so what is encrypted there is a word.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from gigagate.core.pivot import Annotation, Citation, Source, ToolRun

_SEALED = "gigachat"
_LONGEST_CITED = 150
"""Characters, as Anthropic has it."""


def is_told(run: ToolRun) -> bool:
    """Whether GigaChat tells enough of it for a block."""
    return run.kind == "web_search"


def use(run: ToolRun, request_id: str) -> dict[str, Any]:
    return {
        "type": "server_tool_use",
        "id": f"srvtoolu_{request_id}{run.number:02x}",
        "name": "web_search",
        "input": {"query": run.query},
    }


def result(run: ToolRun, request_id: str) -> dict[str, Any]:
    found: Any = [_found(source) for source in run.sources]
    if run.status == "failed":
        found = {"type": "web_search_tool_result_error", "error_code": "unavailable"}
    used = use(run, request_id)["id"]
    return {"type": "web_search_tool_result", "tool_use_id": used, "content": found}


def blocks(runs: Sequence[ToolRun], request_id: str) -> Iterator[dict[str, Any]]:
    for run in runs:
        if is_told(run):
            yield use(run, request_id)
            yield result(run, request_id)


def text_blocks(text: str, annotations: Sequence[Annotation]) -> Iterator[dict[str, Any]]:
    """A block ends where something is cited: its citations are of all its text."""
    begin = at = 0
    cited: list[dict[str, Any]] = []
    for annotation in annotations:
        place = annotation["url_citation"]
        start, end = place["start_index"], place["end_index"]
        if end > at:
            if at:
                yield _text(text[begin:at], cited)
            begin, at, cited = at, end, []
        source = Source(place["url"], place["title"])
        cited.append(citation(Citation(start, end, text[start:end], source)))
    if at:
        yield _text(text[begin:at], cited)
    if at < len(text) or not at:
        yield _text(text[at:], [])


def citation(cited: Citation) -> dict[str, Any]:
    return {
        "type": "web_search_result_location",
        "cited_text": cited.text[:_LONGEST_CITED],
        "url": cited.source.url,
        "title": cited.source.title,
        "encrypted_index": _SEALED,
    }


def _text(text: str, cited: list[dict[str, Any]]) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "text", "text": text}
    return block | {"citations": cited} if cited else block


def _found(source: Source) -> dict[str, Any]:
    return {
        "type": "web_search_result",
        "url": source.url,
        "title": source.title,
        "encrypted_content": _SEALED,
        "page_age": None,
    }
