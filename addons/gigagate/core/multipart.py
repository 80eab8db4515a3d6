"""multipart/form-data, RFC 7578: a form in memory, read and written without copying its files."""

from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import HeaderParser
from typing import NamedTuple

from gigagate.errors import InvalidRequest

_HEADERS = HeaderParser()

MAX_PARTS = 100
MAX_HEAD = 4096
"""Bytes before a part's content, and of a Content-Type.  The parser of heads is slow, and slower
the longer they are."""


class FormPart(NamedTuple):
    name: str
    filename: str | None
    media_type: str
    """"" if it is not said."""
    content: bytes | memoryview


def read(content_type: str, body: bytes) -> Iterator[FormPart]:
    """The contents are views of `body`.  Raises InvalidRequest."""
    line = b"--" + _boundary(content_type)
    view, parts = memoryview(body), 0
    at = body.find(line)
    if at != 0 and body[max(at - 2, 0) : max(at, 0)] != b"\r\n":
        raise InvalidRequest("The form in the request body does not begin with its boundary.")
    while not body.startswith(b"--", at := at + len(line)):
        start = body.find(b"\r\n\r\n", at)
        end = body.find(b"\r\n" + line, at)
        if not 0 <= start < end:
            raise InvalidRequest("The form in the request body is cut off.")
        if start - at > MAX_HEAD:
            raise InvalidRequest("A part of the form has too long a head.")
        if (parts := parts + 1) > MAX_PARTS:
            raise InvalidRequest(f"The form has more than {MAX_PARTS} parts.")
        head = _HEADERS.parsestr(body[at:start].decode(errors="replace").lstrip())
        yield _part(head, view[start + 4 : max(end, start + 4)])
        at = end + 2


def write(parts: Iterable[FormPart], boundary: str) -> tuple[str, bytes]:
    """The Content-Type and the body.  boundary: in none of the contents."""
    pieces: list[bytes | memoryview] = []
    for part in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(part.name)}"'
        if part.filename is not None:
            head += f'; filename="{_quoted(part.filename)}"'
        if part.media_type:
            head += f"\r\nContent-Type: {part.media_type}"
        pieces += [f"{head}\r\n\r\n".encode(), part.content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces)


def _boundary(content_type: str) -> bytes:
    if len(content_type) > MAX_HEAD:
        raise InvalidRequest("The Content-Type of the request is too long.")
    head = Message()
    head["content-type"] = content_type
    boundary = head.get_param("boundary")
    if head.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise InvalidRequest("The request body must be a form, multipart/form-data.")
    return boundary.encode("latin-1", "replace")


def _part(head: Message, content: memoryview) -> FormPart:
    name = head.get_param("name", "", "content-disposition")
    filename = head.get_filename()
    media_type = head.get_content_type() if "content-type" in head else ""
    return FormPart(str(name), filename, media_type, content)


def _quoted(text: str) -> str:
    """The name as browsers escape it (WHATWG HTML §4.10.21.8)."""
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
