"""What GigaChat sent is kept as people can read it, and without a token, however it was packed."""

import gzip

import pytest
from mitmproxy import http
from mitmproxy.test import tflow

from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange
from gigagate.hooks.inspection import wire_record
from gigagate.hooks.inspection.wire_record import WireRecord

TOKEN = "eyJ-the-access-token"
ANSWER = f'{{"choices": [], "echo": "{TOKEN}"}}'.encode()
PACKED = gzip.compress(ANSWER, mtime=0)


def kept(body: bytes, coding: str | None) -> bytes | None:
    flow = tflow.tflow()
    request = ClientRequest("POST", "/v1/chat/completions", {}, b"{}")
    record = WireRecord(flow, Exchange(request, Policy(), request_id="ab" * 16, now=1))
    signed = http.Request.make("POST", "http://g/", b"", {"authorization": f"Bearer {TOKEN}"})
    record.sends(signed, b"")
    record.receives(http.Response.make(200, b"", {"content-encoding": coding} if coding else {}))
    for i in range(len(body)):
        record.receives_data(body[i : i + 1])
        record.keep()
        assert TOKEN.encode() not in flow.metadata.get(wire_record.RESPONSE, b"")
    record.end(None)
    found: bytes | None = flow.metadata.get(wire_record.RESPONSE)
    return found


@pytest.mark.parametrize(
    ("body", "coding"), [(ANSWER, None), (PACKED, "gzip")], ids=["plain", "packed"]
)
def test_an_answer_is_kept_readable_and_without_the_token(body: bytes, coding: str | None) -> None:
    found = kept(body, coding)
    assert found is not None
    assert b'{"choices": []' in found


@pytest.mark.parametrize(
    ("body", "coding"),
    [(PACKED[:-1], "gzip"), (b"what", "gzip"), (ANSWER, "br")],
    ids=["cut off", "no gzip", "unknown"],
)
def test_what_cannot_be_unpacked_is_not_kept(body: bytes, coding: str) -> None:
    assert kept(body, coding) == b""
