"""docs/architecture.md is true of the code, and README's table names the verbs there are."""

import re

import pytest
from tests.generate_architecture import DOCUMENT, PACKAGE, ROOT, RUSSIAN, TABLE, TABLES, current

from gigagate.__main__ import VERBS

WRITTEN = DOCUMENT.read_text()
PATH = re.compile(r"`([a-z_0-9/]+/[a-z_0-9/]*[a-z_0-9]\.py|[a-z_0-9/]+/)`")
"""A file or a folder, as the page names them: `hooks/process/worker.py`, `dialects/`."""


def test_its_tables_are_those_of_the_code() -> None:
    told = "run: PYTHONPATH=addons python -m tests.generate_architecture"
    assert current(WRITTEN) == WRITTEN, told
    russian = RUSSIAN.read_text()
    assert current(russian, russian=True) == russian, told
    assert {found[2] for found in TABLE.finditer(WRITTEN)} == set(TABLES)


@pytest.mark.parametrize("path", sorted(set(PATH.findall(WRITTEN))))
def test_each_path_it_names_is_there(path: str) -> None:
    places = (PACKAGE / path, PACKAGE / "hooks" / path, ROOT / path, ROOT / "addons" / path)
    assert any(place.exists() for place in places)


def test_readme_names_each_verb() -> None:
    readme = (ROOT / "README.md").read_text()
    table = readme[readme.index("| `./run.sh` |") :].split("\n\n")[0]
    named = set(re.findall(r"`(?:\./run\.sh )?([a-z][a-z-]*)\b[^`]*`", table))
    assert named >= set(VERBS) - UNNAMED
    assert not named & UNNAMED


UNNAMED = {"serve", "addon-path"}
"""Served by `./run.sh` alone; and for who writes mitmproxy's command line."""
