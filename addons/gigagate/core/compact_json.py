"""JSON as we write it: compact, raw UTF-8 (escaped Cyrillic is twice as long).

Half a surrogate pair is valid JSON but not valid UTF-8. To a client a text that has one is escaped,
for the other half may come in the next piece; to GigaChat it goes as U+FFFD.
"""

from json import JSONEncoder
from typing import Any

import msgspec

_encode_fast = msgspec.json.Encoder().encode
_encode_ascii = JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def dumps(value: Any) -> bytes:
    """Raises RecursionError for what is nested too deep.  NaN, which no reader of ours lets in,
    would become null."""
    try:
        return _encode_fast(value)
    except UnicodeEncodeError:
        return _encode_ascii(value).encode()


def dumps_whole(value: Any) -> bytes:
    """What `dumps` gives, without half surrogates: a pair is joined, a lone half is U+FFFD."""
    try:
        return _encode_fast(value)
    except UnicodeEncodeError:
        return _encode_fast(_without_halves(value))


def is_whole(value: Any) -> bool:
    """No text in it has half a surrogate pair."""
    try:
        _encode_fast(value)
    except UnicodeEncodeError:
        return False
    return True


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {_without_halves(key): _without_halves(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_halves(item) for item in value]
    return value
