import base64
from typing import Any

import pytest
from tests.support.samples import BINARY, PDF, PNG, WAV, data_url

from gigagate.core.attachment import Attachment, RemoteFile, UploadedFile
from gigagate.core.file_policy import FilePolicy
from gigagate.errors import InvalidRequest, RequestTooLarge, UnsupportedFeature
from gigagate.gigachat.file_parts import FileReader

URL = "https://example.com/a.png"
PDF_URL = data_url(PDF, "application/pdf")


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def read(part: dict[str, Any], policy: FilePolicy = FilePolicy()) -> Any:  # noqa: B008
    return FileReader(policy).read(part, "p")


SPELLINGS: list[tuple[dict[str, Any], str, bytes]] = [
    ({"type": "image_url", "image_url": {"url": data_url(), "detail": "low"}}, "image/png", PNG),
    ({"type": "image_url", "image_url": data_url()}, "image/png", PNG),
    ({"type": "input_image", "image_url": data_url(), "detail": "auto"}, "image/png", PNG),
    ({"type": "input_image", "image_url": data_url(), "file_id": None}, "image/png", PNG),
    (
        {"type": "file", "file": {"filename": "a.pdf", "file_data": PDF_URL}},
        "application/pdf",
        PDF,
    ),
    (
        {"type": "file", "file": {"filename": "a.pdf", "file_data": encoded(PDF)}},
        "application/pdf",
        PDF,
    ),
    (
        {"type": "input_file", "filename": "a.txt", "file_data": encoded(b"text")},
        "text/plain",
        b"text",
    ),
    ({"type": "input_file", "file_data": data_url(PNG)}, "image/png", PNG),
    (
        {"type": "input_audio", "input_audio": {"data": encoded(WAV), "format": "wav"}},
        "audio/wav",
        WAV,
    ),
]


@pytest.mark.parametrize(("part", "media_type", "content"), SPELLINGS)
def test_every_spelling_of_a_file_is_read(
    part: dict[str, Any], media_type: str, content: bytes
) -> None:
    file = read(part)
    assert isinstance(file, Attachment)
    assert (file.media_type, file.content) == (media_type, content)


@pytest.mark.parametrize(
    ("part", "file"),
    [
        ({"type": "file", "file": {"file_id": "id"}}, UploadedFile("id", None)),
        ({"type": "input_file", "file_id": "id"}, UploadedFile("id", None)),
        ({"type": "input_image", "file_id": "id"}, UploadedFile("id", "image")),
    ],
)
def test_a_file_may_be_named_by_its_id(part: dict[str, Any], file: UploadedFile) -> None:
    assert read(part) == file


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"type": "image_url", "image_url": {"url": URL}}, "image"),
        ({"type": "input_image", "image_url": URL}, "image"),
        ({"type": "input_file", "file_url": URL}, "document"),
    ],
)
def test_an_address_is_fetched_only_where_that_is_allowed(part: dict[str, Any], kind: str) -> None:
    assert read(part, FilePolicy(fetch_urls=True)) == RemoteFile(URL, kind)
    with pytest.raises(UnsupportedFeature, match="allow_urls"):
        read(part)


@pytest.mark.parametrize(
    ("part", "param"),
    [
        ({"type": "image_url"}, "p.image_url"),
        ({"type": "image_url", "image_url": {}}, "p.image_url.url"),
        ({"type": "image_url", "image_url": {"url": 1}}, "p.image_url.url"),
        ({"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}, "p.image_url.url"),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}, "p.image_url.url"),
        ({"type": "input_image"}, "p.image_url"),
        ({"type": "file"}, "p.file"),
        ({"type": "file", "file": {}}, "p.file.file_data"),
        ({"type": "file", "file": {"file_id": ""}}, "p.file.file_id"),
        ({"type": "file", "file": {"file_data": "x", "filename": 1}}, "p.file.filename"),
        ({"type": "input_file", "file_data": "!"}, "p.file_data"),
        ({"type": "input_audio", "input_audio": {}}, "p.input_audio.data"),
    ],
)
def test_a_malformed_part_is_a_400_that_names_the_field(part: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(part)
    assert refused.value.param == param


@pytest.mark.parametrize("content", [PDF, b"<svg></svg>", WAV])
def test_an_image_part_must_be_an_image(content: bytes) -> None:
    with pytest.raises(UnsupportedFeature, match="no picture") as refused:
        read({"type": "image_url", "image_url": {"url": data_url(content)}})
    assert refused.value.param == "p.image_url.url"


def test_limits_are_checked() -> None:
    small = FilePolicy(max_image_bytes=len(PNG) - 1)
    with pytest.raises(RequestTooLarge):
        read({"type": "image_url", "image_url": data_url()}, small)
    assert read({"type": "input_file", "file_data": PDF_URL}, small)
    with pytest.raises(UnsupportedFeature):
        read({"type": "input_file", "file_data": encoded(BINARY)})
