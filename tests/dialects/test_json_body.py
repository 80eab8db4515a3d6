import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.dialects.json_body import parse_object
from gigagate.errors import InvalidRequest


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"\xff\xfe{}", r"not valid UTF-8 \(byte 0\)"),
        ('{"a": "Привет'.encode()[:-1], "not valid UTF-8"),
        (b'{"a": 1,\n "b": }', "Expecting value at line 2, column 7"),
        (b'{"a": 1} {}', "Extra data at line 1, column 10"),
        (b"{'a': 1}", "line 1, column 2"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": 1e999}', "1e999 is out of range"),
        (b'{"a": ' + b"1" * 5000 + b"}", "not valid JSON"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deep"),
        (b"[]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b"model=gigachat&messages=hi", "line 1, column 1"),
    ],
)
def test_a_wrong_body_is_told_what_is_wrong_and_where(body: bytes, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        parse_object(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{}", {}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        ('{"a": "Привет"}'.encode(), {"a": "Привет"}),
    ],
)
def test_an_object_is_read(body: bytes, expected: dict[str, object]) -> None:
    assert parse_object(body) == expected


@given(st.binary())
def test_garbage_is_the_clients_error(body: bytes) -> None:
    try:
        assert isinstance(parse_object(body), dict)
    except InvalidRequest as error:
        assert error.message
