"""The content of a chat's message, made of the parts that a client's API has for it."""

from collections.abc import Sequence
from typing import Any

PartDict = dict[str, Any]


def plain(found: list[PartDict]) -> str | list[PartDict]:
    """A content of one text is that text itself."""
    if len(found) == 1 and found[0]["type"] == "text":
        text: str = found[0]["text"]
        return text
    return found


def only_texts(parts: list[Any], kinds: Sequence[str]) -> str | list[PartDict] | None:
    """The content where all parts are well-formed texts of these types, as nearly all are; else
    None, and each has to be looked at."""
    texts: list[str] = [
        text
        for part in parts
        if type(part) is dict
        and part.get("type") in kinds
        and type(text := part.get("text")) is str
    ]
    if len(texts) < len(parts):
        return None
    return texts[0] if len(texts) == 1 else [{"type": "text", "text": text} for text in texts]


def text_part(text: str) -> PartDict:
    return {"type": "text", "text": text}
