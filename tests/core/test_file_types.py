import pytest
from tests.support.samples import BINARY, GIF, JPEG, OLE, PDF, PNG, WAV, WEBP, ZIP

from gigagate.core.file_types import (
    LIMITS,
    check_size,
    image_type,
    is_taken,
    recognise,
    recognise_in_message,
)
from gigagate.errors import RequestTooLarge, UnsupportedFeature

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

RECOGNISED = [
    (PNG, "", "", "image/png"),
    (PNG, "image/jpeg", "a.jpg", "image/png"),
    (JPEG, "", "", "image/jpeg"),
    (b"II*\0....", "", "", "image/tiff"),
    (b"MM\0*....", "", "", "image/tiff"),
    (b"BM" + BINARY, "", "", "image/bmp"),
    (b"BM is a text", "", "", "text/plain"),
    (b"BM is declared", "image/bmp", "", "image/bmp"),
    (PDF, "application/octet-stream", "", "application/pdf"),
    (ZIP, "", "report.DOCX", WORD),
    (ZIP, WORD, "", WORD),
    (ZIP, "", "a.pptx", "application/pptx"),
    (ZIP, "", "a.xlsx", "application/vnd.ms-excel"),
    (ZIP, "application/epub+zip", "book", "application/epub"),
    (OLE, "application/msword", "", "application/msword"),
    (OLE, "", "a.ppt", "application/ppt"),
    (OLE, "", "a.xls", "application/vnd.ms-excel"),
    (WAV, "", "", "audio/wav"),
    (b"ID3\4", "", "", "audio/mp3"),
    (b"OggS", "", "", "audio/x-ogg"),
    (b"\0\0\0\x20ftypM4A ", "", "", "audio/x-m4a"),
    (b"\0\0\0\x20ftypisom", "", "", "audio/mp4"),
    ("Привет".encode(), "", "", "text/plain"),
    (b"# Title", "text/markdown", "a.md", "text/plain"),
    (b'{"a": 1}', "application/json", "a.json", "text/plain"),
    ("Привет".encode("cp1251"), "text/plain; charset=cp1251", "", "text/plain"),
    (b"", "", "empty.txt", "text/plain"),
]


@pytest.mark.parametrize(("content", "declared", "filename", "media_type"), RECOGNISED)
def test_a_file_is_what_its_bytes_say(
    content: bytes, declared: str, filename: str, media_type: str
) -> None:
    assert recognise(content, declared, filename).media_type == media_type
    assert recognise(memoryview(content), declared, filename).media_type == media_type


@pytest.mark.parametrize(
    ("content", "filename", "what"),
    [
        (GIF, "", "GIF"),
        (WEBP, "a.png", "WebP"),
        (b"\0\0\0\x20ftypavif", "", "AVIF"),
        (b"\0\0\0\x20ftypheic", "", "HEIC"),
        (ZIP, "a.zip", "a.zip"),
        (ZIP, "", "without a name"),
        (BINARY, "program.exe", "program.exe"),
    ],
)
def test_what_gigachat_does_not_take_is_told_with_what_it_takes(
    content: bytes, filename: str, what: str
) -> None:
    with pytest.raises(UnsupportedFeature) as refused:
        recognise(content, "", filename)
    assert what in refused.value.message
    assert "JPEG, PNG, TIFF, BMP" in refused.value.message


@pytest.mark.parametrize(
    ("content", "declared", "media_type"),
    [
        (GIF, "image/png", "image/gif"),
        (WEBP, "", "image/webp"),
        (b"\0\0\0\x20ftypavif", "", "image/avif"),
        (b"\0\0\0\x20ftypheic", "", "image/heic"),
        (b"\0\0\0\x20ftypmif1", "", "image/heic"),
        (b"<svg/>", "image/svg+xml; charset=utf-8", "image/svg+xml"),
        (BINARY, "image/x-icon", "image/x-icon"),
    ],
)
def test_in_a_message_pictures_of_other_formats_are_known(
    content: bytes, declared: str, media_type: str
) -> None:
    found = recognise_in_message(content, declared, picture=True)
    assert (found.kind, found.media_type) == ("image", media_type)
    assert not is_taken(found)


@pytest.mark.parametrize("declared", ["image/png", "image/a b", "image/", "text/x", ""])
def test_in_a_message_bytes_of_no_picture_are_none(declared: str) -> None:
    with pytest.raises(UnsupportedFeature):
        recognise_in_message(BINARY, declared and declared.replace("text", "video"), picture=True)
    assert recognise_in_message(b"<svg/>", "image/svg+xml", picture=False).kind == "document"
    assert is_taken(recognise_in_message(PNG, picture=True))


def test_only_a_picture_is_told_as_what_it_is() -> None:
    assert image_type(JPEG) == "image/jpeg"
    assert image_type(PDF) == image_type(b"<html>") == "application/octet-stream"


def test_sizes_are_limited_by_kind_and_setting() -> None:
    check_size("image", LIMITS["image"], 10**9)
    for size, limit in ((LIMITS["image"] + 1, 10**9), (11, 10)):
        with pytest.raises(RequestTooLarge):
            check_size("image", size, limit)
