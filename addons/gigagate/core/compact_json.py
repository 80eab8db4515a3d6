"""JSON as we write it: compact, raw UTF-8 (escaped Cyrillic is twice as long), never NaN.

Half a surrogate pair is valid JSON but not valid UTF-8: a text that has one is escaped.
"""

from json import JSONEncoder
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_encode_ascii = JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def dumps(value: Any) -> bytes:
    """Raises ValueError for NaN and infinities, RecursionError for what is nested too deep."""
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:
        return _encode_ascii(value).encode()


def string(value: str) -> bytes:
    """A JSON string with its quotes, faster than `dumps`."""
    try:
        return encode_basestring(value).encode()
    except UnicodeEncodeError:
        return encode_basestring_ascii(value).encode()
