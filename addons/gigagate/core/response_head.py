"""What the head of GigaChat's answer may look like: nothing that two readers could take apart.

Where an answer ends decides whose answer comes next on that connection.
"""

import re
from typing import NamedTuple

MAX_BYTES = 64 * 1024
MAX_FIELDS = 200

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_STATUS_LINE = re.compile(rb"HTTP/(1\.[01]) ([1-5]\d\d)(?: ([\t -~\x80-\xff]*))?")
_FIELD = re.compile(rb"%s:[\t -~\x80-\xff]*" % _TOKEN)
_LENGTH = re.compile(rb"0|[1-9]\d{0,14}")


class ResponseHead(NamedTuple):
    version: bytes
    """b"1.0" or b"1.1"."""
    status: int
    reason: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    """Names as they were sent, values without the blanks around them."""


def read(lines: list[bytes]) -> ResponseHead:
    """lines: without their ends and the empty one.  Raises ValueError."""
    first = _STATUS_LINE.fullmatch(lines[0]) if lines else None
    if first is None:
        raise ValueError("it does not begin with a status line of HTTP/1.1")
    if len(lines) > MAX_FIELDS:
        raise ValueError(f"it has more than {MAX_FIELDS} header fields")
    fields, framing = [], []
    for line in lines[1:]:
        if not _FIELD.fullmatch(line):
            raise ValueError("one of its header fields is malformed")
        name, _, value = line.partition(b":")
        field = name, value.strip(b" \t")
        fields.append(field)
        if name.lower() in (b"content-length", b"transfer-encoding"):
            framing.append((name.lower(), field[1]))
    _check_framing(framing, first[1])
    return ResponseHead(first[1], int(first[2]), first[3] or b"", tuple(fields))


def _check_framing(framing: list[tuple[bytes, bytes]], version: bytes) -> None:
    if len(framing) > 1:
        raise ValueError("it says more than once how long it is")
    for name, value in framing:
        if name == b"content-length" and not _LENGTH.fullmatch(value):
            raise ValueError("its Content-Length is not a number of bytes")
        if name == b"transfer-encoding" and (value.lower() != b"chunked" or version != b"1.1"):
            raise ValueError("its Transfer-Encoding is not chunked")
