import pytest

from gigagate.views import text


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 KB"),
        (34_000, "34 KB"),
        (5_200_000, "5.2 MB"),
    ],
)
def test_sizes(number: int, shown: str) -> None:
    assert text.size(number) == shown


def test_counts_have_their_plural() -> None:
    assert text.count(1, "tool") == "1 tool"
    assert text.count(12345, "tool") == "12 345 tools"


def test_a_folded_text_keeps_both_ends_and_says_what_is_left_out() -> None:
    long = "начало\n" + "x" * 5000 + "\nконец"
    folded = text.folded(long, 100)
    assert folded.startswith("начало\n")
    assert folded.endswith("\nконец")
    assert "4 913 characters in 1 line left out" in folded
    assert text.folded("short", 100) == "short"


def test_long_lines_are_broken_at_blanks_and_nothing_is_lost() -> None:
    line = "слово " * 40
    pieces = text.wrapped(line.strip(), width=50).split("\n")
    assert max(map(len, pieces)) <= 50
    assert " ".join(pieces) == line.strip()
    unbreakable = "x" * 120
    assert text.wrapped(unbreakable, width=50).replace("\n", "") == unbreakable
    assert text.wrapped("ab " * 30, "  ", width=40).split("\n")[1].startswith("  ab")


def test_one_line_says_how_much_it_cuts() -> None:
    assert text.one_line("a\n  b", 10) == "a b"
    assert text.one_line("x" * 50, 10) == "xxxxxxxxxx… (50 characters)"


def test_decoding_never_fails_and_is_bounded() -> None:
    assert text.decoded(b"\xd0\xbf\xff") == "п\ufffd"
    assert len(text.decoded(b"x" * 10_000, most=100)) < 150
