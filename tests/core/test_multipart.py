import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from gigagate.core import multipart
from gigagate.core.multipart import FormPart
from gigagate.errors import InvalidRequest

BOUNDARY = "0f8fad5bd9cb469fa165708677289500f8fad5b"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
NAMES = ["a.txt", "отчёт.pdf", 'a"b.txt', "a b;c.txt"]


def read(content_type: str, body: bytes) -> list[tuple[str, str | None, str, bytes]]:
    return [(*part[:3], bytes(part.content)) for part in multipart.read(content_type, body)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["file", "purpose"]),
            st.sampled_from([None, "a.txt", "картинка.png"]),
            st.sampled_from(["", "image/png"]),
            st.binary(max_size=60) | st.sampled_from([b"\r\n", b"\r\n--", b"--", b"\n\r\n\r\n"]),
        ),
        max_size=4,
    )
)
def test_what_is_written_is_read(parts: list[tuple[str, str | None, str, bytes]]) -> None:
    content_type, body = multipart.write([FormPart(*part) for part in parts], BOUNDARY)
    if parts:
        assert read(content_type, body) == parts


@pytest.mark.parametrize("filename", NAMES[:2] + NAMES[3:])
@pytest.mark.parametrize("content", [b"", b"\r\n", b"\0\r\n--x\r\n\r\n", b"x" * 100_000])
def test_the_forms_of_real_clients_are_read(filename: str, content: bytes) -> None:
    files = {"file": (filename, content, "text/plain")}
    by_httpx = httpx.Request("POST", "http://x/", files=files, data={"purpose": "vision"})
    by_requests = requests.Request("POST", "http://x/", files=files, data={"purpose": "vision"})
    prepared = by_requests.prepare()
    bodies = [
        (by_httpx.headers["content-type"], by_httpx.read()),
        (prepared.headers["content-type"], prepared.body),
    ]
    for content_type, body in bodies:
        assert sorted(read(content_type, body)) == [
            ("file", filename, "text/plain", content),
            ("purpose", None, "", b"vision"),
        ]


def test_the_contents_are_views_of_the_body() -> None:
    _, body = multipart.write([FormPart("file", "a", "", b"x" * 1000)], BOUNDARY)
    (part,) = multipart.read(TYPE, body)
    assert isinstance(part.content, memoryview)
    assert part.content.obj is body


def test_a_preamble_is_skipped() -> None:
    content_type, body = multipart.write([FormPart("a", None, "", b"1")], BOUNDARY)
    assert read(content_type, b"preamble\r\n" + body) == [("a", None, "", b"1")]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x--"),
        ("", b""),
        (TYPE, b""),
        (TYPE, b"nothing"),
        (TYPE, f"x--{BOUNDARY}--".encode()),
        (TYPE, f"--{BOUNDARY}".encode()),
        (TYPE, f"--{BOUNDARY}\r\nno end of the head".encode()),
        (TYPE, f"--{BOUNDARY}\r\nA: b\r\n\r\nno end".encode()),
        (TYPE, f"--{BOUNDARY}\r\nA: b\r\n\r\nx\r\n--{BOUNDARY}\r\n".encode()),
    ],
)
def test_what_is_no_form_or_cut_off_is_a_400(content_type: str, body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read(content_type, body)


@given(st.binary(max_size=80), st.integers(0, 200))
def test_garbage_never_does_worse_than_a_400(garbage: bytes, cut: int) -> None:
    _, body = multipart.write([FormPart("file", "a", "text/plain", garbage)], "b")
    for spoilt in (body[:cut], garbage, b"--b" + garbage, body[:cut] + garbage):
        try:
            read("multipart/form-data; boundary=b", spoilt)
        except InvalidRequest:
            continue


def test_names_are_quoted() -> None:
    _, body = multipart.write([FormPart("file", 'a"\r\nb', "", b"")], BOUNDARY)
    assert b'filename="a%22%0D%0Ab"' in body


def test_parts_and_their_heads_are_few_and_short() -> None:
    parts = [FormPart("a", None, "", b"")] * multipart.MAX_PARTS
    assert len(read(*multipart.write(parts, BOUNDARY))) == multipart.MAX_PARTS
    with pytest.raises(InvalidRequest, match="more than"):
        read(*multipart.write([*parts, parts[0]], BOUNDARY))
    with pytest.raises(InvalidRequest, match="head"):
        read(*multipart.write([FormPart("a" * multipart.MAX_HEAD, None, "", b"")], BOUNDARY))
