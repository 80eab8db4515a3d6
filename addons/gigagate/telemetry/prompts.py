"""What was asked and what was answered, for `log.prompts: true`."""

from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.views.text import list_of, object_of, parsed

LONGEST = 2000
"""Characters."""


def asked(body: bytes) -> str:
    """The text of the last message of a chat; "" if there is none."""
    match _parsed(body):
        case {"messages": [*_, {"content": content}]}:
            return _shortened(_text(content))
    return ""


def answered(body: bytes) -> str:
    """The text of an answer, whole or streamed, and the names of the functions it calls."""
    whole = _parsed(body)
    objects = [whole] if whole is not None else list(_events(body))
    words: list[str] = []
    for choice in (object_of(given) for one in objects for given in list_of(one.get("choices"))):
        message = object_of(choice.get("message") or choice.get("delta"))
        words.append(_text(message.get("content")))
        words += [f"[{name}]" for name in _called(message)]
    return _shortened("".join(words))


def _called(message: Mapping[str, Any]) -> Iterator[str]:
    for call in list_of(message.get("tool_calls")):
        if name := object_of(object_of(call).get("function")).get("name"):
            yield str(name)


def _events(body: bytes) -> Iterator[dict[str, Any]]:
    for line in body.splitlines():
        if line.startswith(b"data:") and (event := _parsed(line.removeprefix(b"data:"))):
            yield event


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        value = parsed(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _text(content: object) -> str:
    if isinstance(content, list):
        content = " ".join(_string(object_of(part).get("text")) for part in content)
    return _string(content)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
