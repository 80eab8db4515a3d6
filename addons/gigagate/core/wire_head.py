"""The last look at a request's head before it is written: nothing in it begins another request.

A path, a query or a media type may come from an edited flow or a saved file, which no reader of
heads has seen.
"""

import re
from collections.abc import Mapping

from gigagate.errors import InvalidRequest

_METHOD = re.compile(r"[A-Z]{1,16}")
_PATH = re.compile(r"/[!-~]*")
_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_FIELD = re.compile(rf"{_NAME}\0[ -~]*")
_FIELDS = re.compile(rf"(?:{_NAME}\0[ -~]*\n)*")
"""Parted by what neither a name nor a value may hold."""


def check(method: str, path: str, headers: Mapping[str, str]) -> None:
    """Raises InvalidRequest."""
    if not _METHOD.fullmatch(method) or not _PATH.fullmatch(path):
        raise InvalidRequest(
            "The path or query of the request holds what HTTP does not allow there "
            "(a space, a line break, other letters than ASCII): quote it as %20."
        )
    if not _FIELDS.fullmatch("".join([f"{name}\0{value}\n" for name, value in headers.items()])):
        wrong = next(n for n, value in headers.items() if not _FIELD.fullmatch(f"{n}\0{value}"))
        raise InvalidRequest(f"The header {wrong[:40]!r} holds what HTTP does not allow there.")
