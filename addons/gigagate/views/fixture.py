"""A chat request with its prose replaced: it can be given away, and still shows the same bug.

Every word becomes filler of the same length, alphabet and case; whatever the translation looks at
(roles, types, names of tools, schemas, line breaks, XML tags, JSON in strings) stays.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from gigagate.dialects.words import Words

FILLER = {
    "latin": "loremipsumdolorsitametconsecteturadipiscingelitseddoeiusmodtempor",
    "cyrillic": "рыбатекстдляпримеракоторыйничегонезначитноимееттужедлину",
}

_SPOKEN = frozenset(
    {"description", "title", "default", "const", "examples", "few_shot_examples", "$comment"}
)
"""Names in a schema under which somebody says something."""

_DATA_URL = re.compile(r"data:([\w.+/-]+)((?:;[\w=-]+)*),(.*)", re.DOTALL)
_URL = re.compile(r"(https?)://\S+")
_TAG = re.compile(r"</?[a-z][a-z0-9_]*>")
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_BASE64_HEAD = 32
"""Characters of a picture that say its format and size."""


def anonymised(request: Any, words: Words) -> Any:
    """request: the parsed body of a chat.  words: those of the API that it speaks."""
    if isinstance(request, dict):
        return {name: _member(name, item, request, words) for name, item in request.items()}
    if isinstance(request, list):
        return [anonymised(item, words) for item in request]
    return filler(request) if isinstance(request, str) else request


def _member(name: str, value: Any, holder: Mapping[str, Any], words: Words) -> Any:
    if name in words.schemas and isinstance(value, dict | list):
        return _schema(name, value)
    if name in words.data:
        return _data(value)
    if name in words.binary and isinstance(value, str):
        return _binary(value)
    if name in words.kept and _is_kept(name, value, holder):
        return value
    return anonymised(value, words)


def _is_kept(name: str, value: Any, holder: Mapping[str, Any]) -> bool:
    """The name of a function is part of the protocol, the name of a person is not."""
    if name == "name" and holder.get("role", "tool") not in ("tool", "function"):
        return False
    texts = value if isinstance(value, list) else [value]
    return all(isinstance(text, str) for text in texts)


def _schema(name: str, value: Any) -> Any:
    """Names and structure stay, descriptions and examples go."""
    if isinstance(value, dict):
        return {key: _schema(key, item) for key, item in value.items()}
    if isinstance(value, list) and name not in _SPOKEN:
        return [_schema(name, item) for item in value]
    spoken = name in _SPOKEN
    return _replaced(value) if spoken else value


def _replaced(value: Any) -> Any:
    """Keys stay, and numbers."""
    if isinstance(value, dict):
        return {name: _replaced(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item) for item in value]
    return filler(value) if isinstance(value, str) else value


def _binary(text: str) -> str:
    return filler(text) if text.startswith("data:") else _begun(text)


def _begun(base64: str) -> str:
    return base64[:_BASE64_HEAD] + "A" * max(0, len(base64) - _BASE64_HEAD)


def filler(text: str) -> str:
    """Same length, same shape.  A text that is JSON stays JSON, with its keys."""
    if (picture := _DATA_URL.fullmatch(text)) is not None:
        media_type, parameters, data = picture.groups()
        return f"data:{media_type}{parameters},{_begun(data)}"
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
