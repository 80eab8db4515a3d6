"""The parts of a message's or an output's content, in the spelling of chat completions."""

from collections.abc import Callable, Mapping
from typing import Any

from gigagate.core.validation import object_at, text_at, wrong_type
from gigagate.dialects.content import only_texts
from gigagate.errors import InvalidRequest

_SAID = ("input_text", "output_text")
_FILE_KEYS = ("file_id", "file_data", "file_url", "filename")


def content(given: object, path: str) -> str | list[dict[str, Any]]:
    """A string stays one; null is "".  Raises InvalidRequest."""
    if given is None:
        return ""
    if isinstance(given, str):
        return given
    if not isinstance(given, list):
        raise wrong_type(path, "a string or an array of parts", given)
    if (texts := only_texts(given, _SAID)) is not None:
        return texts
    return [_part(object_at(f"{path}[{i}]", part), f"{path}[{i}]") for i, part in enumerate(given)]


def text(given: object) -> str:
    """The words in a content that is well formed, a line for each part."""
    if isinstance(given, str):
        return given
    parts = given if isinstance(given, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))


def _part(part: dict[str, Any], path: str) -> dict[str, Any]:
    kind = part.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        known = ", ".join(_READERS)
        raise InvalidRequest(f"{path}.type must be one of {known}.", param=f"{path}.type")
    return reader(part, path)


def _text(part: dict[str, Any], path: str) -> dict[str, Any]:
    return {"type": "text", "text": text_at(f"{path}.text", part.get("text"))}


def _refusal(part: dict[str, Any], path: str) -> dict[str, Any]:
    return {"type": "refusal", "refusal": text_at(f"{path}.refusal", part.get("refusal"))}


def _image(part: dict[str, Any], path: str) -> dict[str, Any]:
    if part.get("file_id") is not None:
        return {"type": "input_image", "file_id": text_at(f"{path}.file_id", part["file_id"])}
    image = {"url": text_at(f"{path}.image_url", part.get("image_url"))}
    if isinstance(part.get("detail"), str):
        image["detail"] = part["detail"]
    return {"type": "image_url", "image_url": image}


def _file(part: dict[str, Any], path: str) -> dict[str, Any]:
    file = {key: part[key] for key in _FILE_KEYS if part.get(key) is not None}
    return {"type": "file", "file": file}


def _audio(part: dict[str, Any], path: str) -> dict[str, Any]:
    audio = object_at(f"{path}.input_audio", part.get("input_audio"))
    return {"type": "input_audio", "input_audio": audio}


_READERS: Mapping[str, Callable[[dict[str, Any], str], dict[str, Any]]] = {
    "input_text": _text,
    "output_text": _text,
    "text": _text,
    "summary_text": _text,
    "reasoning_text": _text,
    "refusal": _refusal,
    "input_image": _image,
    "input_file": _file,
    "input_audio": _audio,
}
