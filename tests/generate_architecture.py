"""Writes the tables of docs/architecture.md, in both languages, from the code.

PYTHONPATH=addons python -m tests.generate_architecture
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.support import in_russian

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "architecture.md"
RUSSIAN = DOCUMENT.parent / "ru" / DOCUMENT.name
PACKAGE = ROOT / "addons" / "gigagate"
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def purpose(path: Path) -> str:
    """The first sentence of a module's or package's docstring, without its full stop."""
    file = path / "__init__.py" if path.is_dir() else path
    words = ast.get_docstring(ast.parse(file.read_text()))
    if not words:
        raise ValueError(f"{file.relative_to(ROOT)} does not say what it is for")
    paragraph = " ".join(words.split("\n\n")[0].split())
    return re.split(r"(?<=[.?!])  ?(?=[A-Z])", paragraph)[0].rstrip(".").replace("|", "\\|")


def parts(folder: Path) -> list[Path]:
    """Modules and packages, in the order of their names."""
    found = [path for path in folder.iterdir() if (path / "__init__.py").is_file()]
    found += [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    return sorted(found)


def packages() -> Iterator[str]:
    yield "| Package | What it is |"
    yield "|---|---|"
    for path in parts(PACKAGE):
        if path.is_dir():
            yield f"| `{path.name}/` | {purpose(path)} |"
            if path.name in ("dialects", "gigachat"):
                inner = (each for each in parts(path) if each.is_dir())
                yield from (f"| `{path.name}/{each.name}/` | {purpose(each)} |" for each in inner)


def modules() -> Iterator[str]:
    yield "| Module | What it is |"
    yield "|---|---|"
    for path in parts(PACKAGE):
        if path.is_file():
            yield f"| `{path.name}` | {purpose(path)} |"


def wings() -> Iterator[str]:
    yield "| Wing | Its question | Its files |"
    yield "|---|---|---|"
    for path in parts(PACKAGE / "hooks"):
        if path.is_dir():
            files = ", ".join(f"`{each.stem}`" for each in parts(path))
            yield f"| `{path.name}/` | {purpose(path)} | {files} |"
    for path in parts(PACKAGE / "hooks"):
        if path.is_file():
            yield f"| `{path.name}` | {purpose(path)} | |"


def imports() -> Iterator[str]:
    """The layers that CI holds the code to, the highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    for contract in contracts["contracts"]:
        if contract["type"] == "layers":
            (container,) = contract["containers"]
            yield f"{contract['name']} ({container.removeprefix('gigagate.')}):"
            yield ""
            yield "```text"
            yield from (layer.replace(" : ", "  ") for layer in contract["layers"])
            yield "```"
            yield ""


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "packages": packages,
    "modules": modules,
    "wings": wings,
    "imports": imports,
}


def current(document: str, *, russian: bool = False) -> str:
    """The document with its tables as the code has them."""

    def made(match: re.Match[str]) -> str:
        lines = "\n".join(TABLES[match[2]]()).rstrip()
        return f"{match[1]}{in_russian.table(lines) if russian else lines}\n{match[3]}"

    return TABLE.sub(made, document)


if __name__ == "__main__":
    DOCUMENT.write_text(current(DOCUMENT.read_text()))
    RUSSIAN.write_text(current(RUSSIAN.read_text(), russian=True))
    for made in TABLES.values():
        in_russian.tell_missing("\n".join(made()))
