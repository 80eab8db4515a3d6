"""Content-Encoding of a request's body, undone within a limit: a megabyte of gzip may be a
gigabyte of zeros."""

import zlib

from gigagate.errors import InvalidRequest, RequestTooLarge

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""Coding -> wbits of zlib: with gzip's header, or its own."""


MAX_MEMBERS = 16
"""gzip files may be put one behind the other; the rest of the body is copied for each."""


def decode(body: bytes, coding: str, limit: int) -> bytes:
    """Raises InvalidRequest or RequestTooLarge.  limit: bytes of the result."""
    coding = coding.strip().lower()
    if coding in ("identity", "") or not body:
        return body
    if coding not in _WINDOW:
        raise InvalidRequest(
            f"The Content-Encoding {coding} is not taken here; gzip and deflate are."
        )
    out = bytearray()
    try:
        for _ in range(MAX_MEMBERS):
            stream = zlib.decompressobj(_WINDOW[coding])
            out += stream.decompress(body, limit - len(out) + 1)
            if len(out) > limit:
                raise RequestTooLarge(
                    f"The request is larger than {limit} bytes once its {coding} is undone, "
                    "which is limits.body_bytes of this proxy."
                )
            if not stream.eof:
                raise InvalidRequest(f"The body is not valid {coding}: it is cut off.")
            body = stream.unused_data
            if not body:
                return bytes(out)
    except zlib.error:
        raise InvalidRequest(f"The body is not valid {coding}.") from None
    raise InvalidRequest(f"The body is {coding} in more than {MAX_MEMBERS} members.")
