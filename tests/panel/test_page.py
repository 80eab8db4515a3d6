"""The pages speak two languages with the same words, and what the script asks for is there."""

import re
from pathlib import Path

import pytest

from gigagate.panel import page, texts
from gigagate.panel.texts import LANGUAGES, WORDS

FILES = Path(page.__file__).parent / "files"


def test_both_languages_fill_in_the_same_values() -> None:
    for english, russian in WORDS.values():
        assert english and russian
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", russian))


def test_no_two_files_have_the_same_word() -> None:
    assert len(WORDS) == sum(len(file.WORDS) for file in texts.FILES)


@pytest.mark.parametrize("view", page.VIEWS)
def test_each_view_has_its_script_and_its_name(view: str) -> None:
    assert "export async function show(" in (FILES / f"{view}.js").read_text()
    assert view in WORDS


@pytest.mark.parametrize("file", sorted(FILES.glob("*.js")), ids=lambda path: path.name)
def test_each_word_the_script_uses_is_there(file: Path) -> None:
    for name in re.findall(r'\bt\("(\w+)"', file.read_text()):
        assert name in WORDS


@pytest.mark.parametrize("file", sorted(FILES.iterdir()), ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(file: Path) -> None:
    text = file.read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"(https?:)?//[a-z]+\.[a-z]", text)
    assert "innerHTML" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_put_into_a_page_cannot_end_its_data(language: str) -> None:
    shown = page.panel(language, form="</script><script>x", version="<b>")
    assert "</script><script>x" not in shown
    assert "<b>" not in shown
    assert "$" not in shown
    assert "$" not in page.login(language, refused=True, version="1")
