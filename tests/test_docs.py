"""The documents say what is there: every setting, every link; the Russian pages say the same."""

import dataclasses
import re
from collections import Counter
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
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WORDS = re.compile(r'(?<=\s)"[^"$\n]* [^"$\n]*"(?!\S)|<\w[^<>\n]*>')
"""What a block of shell may say in another language: a task in quotes, a <placeholder>."""
COMMENT = re.compile(r"(?<=\s)# .*$", re.MULTILINE)
COMMENTED = ("sh", "yaml")
"""Blocks whose comments are translated."""


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


def russian_of(english: Path) -> Path:
    if english.parent == ROOT:
        return english.with_suffix(".ru.md")
    return english.parent / "ru" / english.name


ENGLISH = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def english_of(document: Path) -> Path:
    """The page itself, or the English one of a Russian one."""
    return next((each for each in ENGLISH if russian_of(each) == document), document)


of_both_languages = pytest.mark.parametrize(
    ("english", "russian"),
    [pytest.param(each, russian_of(each), id=name_of(each)) for each in ENGLISH],
)


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


def plain_defaults(schema: type, prefix: str = "") -> Iterator[tuple[str, str]]:
    """As YAML writes them; none that is empty, unknown before the start, or a table."""
    hints = get_type_hints(schema)
    for field in dataclasses.fields(schema):
        section = hints[field.name]
        if isinstance(section, type) and dataclasses.is_dataclass(section):
            yield from plain_defaults(section, f"{prefix}{field.name}.")
        elif isinstance(field.default, str | bool | int | float):
            written = str(field.default)
            yield prefix + field.name, written.lower() if field.default in (0, 1) else written


def test_documented_defaults_are_those_of_the_code() -> None:
    found = re.findall(r"^\| `([^`]+)` \|.*\| ([^|]*) \|$", CONFIGURATION, re.MULTILINE)
    documented = {name: default.strip("`") for name, default in found}
    wanted = {key: value for key, value in plain_defaults(Settings) if key in documented}
    assert len(wanted) > 30
    assert {key: documented[key] for key in wanted} == wanted


def rows() -> set[str]:
    """What stands in the first column of the tables."""
    return set(re.findall(r"^\| `([^`]+)` \|", CONFIGURATION, re.MULTILINE))


def test_every_setting_is_documented_and_every_documented_one_is_there() -> None:
    keys = set(yaml_keys(Settings))
    names = {environment.CONFIG, environment.ENV_FILE, *environment.VARIABLES}
    documented = {row for row in rows() if row.startswith("GIGA") or row in keys or "." in row}
    assert documented == keys | names


def anchors(document: Path) -> list[str]:
    """As GitHub makes them of headings; those of the same words are numbered."""
    headings = HEADING.findall(BLOCK.sub("", document.read_text()))
    found: list[str] = []
    seen: Counter[str] = Counter()
    for heading in headings:
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.append(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    for path, anchor in LINK.findall(document.read_text()):
        target = document.parent / path if path else document
        assert target.exists(), path
        if anchor:
            assert anchor in anchors(target), f"{path}#{anchor}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_the_tests_that_are_named_are_there(document: Path) -> None:
    named = re.findall(r"tests/[\w/]+\.(?:py|sh|mjs)", document.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def places(document: Path) -> list[str]:
    """English page and number of the heading of each link, but the one to its other language."""
    found = []
    for path, anchor in LINK.findall(document.read_text()):
        target = (document.parent / path).resolve() if path else document
        heading = anchors(target).index(anchor) if anchor else ""
        found.append(f"{name_of(english_of(target))}#{heading}")
    found.remove(f"{name_of(english_of(document))}#")
    return sorted(found)


@of_both_languages
def test_a_russian_page_leads_where_the_english_one_does(english: Path, russian: Path) -> None:
    assert places(russian) == places(english)


@of_both_languages
def test_a_russian_page_leads_to_russian_pages(english: Path, russian: Path) -> None:
    """And the two to each other, at their top."""
    targets = [russian.parent / path for path, _ in LINK.findall(russian.read_text()) if path]
    ours = [target.resolve() for target in targets if target.resolve() in ENGLISH]
    assert ours == [english]
    for page, other in ((english, russian), (russian, english)):
        first = LINK.search(page.read_text())
        assert first
        assert (page.parent / first[1]).resolve() == other


def code(document: Path) -> list[tuple[str, str]]:
    """Language and text of each block, without the words that are translated."""
    found = []
    for kind, text in BLOCK.findall(document.read_text()):
        if kind in COMMENTED:
            text = COMMENT.sub("# …", text)
        found.append((kind, WORDS.sub("…", text) if kind == "sh" else text))
    return found


@of_both_languages
def test_a_russian_page_has_the_code_of_the_english_one(english: Path, russian: Path) -> None:
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


@of_both_languages
def test_a_russian_page_has_the_headings_and_tables_of_the_english_one(
    english: Path, russian: Path
) -> None:
    assert shape(russian) == shape(english)


@pytest.mark.parametrize("folder", ["docs", "docs/ru"])
def test_the_lines_for_codex_are_those_that_doctor_prints(folder: str) -> None:
    _, section = (ROOT / folder / "clients.md").read_text().split("\n## Codex\n", 1)
    _, block = BLOCK.findall(section)[0]
    assert block == codex_config.lines("http://localhost:4000", "GigaChat-2-Max")
