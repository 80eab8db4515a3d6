import json

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
