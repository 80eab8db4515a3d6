"""Every code that an error may have is told in words, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

from gigagate import errors
from gigagate.gigachat.errors import _REJECTED
from gigagate.panel.words.outcomes import WORDS

PACKAGE = Path(errors.__file__).parent
ENDS_THE_START = {"settings", "trust"}


def codes() -> Iterator[str]:
    yield from (
        one.code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.GigaGateError) and one.code
    )
    yield from (code for code, *_ in _REJECTED.values())
    for file in PACKAGE.rglob("*.py"):
        if "emulator" not in file.parts:
            yield from _given(ast.parse(file.read_text(encoding="utf-8")))


def _given(tree: ast.Module) -> Iterator[str]:
    """Those that an error is given where it is raised."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "code":
            for value in ast.walk(node.value):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def test_every_error_has_its_words() -> None:
    found = set(codes()) - ENDS_THE_START
    assert {"model_not_found", "upstream_failed", "permission_denied", "no_slot"} <= found
    assert sorted(code for code in found if f"error_{code}" not in WORDS) == []
