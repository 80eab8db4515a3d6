"""One name, one thing: a class's or a type's name stands for one thing in the whole of addons/.

Folders that answer the same question, each for its own API, may use the same names for it.
The emulator is the other side, and shares no code: its words are its own.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "addons" / "gigagate"
OF_EACH_API = {
    "Asked": "dialects",
    "Conversation": "dialects",
    "Envelope": "dialects",
    "Lookup": "dialects",
    "ChatStream": "gigachat",
}
"""Name -> the package whose folders may each have it."""
_TYPE = re.compile(r"[A-Z]\w*[a-z]\w*")


def named(source: str) -> Iterator[str]:
    """The public classes and types at the top of a file."""
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name) | ast.TypeAlias(name=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) if _TYPE.fullmatch(name):
                yield name


def places() -> dict[str, list[Path]]:
    found = defaultdict[str, list[Path]](list)
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE)
        if path.parts[0] != "emulator":
            for name in named(file.read_text()):
                if not name.startswith("_"):
                    found[name].append(path)
    return found


def test_a_name_stands_for_one_thing() -> None:
    several = {
        name: [path.as_posix() for path in paths]
        for name, paths in places().items()
        if len(paths) > 1 and {path.parts[0] for path in paths} != {OF_EACH_API.get(name)}
    }
    assert several == {}


def test_what_is_named_is_found() -> None:
    source = "class One: ...\ntype Two = int\nThree = list[int]\nFOUR = 4\n_five = 5\n"
    assert list(named(source)) == ["One", "Two", "Three"]
