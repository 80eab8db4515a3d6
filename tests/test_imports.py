"""No file of addons/ takes part in an import circle, not even for the type checker alone."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ADDONS = Path(__file__).parents[1] / "addons"


def modules() -> dict[str, Path]:
    """Their dotted names, and where they are."""
    files = {file.relative_to(ADDONS).with_suffix(""): file for file in ADDONS.rglob("*.py")}
    return {".".join(name.parts).removesuffix(".__init__"): file for name, file in files.items()}


def imported(source: str, known: Mapping[str, object]) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                if name in known or node.module in known:
                    yield name if name in known else node.module


def circle(sources: Mapping[str, str]) -> list[str]:
    """One of those there are; else nothing.  sources: dotted names and contents."""
    graph = {name: set(imported(text, sources)) - {name} for name, text in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_file_takes_part_in_a_circle() -> None:
    found = modules()
    assert len(found) > 200
    assert circle({name: file.read_text() for name, file in found.items()}) == []


@pytest.mark.parametrize(
    "back",
    ["import a.one", "from a.one import it", "from a import one", "if X:\n    from a import one"],
)
def test_a_circle_is_found(back: str) -> None:
    sources = {"a": "", "a.one": "from a.two import it", "a.two": back}
    assert sorted(set(circle(sources))) == ["a.one", "a.two"]
    assert circle(sources | {"a.two": "import os"}) == []
