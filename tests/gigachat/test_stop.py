import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.gigachat.stop import StopCutter, cut

CASES = [
    ("one two three", ["two"], "one "),
    ("one two three", ["four"], None),
    ("one two three", ["three", "two"], "one "),
    ("", ["x"], None),
    ("aab", ["ab"], "a"),
    ("abc", ["abc", "b"], "a"),
    ("конец!", ["ц!"], "коне"),
    ("</a></b>", ["</b>"], "</a>"),
]


def run(chunks: list[str], sequences: list[str]) -> tuple[str, bool]:
    cutter = StopCutter(sequences)
    out = ""
    for chunk in chunks:
        out += cutter.feed(chunk)
        if cutter.stopped:
            return out, True
    return out + cutter.end(), False


@pytest.mark.parametrize(("text", "sequences", "expected"), CASES)
def test_text_ends_before_the_first_complete_sequence(
    text: str, sequences: list[str], expected: str | None
) -> None:
    wanted = (text, False) if expected is None else (expected, True)
    assert cut(text, sequences) == wanted
    assert run([text], sequences) == wanted
    assert run(list(text), sequences) == wanted


@given(st.lists(st.text("ab<", max_size=4)), st.lists(st.text("ab<", min_size=1), min_size=1))
def test_chunks_make_no_difference(chunks: list[str], sequences: list[str]) -> None:
    assert run(chunks, sequences) == cut("".join(chunks), sequences)


def test_text_that_cannot_begin_a_sequence_is_passed_on_at_once() -> None:
    cutter = StopCutter(["</stop>"])
    assert cutter.feed("text <") == "text "
    assert cutter.feed("b>bold") == "<b>bold"


def test_no_sequences_cut_nothing() -> None:
    assert cut("text", []) == ("text", False)
