"""How many tokens a chat may be, where GigaChat has not told: a quarter of its characters."""

from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.core import compact_json

_CHARACTERS_PER_TOKEN = 4
_TOKENS_OF_A_FILE = 1_000


def tokens(chat: Mapping[str, Any]) -> int:
    """At least 1."""
    characters = sum(map(len, texts(chat)))
    return max(characters // _CHARACTERS_PER_TOKEN + of_files(chat), 1)


def texts(chat: Mapping[str, Any]) -> Iterator[str]:
    """All that the model reads as words: messages, calls, definitions of functions."""
    for message in chat["messages"]:
        content = message.get("content")
        if isinstance(content, str):
            yield content
        for part in content if isinstance(content, list) else ():
            if part["type"] == "text":
                yield part["text"]
        for call in message.get("tool_calls") or ():
            yield call["function"]["name"]
            yield call["function"]["arguments"]
    if functions := chat.get("tools"):
        yield compact_json.dumps(functions).decode()


def of_files(chat: Mapping[str, Any]) -> int:
    """A guess for each file, whose tokens nobody tells."""
    contents = [message.get("content") for message in chat["messages"]]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return _TOKENS_OF_A_FILE * len([part for part in parts if part["type"] != "text"])
