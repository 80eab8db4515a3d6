"""The content of a chat's message, made of the parts that a client's API has for it."""

from typing import Any

PartDict = dict[str, Any]


def plain(found: list[PartDict]) -> str | list[PartDict]:
    """A content of one text is that text itself."""
    if len(found) == 1 and found[0]["type"] == "text":
        text: str = found[0]["text"]
        return text
    return found


def text_part(text: str) -> PartDict:
    return {"type": "text", "text": text}
