"""JSON as we write it: compact, raw UTF-8 (escaped Cyrillic is twice as long).

Half a surrogate pair is valid JSON but not valid UTF-8: a text that has one is escaped.
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
