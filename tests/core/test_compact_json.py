import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.core import compact_json


def test_cyrillic_and_emoji_are_written_as_they_are() -> None:
    assert compact_json.dumps({"a": ["Привет", "🙂"]}) == '{"a":["Привет","🙂"]}'.encode()
    assert compact_json.dumps('Привет "🙂"\n') == '"Привет \\"🙂\\"\\n"'.encode()


def test_half_a_surrogate_pair_stays_escaped() -> None:
    assert compact_json.dumps({"a": "\ud83d"}) == b'{"a":"\\ud83d"}'
    assert compact_json.dumps("\ud83d") == b'"\\ud83d"'


def test_a_number_of_any_length_stays_exact() -> None:
    assert compact_json.dumps(2**70) == str(2**70).encode()


@given(st.text(st.characters(codec=None)))
def test_a_string_is_read_back_whole(text: str) -> None:
    assert json.loads(compact_json.dumps(text)) == text


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("a\ud83d", "a\ufffd"),
        ("\ud83db", "\ufffdb"),
        ("\ude42b", "\ufffdb"),
        ("\ud83d\ude42", "🙂"),
        ("\ude42\ud83d", "\ufffd\ufffd"),
        (
            {"\ud83d": ["\ud83d", {"a": ("\ud83d", 1, None)}]},
            {"\ufffd": ["\ufffd", {"a": ["\ufffd", 1, None]}]},
        ),
    ],
)
def test_half_a_surrogate_pair_goes_to_gigachat_as_a_replacement(given: Any, whole: Any) -> None:
    assert json.loads(compact_json.dumps_whole(given).decode()) == whole
    assert not compact_json.is_whole(given)
    assert compact_json.is_whole(whole)


@given(st.text(st.characters(codec=None)))
def test_what_goes_to_gigachat_is_valid_text(text: str) -> None:
    written = compact_json.dumps_whole({"a": text})
    assert compact_json.is_whole(json.loads(written.decode()))
