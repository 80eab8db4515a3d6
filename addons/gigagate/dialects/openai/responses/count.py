"""How many tokens a request would be: by GigaChat's count of its texts."""

from collections.abc import Mapping, Sequence
from typing import Any

from gigagate.core import compact_json
from gigagate.dialects.openai.responses import parts

_CHARACTERS_PER_TOKEN = 4
_PICTURE = 1800
"""Tokens, roughly, of a picture or a page."""


def texts(chat: Mapping[str, Any]) -> list[str]:
    """All that the model would read, and a made-up text for what is no text."""
    found = [parts.text(message.get("content")) for message in chat["messages"]]
    for message in chat["messages"]:
        if made := message.get("tool_calls"):
            found.append(compact_json.dumps(made).decode())
        if isinstance(content := message.get("content"), list):
            files = sum(part["type"] not in ("text", "refusal") for part in content)
            found.append("слово " * (_PICTURE * files))
    if tools := chat.get("tools"):
        found.append(compact_json.dumps(tools).decode())
    return [text for text in found if text] or [""]


def total(counted: Sequence[Any]) -> int:
    tokens = (one.get("tokens") for one in counted if isinstance(one, dict))
    return sum(number for number in tokens if type(number) is int)


def estimate(counted: Sequence[str]) -> int:
    return sum(map(len, counted)) // _CHARACTERS_PER_TOKEN + 1


def answer(tokens: int) -> dict[str, Any]:
    return {"object": "response.input_tokens", "input_tokens": tokens}
