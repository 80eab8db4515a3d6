import json

import pytest

from gigagate.core.hidden import Hidden

TOKEN = "opaque+token/1234=="
OTHER = "opaque+token"
SAID = f"the token {TOKEN} and {OTHER}! is expired, opaque+tok".encode()


def test_a_known_secret_is_hidden_whatever_it_looks_like() -> None:
    hidden = Hidden([OTHER, TOKEN])
    assert hidden.whole(SAID) == b"the token [secret] and [secret]! is expired, opaque+tok"
    assert hidden.text(TOKEN) == "[secret]"


@pytest.mark.parametrize("size", [1, 2, 5, 19, 1000])
def test_in_pieces_of_any_size(size: int) -> None:
    hidden = Hidden([TOKEN])
    pieces = [hidden.feed(SAID[i : i + size]) for i in range(0, len(SAID), size)]
    came = b"".join([*pieces, hidden.end()])
    assert TOKEN.encode() not in came
    assert came.replace(b"[secret]", TOKEN.encode()) == SAID


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    "spelt",
    [
        json.dumps('a"b\\c/d+opaque=='),
        json.dumps('a"b\\c/d+opaque==').replace("/", "\\/"),
        json.dumps('a"b\\c/d+opaque==').replace("=", "\\u003d").replace("+", "\\u002b"),
    ],
)
def test_a_secret_with_escapes_of_json_is_hidden_too(spelt: str, size: int) -> None:
    hidden, said = Hidden(['a"b\\c/d+opaque==']), f"no {spelt}!".encode()
    pieces = [hidden.feed(said[i : i + size]) for i in range(0, len(said), size)]
    assert b"".join([*pieces, hidden.end()]) == b'no "[secret]"!'


def test_an_event_is_not_held_back() -> None:
    event = b'data: {"a": "opaque"}\n\n'
    assert Hidden([TOKEN]).feed(event) == event


def test_nothing_short_is_taken_for_a_secret() -> None:
    assert Hidden(["", "a"]).feed(b"banana") == b"banana"
