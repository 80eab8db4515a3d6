"""The content of a chat's message, made of the parts that a client's API has for it."""

from typing import Any

Part = dict[str, Any]


def plain(found: list[Part]) -> str | list[Part]:
    """A content of one text is that text itself."""
    if len(found) == 1 and found[0]["type"] == "text":
        text: str = found[0]["text"]
        return text
    return found


def text_part(text: str) -> Part:
    return {"type": "text", "text": text}
