"""Tables in Russian: cells are found whole or in pieces, what is code stays."""

import pytest
from tests.support import in_russian
from tests.support.fault_table import BEGIN, END
from tests.test_docs import ROOT


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("| `n` | dropped; a 400 with `strict` |\n", "| `n` | отбрасывается; с `strict` — 400 |\n"),
        ("| an integer from 1 to 128 | |", "| целое число от 1 до 128 | |"),
        ("| a \\| b | yes |", "| a \\| b | да |"),
        ("| --- | --- |", "| --- | --- |"),
        ("| dropped; never heard of | yes |", "| dropped; never heard of | да |"),
        ("yes\n\n```text\nyes\n```\n\nno\n", "да\n\n```text\nyes\n```\n\nнет\n"),
    ],
)
def test_a_table_in_russian(english: str, russian: str) -> None:
    assert in_russian.table(english) == russian


def test_what_waits_for_a_translation_is_told() -> None:
    assert in_russian.missing("| kept | a new word of 5 | `code` |") == ["a new word of 5"]


def test_the_faults_are_told_in_both_languages() -> None:
    def faults(page: str) -> str:
        return (ROOT / page).read_text().split(BEGIN)[1].split(END)[0]

    assert faults("docs/ru/operations.md") == in_russian.table(faults("docs/operations.md"))
