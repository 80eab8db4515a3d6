"""A docstring begins with the noun: who hovers over a name reads a whole thought."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ADDONS = Path(__file__).parents[1] / "addons"
NO_NOUN = (["Of"], ["As"], ["By"], ["Beside"], ["For"], ["Likewise"], ["Added"])
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
NAMES = (ast.Assign, ast.AnnAssign)


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text: of definitions, and of names that are followed by a string."""
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text
        body = getattr(node, "body", None)
        if isinstance(body, list):
            for before, after in pairwise(body):
                if isinstance(before, NAMES) and (text := _string(after)):
                    yield after.lineno, text


def _string(statement: ast.stmt) -> str:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


@pytest.mark.parametrize(
    "file", sorted(ADDONS.rglob("*.py")), ids=lambda path: str(path.relative_to(ADDONS))
)
def test_it_begins_with_the_noun(file: Path) -> None:
    found = docstrings(ast.parse(file.read_text()))
    assert [one for one in found if one[1].split()[:1] in NO_NOUN] == []
