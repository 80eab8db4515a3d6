import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.errors import UpstreamError
from gigagate.gigachat.json_answer import JsonPicker

OBJECT = '{"a": ["}", "\\"{\\\\", {"b": 1}], "c": "]"}'


def picked(*pieces: str, opening: str = "{", finished: bool = True) -> str:
    picker = JsonPicker(opening)
    return "".join([*map(picker.feed, pieces), picker.end(finished=finished)])


def cut_up(text: str) -> list[str]:
    return list(text)


@pytest.mark.parametrize(
    ("answer", "opening", "value"),
    [
        (OBJECT, "{", OBJECT),
        (f"  {OBJECT}\n", "{", OBJECT),
        (f"```json\n{OBJECT}\n```", "{", OBJECT),
        (f"```\n{OBJECT}```", "{", OBJECT),
        (f"Вот ответ [1]:\n```json\n{OBJECT}\n```\nГотово {{ура}}!", "{", OBJECT),
        (f"{OBJECT}{OBJECT}", "{", OBJECT),
        ("Вот: [1, [2]] и всё", "[", "[1, [2]]"),
        (' "text" ', "", '"text"'),
        ("null", "{", "null"),
        ("7", "", "7"),
    ],
)
def test_the_json_is_found_in_whatever_stands_around_it(
    answer: str, opening: str, value: str
) -> None:
    assert picked(answer, opening=opening) == value
    assert picked(*cut_up(answer), opening=opening) == value


@pytest.mark.parametrize("answer", ["", "Извините.", '{"a": ', "{'a': 1}", '{"a": 1,}', "{]", "[1"])
def test_an_answer_that_is_no_json_is_an_error(answer: str) -> None:
    for pieces in ([answer], cut_up(answer)):
        with pytest.raises(UpstreamError, match="not valid JSON") as raised:
            picked(*pieces)
        assert raised.value.code == "generation_failed"


@pytest.mark.parametrize("answer", ['{"a": "b', "Не могу об этом говорить.", ""])
def test_an_unfinished_answer_passes_as_far_as_it_got(answer: str) -> None:
    assert picked(*cut_up(answer), finished=False) == answer


json_objects = st.dictionaries(
    st.text(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)


@given(json_objects, st.text(st.characters(exclude_characters="{")), st.text(), st.data())
def test_any_object_comes_out_as_it_is_wherever_it_is_cut(
    value: dict[str, object], before: str, after: str, data: st.DataObject
) -> None:
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    answer = before + text + after
    cuts = sorted(data.draw(st.sets(st.integers(0, len(answer)), max_size=8)))
    pieces = [answer[a:b] for a, b in zip([0, *cuts], [*cuts, len(answer)], strict=True)]
    assert picked(*pieces) == text
