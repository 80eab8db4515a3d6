"""What the head of a request may look like: RFC 9112, without the latitude it gives to servers.

Whatever two parsers could read in two ways (folded lines, bare line feeds, a length given twice) is
refused, so no proxy in front of us can disagree with us about where a request ends.  So is every
request that is none to an API: CONNECT, full URLs, WebSocket.
"""

import re
from typing import NamedTuple

from gigagate.errors import (
    ClientError,
    HeadersTooLarge,
    InvalidRequest,
    MethodNotAllowed,
    UpgradeRefused,
)

MAX_FIELDS = 200
"""Clients send about twenty.  Looking names up takes time that grows with their number."""
METHODS = frozenset((b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"))
ONCE = (b"host", b"content-length", b"transfer-encoding")

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_REQUEST_LINE = re.compile(rb"(%s) ([!-~]+) HTTP/(\d\.\d)" % _TOKEN)
_FIELDS = re.compile(rb"(?:%s:[\t -~\x80-\xff]*\r\n)*" % _TOKEN)
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"0|[1-9][0-9]{0,17}")


def size(data: bytes) -> int | None:
    """The length of the head, its empty line included; None if that has not come yet."""
    end = _EMPTY_LINE.search(data)
    return end and end.end()


class RequestHead(NamedTuple):
    method: bytes
    target: bytes
    """Path and query."""
    version: bytes
    """b"1.0" or b"1.1"."""
    fields: tuple[tuple[bytes, bytes], ...]
    """Names as they were sent, values without the blanks around them."""
    body_size: int | None
    """None if the body comes in chunks."""


def read(head: bytes) -> RequestHead:
    """head: what `size` has measured.  Raises ClientError."""
    request_line, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    if not head.endswith(b"\r\n\r\n") or head.count(b"\n") != len(lines) + 2:
        raise InvalidRequest("A line of the request ends in LF alone; lines end in CRLF.")
    method, target, version = _read_request_line(request_line)
    if len(lines) > MAX_FIELDS:
        raise HeadersTooLarge(f"The request has more than {MAX_FIELDS} header fields.")
    if not _FIELDS.fullmatch(head, len(request_line) + 2, len(head) - 2):
        raise _what_is_wrong(lines)
    parted = [line.partition(b":") for line in lines]
    fields = tuple([(name, value.strip(b" \t")) for name, _, value in parted])
    found: dict[bytes, bytes] = {}
    for name, value in fields:
        name = name.lower()
        if name == b"upgrade" and b"websocket" in value.lower():
            found[name] = value
        elif name in ONCE:
            if name in found:
                raise InvalidRequest(f"The header {name.decode()} is given more than once.")
            found[name] = value
    _check_framing(found, version)
    if version == b"1.1" and b"host" not in found:
        raise InvalidRequest("The header Host is missing.")
    if b"upgrade" in found:
        raise UpgradeRefused(  # by this status Codex goes on without at once
            "WebSocket is not spoken here. POST the request; "
            'with "stream": true the answer comes token by token.'
        )
    body_size = None if b"transfer-encoding" in found else int(found.get(b"content-length", 0))
    return RequestHead(method, target, version, fields, body_size)


def _read_request_line(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Method, target, and version of HTTP."""
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise InvalidRequest(
            "This is no HTTP request: it should begin like POST /v1/chat/completions HTTP/1.1."
        )
    method, target, version = match.groups()
    if version not in (b"1.0", b"1.1"):
        raise InvalidRequest(f"HTTP/{version.decode()} is not spoken here: use HTTP/1.1.")
    if method == b"CONNECT" or not target.startswith(b"/"):
        raise _no_forward_proxy(method)
    if method not in METHODS:
        raise MethodNotAllowed(f"The method {method.decode()} is not taken here.")
    return method, target, version


def _no_forward_proxy(method: bytes) -> ClientError:
    kind = MethodNotAllowed if method == b"CONNECT" else InvalidRequest
    return kind(
        "This is no forward proxy: it takes a path, such as /v1/chat/completions, and neither "
        "CONNECT nor a full URL. Set it as the base URL of your client, not as its HTTP proxy."
    )


def _what_is_wrong(lines: list[bytes]) -> InvalidRequest:
    """lines: header fields, one of which is malformed."""
    line = next(line for line in lines if not _FIELDS.fullmatch(line + b"\r\n"))
    if line[:1] in (b" ", b"\t"):
        return InvalidRequest("A header field is folded over two lines.")
    name = line.partition(b":")[0]
    if re.fullmatch(_TOKEN, name):
        return InvalidRequest(f"The header {name.decode()} has a value that is not allowed.")
    return InvalidRequest("A header field has a name that is not allowed.")


def _check_framing(found: dict[bytes, bytes], version: bytes) -> None:
    length, coding = found.get(b"content-length"), found.get(b"transfer-encoding")
    if length is not None and coding is not None:
        raise InvalidRequest("Content-Length and Transfer-Encoding exclude each other.")
    if length is not None and not _LENGTH.fullmatch(length):
        raise InvalidRequest("The header Content-Length is not a number of bytes.")
    if coding is not None and (coding.lower() != b"chunked" or version == b"1.0"):
        raise InvalidRequest("The only Transfer-Encoding taken here is chunked, in HTTP/1.1.")
