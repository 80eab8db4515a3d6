"""The documents say what is there: every setting, every link; the Russian pages say the same."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from gigagate.cli import codex_config
from gigagate.settings import Settings, environment

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
RUSSIAN = sorted((ROOT / "docs" / "ru").glob("*.md"))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WORDS = re.compile(r'(?<=\s)"[^"$\n]* [^"$\n]*"(?!\S)|<\w[^<>\n]*>')
"""What a block of shell may say in another language: a task in quotes, a <placeholder>."""


def yaml_keys(schema: type, prefix: str = "") -> Iterator[str]:
    hints = get_type_hints(schema)
    for field in dataclasses.fields(schema):
        section = hints[field.name]
        if "yaml" in field.metadata:
            continue
        if isinstance(section, type) and dataclasses.is_dataclass(section):
            yield from yaml_keys(section, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name


def rows() -> set[str]:
    """What stands in the first column of the tables."""
    return set(re.findall(r"^\| `([^`]+)` \|", CONFIGURATION, re.MULTILINE))


def test_every_setting_is_documented_and_every_documented_one_is_there() -> None:
    keys = set(yaml_keys(Settings))
    names = {environment.CONFIG, environment.ENV_FILE, *environment.VARIABLES}
    documented = {row for row in rows() if row.startswith("GIGA") or row in keys or "." in row}
    assert documented == keys | names


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = HEADING.findall(document.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for path, anchor in LINK.findall(document.read_text()):
        target = document.parent / path if path else document
        assert target.exists(), path
        if anchor:
            assert anchor in anchors(target), f"{path}#{anchor}"


def code(document: Path) -> list[tuple[str, str]]:
    """Language and text of each block, without the words that are translated."""
    blocks = BLOCK.findall(document.read_text())
    return [(kind, WORDS.sub("…", text) if kind == "sh" else text) for kind, text in blocks]


@pytest.mark.parametrize("russian", RUSSIAN, ids=lambda path: path.name)
def test_a_russian_page_has_the_code_of_the_english_one(russian: Path) -> None:
    english = ROOT / "docs" / russian.name
    assert code(english)
    assert code(russian) == code(english)


def shape(document: Path) -> list[str]:
    """Each heading by its level, each row of a table by its cells and what is code in the first."""
    found = []
    for line in BLOCK.sub("", document.read_text()).splitlines():
        if line.startswith("#"):
            found.append(line.partition(" ")[0])
        elif line.startswith("|"):
            cells = line.replace("\\|", "").strip("|").split("|")
            named = re.findall(r"`[^`]+`", cells[0])
            found.append(f"{len(cells)} cells {' '.join(named)}")
    return found


@pytest.mark.parametrize("russian", RUSSIAN, ids=lambda path: path.name)
def test_a_russian_page_has_the_headings_and_tables_of_the_english_one(russian: Path) -> None:
    assert shape(russian) == shape(ROOT / "docs" / russian.name)


def test_the_russian_readme_has_the_code_of_the_english_one_and_nothing_of_its_own() -> None:
    """Its tables may be a row behind for a while, and never say what the English ones do not."""
    russian, english = ROOT / "README.ru.md", ROOT / "README.md"
    assert code(russian) == code(english)
    rest = iter(shape(english))
    assert [one for one in shape(russian) if one not in rest] == []


@pytest.mark.parametrize("folder", ["docs", "docs/ru"])
def test_the_lines_for_codex_are_those_that_doctor_prints(folder: str) -> None:
    _, section = (ROOT / folder / "clients.md").read_text().split("\n## Codex\n", 1)
    _, block = BLOCK.findall(section)[0]
    assert block == codex_config.lines("http://localhost:4000", "GigaChat-2-Max")
