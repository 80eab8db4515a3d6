"""What was asked and what was answered, for `log.prompts: true`."""

from gigagate.core.any_json import list_of, object_of
from gigagate.dialects.dialect import Reader

LONGEST = 2000
"""Characters."""


def asked(reader: Reader, body: bytes, path: str) -> str:
    """The text of the last message of a chat; "" if there is none."""
    try:
        messages = reader.chat(body, path)["messages"]
    except ValueError:
        return ""
    return _shortened(_text(object_of(messages[-1]).get("content"))) if messages else ""


def answered(reader: Reader, body: bytes) -> str:
    """The text of an answer, whole or streamed, and the names of the functions it calls."""
    try:
        said = reader.answer(body)
    except ValueError:
        return ""
    words: list[str] = []
    for _, choice in sorted(said.choices.items()):
        words += choice.text
        words += [f"[{name}]" for _, (name, _) in sorted(choice.calls.items()) if name]
    return _shortened("".join(words))


def _text(content: object) -> str:
    if isinstance(content, list):
        content = " ".join(_string(object_of(part).get("text")) for part in list_of(content))
    return _string(content)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
