from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.gigachat.words import AnswerWords, Piece, Wording


def said(
    *pieces: str, reasoning: tuple[str, ...] = (), reasoning_mode: Any = "separate", **wording: Any
) -> Piece:
    words = AnswerWords(Wording(reasoning_mode, **wording))
    parts = [words.reasoning(piece) for piece in reasoning]
    parts += [words.content(piece) for piece in pieces if not words.stopped]
    parts.append(words.end(finished=True))
    return Piece(*map("".join, zip(*parts, strict=True)))


@pytest.mark.parametrize(
    ("answer", "text", "reasoning"),
    [
        ("Привет.", "Привет.", ""),
        ("<think>Хм.</think>Привет.", "Привет.", "Хм."),
        ("\n <think>\nХм.\n</think>\n\nПривет.\n", "Привет.\n", "\nХм.\n"),
        ("<think></think>Привет.", "Привет.", ""),
        ("<think>Хм.</think>", "", "Хм."),
        ("<think>a<think>b</think>c</think>", "c</think>", "a<think>b"),
        ("<think>Хм, < / </thin", "", "Хм, < / </thin"),
        ("<thinking>Хм</thinking>\n<a>", "<thinking>Хм</thinking>\n<a>", ""),
        ("Тег <think>x</think>.", "Тег <think>x</think>.", ""),
        ("  <thi", "  <thi", ""),
        ("", "", ""),
        ("\n", "\n", ""),
    ],
)  # fmt: skip
def test_a_thought_at_the_beginning_is_set_apart(answer: str, text: str, reasoning: str) -> None:
    assert said(answer) == Piece(text, reasoning)
    assert said(*answer) == Piece(text, reasoning)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("separate", Piece("Привет.", "Хм. Так.")),
        ("drop", Piece("Привет.")),
        ("inline", Piece("<think>\nХм. Так.\n</think>\n\nПривет.")),
    ],
)
def test_the_setting_decides_where_reasoning_goes(mode: str, expected: Piece) -> None:
    assert said("Привет.", reasoning=("Хм. ", "Так."), reasoning_mode=mode) == expected
    assert said(*"<think>Хм. Так.</think>Привет.", reasoning_mode=mode) == expected


def test_an_inline_thought_that_never_ends_is_closed() -> None:
    assert said("<think>Хм", reasoning_mode="inline").text == "<think>\nХм</think>"


def test_nothing_is_inline_in_json() -> None:
    found = said("<think>{</think>{}", reasoning_mode="inline", json_opening="{")
    assert found == Piece("{}", "{")


def test_a_stop_sequence_inside_a_thought_does_not_count() -> None:
    assert said("<think>stop</think>go stop", stop=("stop",)) == Piece("go ", "stop")


def test_json_cut_at_a_stop_sequence_is_as_the_client_wanted_it() -> None:
    assert said('{"a": 1, "b": 2}', stop=(",",), json_opening="{") == Piece('{"a": 1')


def test_arguments_of_the_function_count_in_place_of_words() -> None:
    words = AnswerWords(Wording(json_opening="{"))
    assert words.content("Отвечаю:") == Piece()
    assert words.json_arguments('{"a":1}') == Piece('{"a":1}')
    assert words.end(finished=True) == Piece()


@given(st.text(), st.data())
def test_pieces_make_no_difference(text: str, data: st.DataObject) -> None:
    mode = data.draw(st.sampled_from(["separate", "inline", "drop"]))
    text = data.draw(st.sampled_from(["", "<think>", " <think>a</think>", "<thi"])) + text
    stop = data.draw(st.sampled_from([(), ("a",), ("</think>", "ab")]))
    assert said(*text, reasoning_mode=mode, stop=stop) == said(text, reasoning_mode=mode, stop=stop)


@given(st.text())
def test_without_tags_and_sequences_every_character_passes(text: str) -> None:
    if not text.lstrip().startswith("<think>"):
        assert said(text) == Piece(text)
