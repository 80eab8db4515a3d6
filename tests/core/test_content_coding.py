import functools
import gzip
import zlib

import pytest

from gigagate.core.content_coding import MAX_MEMBERS, decode
from gigagate.errors import ClientError, InvalidRequest, RequestTooLarge

# a time in the head would give the tests other names each second
compress = functools.partial(gzip.compress, mtime=0)

LIMIT = 1000
TEXT = '{"model": "gigachat", "content": "Привет"}'.encode()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (compress(TEXT), "gzip"),
        (compress(TEXT), " GZip "),
        (compress(TEXT), "x-gzip"),
        (compress(TEXT[:5]) + compress(TEXT[5:]), "gzip"),
        (zlib.compress(TEXT), "deflate"),
    ],
)
def test_a_coded_body_is_undone(body: bytes, coding: str) -> None:
    assert decode(body, coding, LIMIT) == TEXT


def test_an_empty_body_needs_no_coding() -> None:
    assert decode(b"", "gzip", LIMIT) == b""


WRONG: list[tuple[bytes, str, type[ClientError]]] = [
    (b"not gzip", "gzip", InvalidRequest),
    (compress(TEXT)[:-1], "gzip", InvalidRequest),
    (compress(TEXT) + b"more", "gzip", InvalidRequest),
    (zlib.compress(TEXT), "gzip", InvalidRequest),
    (TEXT, "br", InvalidRequest),
    (TEXT, "gzip, gzip", InvalidRequest),
    (TEXT, "\udcff", InvalidRequest),
    (compress(b"a" * 1001), "gzip", RequestTooLarge),
    (compress(b"a" * 600) * 2, "gzip", RequestTooLarge),
    (compress(bytes(100_000_000)), "gzip", RequestTooLarge),
    (compress(b"") * 17, "gzip", InvalidRequest),
]


@pytest.mark.parametrize(("body", "coding", "kind"), WRONG)
def test_a_wrong_or_swelling_body_is_refused(
    body: bytes, coding: str, kind: type[ClientError]
) -> None:
    with pytest.raises(kind):
        decode(body, coding, LIMIT)


def test_so_many_members_and_no_more_for_each_costs_a_copy_of_the_rest() -> None:
    assert decode(compress(b"a") * MAX_MEMBERS, "gzip", LIMIT) == b"a" * MAX_MEMBERS


def test_a_body_of_just_the_limit_is_taken() -> None:
    assert len(decode(compress(b"a" * LIMIT), "gzip", LIMIT)) == LIMIT
