"""Tests lie as the code does: what is in ROOM/MODULE.py is tested in tests/ROOM/test_MODULE.py.

An addon must have such a file, which calls its hooks in this process: what only a running proxy
tests is found out late, and takes seconds.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
HOOKS = TESTS.parent / "addons" / "gigagate" / "hooks"


def addons(source: str) -> Iterator[str]:
    """The addons of a file: classes with a name of ours in mitmproxy's list."""
    for found in ast.parse(source).body:
        if isinstance(found, ast.ClassDef) and any(map(_names_addon, found.body)):
            yield found.name


def _names_addon(node: ast.stmt) -> bool:
    match node:
        case ast.Assign([ast.Name("name")], ast.Constant(str(value))):
            return value.startswith("gigagate.")
    return False


ADDONS = {
    file.relative_to(HOOKS): name
    for file in sorted(HOOKS.rglob("*.py"))
    for name in addons(file.read_text())
}


@pytest.mark.parametrize("module", ADDONS, ids=str)
def test_an_addon_is_tested_in_its_room(module: Path) -> None:
    test = TESTS / "hooks" / module.with_name(f"test_{module.name}")
    assert test.exists(), "call its hooks there, with flows of mitmproxy.test.tflow"
    assert ADDONS[module] in test.read_text()


def test_the_addons_are_found() -> None:
    assert len(ADDONS) > 20
    assert {"Door", "Telemetry", "FlowList", "Startup", "Layers"} <= set(ADDONS.values())
