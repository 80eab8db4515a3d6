"""The parts of Gemini's contents, as the parts of a chat's content."""

from collections.abc import Callable, Mapping
from typing import Any

from gigagate.core.validation import text_at
from gigagate.dialects.content import PartDict, text_part
from gigagate.dialects.gemini.fields import fields_at
from gigagate.errors import InvalidRequest

LEFT_OUT = frozenset(
    {
        *("thought", "executableCode", "codeExecutionResult", "toolCall", "toolResponse"),
        *("thoughtSignature", "videoMetadata", "partMetadata", "mediaResolution"),
    }
)
"""What a part may have that says nothing to GigaChat."""


def kind_of(part: Mapping[str, Any]) -> str:
    """The field that says what the part is.  part: its fields."""
    if len(part) == 1:
        return next(iter(part))
    if part.get("thought") is True:
        return "thought"
    if found := next((kind for kind in _KINDS if part.get(kind) is not None), None):
        return found
    return next((kind for kind in part if kind not in LEFT_OUT), next(iter(part), "thought"))


def read(part: Mapping[str, Any], kind: str, path: str) -> list[PartDict]:
    """Empty for an empty text, and for a kind that is left out.  Raises InvalidRequest."""
    reader = _READERS.get(kind)
    return [] if reader is None else reader(part[kind], f"{path}.{kind}")


def only_texts(given: object) -> list[str] | None:
    """The texts of parts that are well-formed ones and no more, as nearly all are; else None, and
    each has to be looked at."""
    if type(given) is not list:
        return None
    texts = [
        text
        for part in given
        if type(part) is dict and len(part) == 1 and type(text := part.get("text")) is str
    ]
    return texts if len(texts) == len(given) else None


def is_known(kind: str) -> bool:
    """Whether it becomes a part."""
    return kind in _READERS


def _text(given: object, path: str) -> list[PartDict]:
    text = text_at(path, given)
    return [text_part(text)] if text else []


def _inline_data(given: object, path: str) -> list[PartDict]:
    data = fields_at(path, given)
    media_type = text_at(f"{path}.mimeType", data.get("mimeType"))
    url = f"data:{media_type};base64,{_standard(text_at(f'{path}.data', data.get('data')))}"
    return [_file_of(media_type, data, url, "file_data")]


def _file_data(given: object, path: str) -> list[PartDict]:
    data = fields_at(path, given)
    uri = text_at(f"{path}.fileUri", data.get("fileUri"))
    if not uri:
        raise InvalidRequest(f"{path}.fileUri is empty.", param=f"{path}.fileUri")
    media_type = data.get("mimeType")
    if "://" in uri:
        return [_file_of(media_type if isinstance(media_type, str) else "", data, uri, "file_url")]
    return [{"type": "file", "file": {"file_id": uri.removeprefix("files/")}}]


_READERS: Mapping[str, Callable[[object, str], list[PartDict]]] = {
    "text": _text,
    "inlineData": _inline_data,
    "fileData": _file_data,
}
_KINDS = ("functionCall", "functionResponse", *_READERS)


def _file_of(media_type: str, data: Mapping[str, Any], url: str, key: str) -> PartDict:
    if media_type.lower().startswith("image/"):
        return {"type": "image_url", "image_url": {"url": url}}
    name = data.get("displayName")
    named = {"filename": name} if isinstance(name, str) and name else {}
    return {"type": "file", "file": {key: url, **named}}


def _standard(data: str) -> str:
    """Google's Python SDK writes base64 in the alphabet for addresses; padding may be missing."""
    return data.replace("-", "+").replace("_", "/") + "=" * (-len(data) % 4)
