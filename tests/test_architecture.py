"""docs/architecture.md is true of the code, and README's table names the verbs there are."""

import re

import pytest
from tests.generate_architecture import DOCUMENT, PACKAGE, ROOT, RUSSIAN, TABLE, TABLES, current

from gigagate.__main__ import VERBS

WRITTEN = DOCUMENT.read_text(encoding="utf-8")
BOTH = WRITTEN + RUSSIAN.read_text(encoding="utf-8")
PATH = re.compile(r"`([a-z_0-9/]+/[a-z_0-9/]*[a-z_0-9]\.py|[a-z_0-9/]+/)`")
"""A file or a folder, as the page names them: `hooks/process/worker.py`, `dialects/`."""


def test_its_tables_are_those_of_the_code() -> None:
    told = "run: PYTHONPATH=addons python -m tests.generate_architecture"
    assert current(WRITTEN) == WRITTEN, told
    russian = RUSSIAN.read_text()
    assert current(russian, russian=True) == russian, told
    assert {found[2] for found in TABLE.finditer(WRITTEN)} == set(TABLES)


ROOTS = (PACKAGE, PACKAGE / "hooks", ROOT, ROOT / "addons")


@pytest.mark.parametrize("path", sorted(set(PATH.findall(BOTH))))
def test_each_path_it_names_is_there(path: str) -> None:
    assert any((root / path).exists() for root in ROOTS)


def test_readme_names_each_verb() -> None:
    readme = (ROOT / "README.md").read_text()
    table = readme[readme.index("| `./run.sh` |") :].split("\n\n")[0]
    named = set(re.findall(r"`(?:\./run\.sh )?([a-z][a-z-]*)\b[^`]*`", table))
    assert named >= set(VERBS) - UNNAMED
    assert not named & UNNAMED


PLACE = re.compile(
    r"`(?:[A-Za-z]+\.)?([A-Za-z_]+)(?:\(\))?` (?:(?:and|и) `([A-Za-z_]+)(?:\(\))?` )?"
    r"(?:in|в) (?:(?:its|его) )?`([a-z_0-9/]+\.(?:py|js|css))`"
)
"""A name and the file it is in, as the table of changes tells a place."""


@pytest.mark.parametrize("place", sorted(set(PLACE.findall(BOTH))), ids="-".join)
def test_each_name_it_gives_is_in_its_file(place: tuple[str, str, str]) -> None:
    *names, path = place
    files = [found for root in ROOTS if (found := root / path).exists()]
    files = files or list((PACKAGE / "dialects").rglob(path))
    assert files, path
    for name in filter(None, names):
        assert any(re.search(rf"\b{name}\b", file.read_text()) for file in files), name


def test_places_are_found() -> None:
    found = {place[2] for place in PLACE.findall(WRITTEN)}
    assert {"hooks/wire/client_side.py", "views/flow_line.py"} <= found


UNNAMED = {"serve", "addon-path"}
"""Served by `./run.sh` alone; and for who writes mitmproxy's command line."""
