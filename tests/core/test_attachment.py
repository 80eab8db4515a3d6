import base64
import hashlib

import pytest
from tests.support.samples import PNG, data_url

from gigagate.core.attachment import (
    Attachment,
    LeftOut,
    RemoteFile,
    UploadedFile,
    read_base64,
    read_data_url,
    safe_name,
    wanted,
    with_ids,
)
from gigagate.errors import InvalidRequest


def picture(content: bytes = PNG, filename: str = "") -> Attachment:
    return Attachment.of(content, filename=filename, max_image_bytes=10**6)


def test_an_attachment_is_named_by_its_content() -> None:
    assert picture().key == picture(filename="other.png").key == hashlib.sha256(PNG).hexdigest()
    assert picture(PNG + b"1").key != picture().key
    assert picture().filename == "image.png"
    assert "PNG" not in repr(picture())


def test_what_is_wanted_is_each_content_once_and_nothing_gigachat_has() -> None:
    remote = RemoteFile("https://example.com/a.png", "image")
    messages = [
        {"role": "user", "content": "a", "attachments": [picture(), picture(), remote]},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": "c", "attachments": [picture(), UploadedFile("id", None)]},
    ]
    assert wanted(messages) == (picture(), remote)
    ids = {picture().key: "one", remote.key: "two"}
    sent = with_ids(messages, ids)
    assert [message.get("attachments") for message in sent] == [
        ["one", "one", "two"],
        None,
        ["one", "id"],
    ]
    assert with_ids(messages, {picture().key: LeftOut("why")})[2]["attachments"][0] == picture().key
    assert messages[0]["attachments"][0] == picture(), "the given ones stay as they are"


@pytest.mark.parametrize(
    ("url", "content", "declared"),
    [
        (data_url(b"abc", "image/png"), b"abc", "image/png"),
        ("DATA:Image/PNG;charset=x;BASE64,YWJj", b"abc", "image/png"),
        ("data:;base64,YW\nJj", b"abc", ""),
        ("data:text/plain,a%20b", b"a b", "text/plain"),
    ],
)
def test_data_urls_are_read(url: str, content: bytes, declared: str) -> None:
    assert read_data_url(url, "x") == (content, declared)


@pytest.mark.parametrize(
    "url", ["data:image/png", "data:;base64,A", "data:;base64,", "data:;base64,ж"]
)
def test_a_broken_data_url_is_a_400_that_names_its_place(url: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_data_url(url, "messages[0].content[1].image_url.url")
    assert refused.value.param == "messages[0].content[1].image_url.url"


def test_base64_is_read() -> None:
    assert read_base64(base64.b64encode(PNG).decode(), "x") == PNG


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\docs\\отчёт.pdf", "отчёт.pdf"),
        ("../../etc/passwd", "passwd"),
        ('a"\r\nX: y.txt', "aX: y.txt"),
        ("\ud800.txt", ".txt"),
        ("x" * 200, "x" * 100),
        ("", ""),
    ],
)
def test_a_filename_is_made_safe_for_a_header(given: str, name: str) -> None:
    assert safe_name(given) == name
