"""The content blocks of Anthropic's messages, as the parts of a chat's content."""

from collections.abc import Callable, Mapping
from typing import Any

from gigagate.core.validation import array_at, object_at, text_at, wrong_type
from gigagate.dialects.content import PartDict, text_part
from gigagate.errors import InvalidRequest

LEFT_OUT = frozenset(
    {
        *("thinking", "redacted_thinking", "server_tool_use", "mcp_tool_use", "mcp_tool_result"),
        *("container_upload", "compaction", "fallback", "advisor_tool_result"),
        *("web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result"),
        *("bash_code_execution_tool_result", "text_editor_code_execution_tool_result"),
        *("tool_search_tool_result", "tool_addition", "tool_removal"),
    }
)
"""Types of blocks in a history that say nothing to GigaChat."""


def content(given: object, path: str) -> list[tuple[dict[str, Any], str]]:
    """The blocks, each with its path; a string is one of text.  Raises InvalidRequest."""
    if given is None:
        return []
    if isinstance(given, str):
        return [({"type": "text", "text": given}, path)]
    if not isinstance(given, list):
        raise wrong_type(path, "a string or an array of content blocks", given)
    return [(object_at(f"{path}[{i}]", block), f"{path}[{i}]") for i, block in enumerate(given)]


def parts(block: dict[str, Any], path: str) -> list[PartDict]:
    """Empty for a type that is left out.  Raises InvalidRequest for what is no block at all."""
    kind = text_at(f"{path}.type", block.get("type"))
    reader = _READERS.get(kind)
    return [] if reader is None else reader(block, path)


def is_known(block: Mapping[str, Any]) -> bool:
    """Whether it becomes a part."""
    return block.get("type") in _READERS


def _text(block: dict[str, Any], path: str) -> list[PartDict]:
    return [text_part(text_at(f"{path}.text", block.get("text")))]


def _image(block: dict[str, Any], path: str) -> list[PartDict]:
    path = f"{path}.source"
    source = object_at(path, block.get("source"))
    match text_at(f"{path}.type", source.get("type")):
        case "base64":
            return [{"type": "image_url", "image_url": {"url": _data_url(source, path)}}]
        case "url":
            url = text_at(f"{path}.url", source.get("url"))
            return [{"type": "image_url", "image_url": {"url": url}}]
        case "file":
            return [_file(file_id=text_at(f"{path}.file_id", source.get("file_id")))]
    raise _unknown(path, "base64, url, file")


def _document(block: dict[str, Any], path: str) -> list[PartDict]:
    title = block.get("title")
    name = title if isinstance(title, str) else ""
    path = f"{path}.source"
    source = object_at(path, block.get("source"))
    match text_at(f"{path}.type", source.get("type")):
        case "base64":
            return [_file(file_data=_data_url(source, path), filename=name)]
        case "url":
            return [_file(file_url=text_at(f"{path}.url", source.get("url")), filename=name)]
        case "file":
            return [_file(file_id=text_at(f"{path}.file_id", source.get("file_id")))]
        case "text":
            return [text_part(_titled(name, text_at(f"{path}.data", source.get("data"))))]
        case "content":
            titled = [text_part(name)] if name else []
            inner = content(source.get("content"), f"{path}.content")
            return titled + [part for one, at in inner for part in parts(one, at)]
    raise _unknown(path, "base64, url, file, text, content")


def _search_result(block: dict[str, Any], path: str) -> list[PartDict]:
    said = [text_at(f"{path}.{key}", block.get(key) or "") for key in ("title", "source")]
    blocks = array_at(f"{path}.content", block.get("content"))
    for i, inner in enumerate(blocks):
        at = f"{path}.content[{i}]"
        said.append(text_at(f"{at}.text", object_at(at, inner).get("text")))
    return [text_part("\n".join(filter(None, said)))]


def _tool_reference(block: dict[str, Any], path: str) -> list[PartDict]:
    name = text_at(f"{path}.tool_name", block.get("tool_name"))
    return [text_part(f"Loaded: {name}")]


_READERS: Mapping[str, Callable[[dict[str, Any], str], list[PartDict]]] = {
    "text": _text,
    "image": _image,
    "document": _document,
    "search_result": _search_result,
    "tool_reference": _tool_reference,
}


def _data_url(source: dict[str, Any], path: str) -> str:
    media_type = text_at(f"{path}.media_type", source.get("media_type"))
    return f"data:{media_type};base64,{text_at(f'{path}.data', source.get('data'))}"


def _file(**fields: str) -> PartDict:
    return {"type": "file", "file": {name: value for name, value in fields.items() if value}}


def _titled(title: str, text: str) -> str:
    return f"{title}\n{text}" if title else text


def _unknown(path: str, known: str) -> InvalidRequest:
    return InvalidRequest(f"{path}.type must be one of {known}.", param=f"{path}.type")
