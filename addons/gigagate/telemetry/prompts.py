"""What was asked and what was answered, for `log.prompts: true`."""

from collections.abc import Iterator
from typing import Any

from gigagate.core import strict_json

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
    for choice in (choice for one in objects for choice in one.get("choices") or []):
        message = choice.get("message") or choice.get("delta") or {}
        words.append(_text(message.get("content")))
        words += [f"[{name}]" for name in _called(message)]
    return _shortened("".join(words))


def _called(message: dict[str, Any]) -> Iterator[str]:
    for call in message.get("tool_calls") or []:
        if name := (call.get("function") or {}).get("name"):
            yield name


def _events(body: bytes) -> Iterator[dict[str, Any]]:
    for line in body.splitlines():
        if line.startswith(b"data:") and (event := _parsed(line.removeprefix(b"data:"))):
            yield event


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        parsed = strict_json.loads(body)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _text(content: object) -> str:
    if isinstance(content, list):
        return " ".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
