"""A chat request with its prose replaced: it can be given away, and still shows the same bug.

Every word becomes filler of the same length, alphabet and case; whatever the translation looks at
(roles, types, names of tools, schemas, line breaks, XML tags, JSON in strings) stays.
"""

import json
import re
from collections.abc import Callable
from typing import Any

FILLER = {
    "latin": "loremipsumdolorsitametconsecteturadipiscingelitseddoeiusmodtempor",
    "cyrillic": "рыбатекстдляпримеракоторыйничегонезначитноимееттужедлину",
}

KEPT_TEXTS = frozenset({"type", "detail", "format", "media_type"})
"""Keys of content parts whose texts are words of the protocol."""

_DATA_URL = re.compile(r"data:([\w.+/-]+)((?:;[\w=-]+)*),(.*)", re.DOTALL)
_URL = re.compile(r"(https?)://\S+")
_TAG = re.compile(r"</?[a-z][a-z0-9_]*>")
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_BASE64_HEAD = 32
"""Characters of a picture that say its format and size."""


def anonymised(request: Any) -> Any:
    """request: the parsed body of a chat completion, in OpenAI's form."""
    return _object(request, _chat)


def _chat(name: str, value: Any) -> Any:
    match name:
        case "messages":
            return [_object(message, _message_of(message)) for message in value]
        case "tools" | "functions" | "response_format":
            return _schema(name, value)
        case "model" | "tool_choice" | "function_call" | "reasoning_effort":
            return value
    return _replaced(value)


def _message_of(message: Any) -> Callable[[str, Any], Any]:
    """The name of a function is part of the protocol, the name of a person is not."""
    named = isinstance(message, dict) and message.get("role") in ("tool", "function")
    return lambda name, value: value if name == "name" and named else _message(name, value)


def _message(name: str, value: Any) -> Any:
    match name:
        case "tool_calls":
            return [_object(call, _call) for call in value]
        case "function_call":
            return _object(value, _function)
        case "content" if isinstance(value, list):
            return [_object(part, _part) for part in value]
        case "role" | "tool_call_id":
            return value
    return _replaced(value)


def _call(name: str, value: Any) -> Any:
    return _object(value, _function) if name == "function" else value


def _function(name: str, value: Any) -> Any:
    return _replaced(value) if name == "arguments" else value


def _part(name: str, value: Any) -> Any:
    return value if name == "type" else _replaced(value)


def _schema(name: str, value: Any) -> Any:
    """Names and structure stay, descriptions and examples go."""
    if isinstance(value, dict):
        return {key: _schema(key, item) for key, item in value.items()}
    if isinstance(value, list) and name not in ("examples", "few_shot_examples"):
        return [_schema(name, item) for item in value]
    spoken = name in ("description", "title", "default", "const", "examples", "$comment")
    return _replaced(value) if spoken or name == "few_shot_examples" else value


def _object(value: Any, of: Callable[[str, Any], Any]) -> Any:
    if not isinstance(value, dict):
        return _replaced(value)
    out = {}
    for name, item in value.items():
        try:
            out[name] = of(name, item)
        except TypeError:  # not the type it should have: that may be the bug
            out[name] = _replaced(item)
    return out


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return filler(value)
    if isinstance(value, list):
        return [_replaced(item) for item in value]
    if isinstance(value, dict):
        return {
            name: item if name in KEPT_TEXTS else _replaced(item) for name, item in value.items()
        }
    return value


def filler(text: str) -> str:
    """Same length, same shape.  A text that is JSON stays JSON, with its keys."""
    if (picture := _DATA_URL.fullmatch(text)) is not None:
        media_type, parameters, data = picture.groups()
        rest = "A" * max(0, len(data) - _BASE64_HEAD)
        return f"data:{media_type}{parameters},{data[:_BASE64_HEAD]}{rest}"
    if (url := _URL.fullmatch(text)) is not None:
        return f"{url[1]}://example.org/"
    if text.lstrip()[:1] in ("{", "["):
        try:
            return json.dumps(_data(json.loads(text)), ensure_ascii=False)
        except (ValueError, RecursionError):
            pass
    out, end = [], 0
    for kept in _TAG.finditer(text):
        out += [_prose(text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*out, _prose(text[end:])])


def _data(value: Any) -> Any:
    """Keys stay; every text goes."""
    if isinstance(value, str):
        return filler(value)
    if isinstance(value, list):
        return [_data(item) for item in value]
    if isinstance(value, dict):
        return {key: _data(item) for key, item in value.items()}
    return value if isinstance(value, bool) or value is None else 1


def _prose(text: str) -> str:
    return _DIGITS.sub(lambda number: "1" * len(number[0]), _WORD.sub(_word, text))


def _word(word: re.Match[str]) -> str:
    given = word[0]
    letters = FILLER["cyrillic" if "а" <= given[0].lower() <= "ё" else "latin"]
    start = len(given) * 7 % len(letters)
    made = (letters[start:] + letters * (len(given) // len(letters) + 1))[: len(given)]
    if given.isupper() and len(given) > 1:
        return made.upper()
    return made.capitalize() if given[0].isupper() else made
