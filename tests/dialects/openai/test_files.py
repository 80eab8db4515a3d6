import json
from collections.abc import Callable

import pytest
from tests.support.samples import GIF, PNG
from tests.support.translating import Translating

from gigagate.core import multipart
from gigagate.core.http import ClientRequest, Content
from gigagate.core.in_hand import InHand
from gigagate.core.multipart import FormPart
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.report import Report
from gigagate.dialects.dialect import Translation
from gigagate.dialects.openai import files
from gigagate.errors import (
    InvalidRequest,
    RequestTooLarge,
    UnsupportedFeature,
    UpstreamProtocolError,
)

FILE = {
    "id": "f-1",
    "object": "file",
    "bytes": 3,
    "created_at": 1_700_000_000,
    "filename": "a.txt",
    "purpose": "general",
    "access_policy": "private",
    "modalities": ["text"],
}
OPENAIS = {
    "id": "f-1",
    "object": "file",
    "bytes": 3,
    "created_at": 1_700_000_000,
    "filename": "a.txt",
    "purpose": "user_data",
    "status": "processed",
}


def call(item: str = "f-1", body: bytes = b"", content_type: str = "") -> InHand:
    return InHand(
        request=ClientRequest("POST", "/v1/files", {"content-type": content_type}, body),
        policy=Policy(),
        request_id="ab" * 16,
        now=1,
        notes=Notes(),
        report=Report(),
        item=item,
    )


def uploading(*parts: FormPart) -> Translating:
    content_type, body = multipart.write(parts, "client-boundary")
    return Translating(files.upload, call(body=body, content_type=content_type))


def test_an_upload_is_written_anew_with_the_type_and_purpose_gigachat_knows() -> None:
    handler = uploading(
        FormPart("purpose", None, "", b"vision"),
        FormPart("expires_after[seconds]", None, "", b"3600"),
        FormPart("file", "../кот.png", "application/octet-stream", PNG),
    )
    sent = handler.upstream_request()
    assert (sent.method, sent.path) == ("POST", "/v1/files")
    assert b"client-boundary" not in sent.body
    assert [
        (*part[:3], bytes(part.content))
        for part in multipart.read(sent.headers["Content-Type"], sent.body)
    ] == [("file", "кот.png", "image/png", PNG), ("purpose", None, "", b"general")]
    assert json.loads(handler.answer(json.dumps(FILE).encode())) == OPENAIS | {"purpose": "vision"}


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ([], InvalidRequest),
        ([FormPart("purpose", None, "", b"vision")], InvalidRequest),
        ([FormPart("file", None, "", b"no file name: a plain field")], InvalidRequest),
        ([FormPart("file", "a.gif", "image/gif", GIF)], UnsupportedFeature),
        (
            [FormPart("file", "a.png", "", PNG), FormPart("purpose", None, "", b"batch")],
            UnsupportedFeature,
        ),
        ([FormPart("file", "a.png", "", PNG + b"x" * (15 * 2**20))], RequestTooLarge),
    ],
)
def test_what_gigachat_would_not_take_is_refused(parts: list[FormPart], error: type) -> None:
    with pytest.raises(error):
        uploading(*parts).upstream_request()


@pytest.mark.parametrize(
    ("translate", "method", "path"),
    [
        (files.listed, "GET", "/v1/files"),
        (files.look_at, "GET", "/v1/files/a%2F..%2Fb"),
        (files.fetch, "GET", "/v1/files/a%2F..%2Fb/content"),
        (files.delete, "POST", "/v1/files/a%2F..%2Fb/delete"),
    ],
)
def test_each_request_goes_to_its_path_and_nowhere_else(
    translate: Callable[[InHand], Translation], method: str, path: str
) -> None:
    sent = Translating(translate, call("a/../b")).upstream_request()
    assert (sent.method, sent.path, sent.body) == (method, path, b"")


def test_answers_are_openais() -> None:
    one = json.dumps(FILE).encode()
    assert json.loads(Translating(files.look_at, call()).answer(one)) == OPENAIS
    listed = json.loads(Translating(files.listed, call()).answer(b'{"data":[%s]}' % one))
    ends = {"first_id": "f-1", "last_id": "f-1"}
    assert listed == {"object": "list", "data": [OPENAIS], "has_more": False} | ends
    assert json.loads(Translating(files.listed, call()).answer(b'{"data":[]}'))["data"] == []
    deleted = Translating(files.delete, call()).answer(
        b'{"id":"f-1","object":"access_policy","deleted":true}'
    )
    assert json.loads(deleted) == {"id": "f-1", "object": "file", "deleted": True}


def test_a_content_is_passed_as_it_is_and_only_a_picture_told_as_one() -> None:
    assert Translating(files.fetch, call()).content(PNG) == Content("image/png", PNG)
    page = b"<html><script>"
    assert Translating(files.fetch, call()).content(page) == Content(
        "application/octet-stream", page
    )


@pytest.mark.parametrize("translate", [files.listed, files.look_at, files.delete])
@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"\xff"])
def test_garbage_is_gigachats_error(
    translate: Callable[[InHand], Translation], body: bytes
) -> None:
    with pytest.raises(UpstreamProtocolError):
        Translating(translate, call()).answer(body)
