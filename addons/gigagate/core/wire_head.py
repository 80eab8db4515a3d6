"""The last look at a request's head before it is written: nothing in it begins another request.

A path, a query or a media type may come from an edited flow or a saved file, which no reader of
heads has seen.
"""

import re
from collections.abc import Mapping

from gigagate.errors import InvalidRequest

_METHOD = re.compile(r"[A-Z]{1,16}")
_PATH = re.compile(r"/[!-~]*")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[ -~]*")


def check(method: str, path: str, headers: Mapping[str, str]) -> None:
    """Raises InvalidRequest."""
    if not _METHOD.fullmatch(method) or not _PATH.fullmatch(path):
        raise InvalidRequest(
            "The path or query of the request holds what HTTP does not allow there "
            "(a space, a line break, other letters than ASCII): quote it as %20."
        )
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise InvalidRequest(f"The header {name[:40]!r} holds what HTTP does not allow there.")
