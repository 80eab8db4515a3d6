"""Plausible values for a JSON schema, taken from the words of a task.

"Create a file named hello.txt … containing exactly the text: hi" is enough to fill the parameters
of every client's file-writing function: what a property is for is told by its name.  So are
"Replace `tea` with `coffee` in the file menu.md", "Run the command `ls`", and several such
sentences in a row, each of which is a step.
"""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

_FILE = re.compile(
    r"(?:\bfiles?|файл\w*)\s+(?:named\s+|called\s+|с именем\s+|под именем\s+|с названием\s+)?"
    r"[«\"'`]?(?P<file>[\w./\\-]*\w\.\w+)",
    re.IGNORECASE,
)
_TEXT_FOLLOWS = re.compile(
    r"(?:\b(?:text|contents?)\b|\bтекст\w*|\bсодержим\w+)(?P<colon>\s*:)?", re.IGNORECASE
)
_QUOTED = r"`([^`\n]+)`"
_REPLACEMENT = re.compile(
    rf"\b(?:replace|замени\w*)\s+{_QUOTED}\s+(?:with|by|на)\s+{_QUOTED}", re.IGNORECASE
)
_COMMAND = re.compile(rf"(?:\bcommand|\bкоманду)\s*:?\s*{_QUOTED}", re.IGNORECASE)
_NEXT_STEP = re.compile(r"[.,;]\s+(?=(?:and )?then\b|(?:и )?(?:затем|потом)\b)", re.IGNORECASE)
_DIRECTORY = re.compile(
    r"working (?:in the )?directory[:\s(]*((?:/|[A-Z]:\\)[^\s),\"]+)", re.IGNORECASE
)
_PROPER_NAME = re.compile(r"(?<=\s)[A-ZА-ЯЁ][\w-]+")
_NUMBER = re.compile(r"-?\d+")

Kind = Literal["run", "edit", "write", "read", "other"]


@dataclass(frozen=True, slots=True)
class Hints:
    task: str = ""
    file: str = ""
    text: str = ""
    old_text: str = ""
    """What `text` takes the place of."""
    asked_command: str = ""
    directory: str = ""

    @property
    def kind(self) -> Kind:
        """What is to be done with the file, or a command to be run."""
        if self.asked_command:
            return "run"
        if not self.file:
            return "other"
        if self.old_text:
            return "edit"
        return "write" if self.text else "read"

    @property
    def path(self) -> str:
        """Absolute where the client told its directory: some editors take nothing else."""
        if not self.directory or self.file.startswith("/"):
            return self.file
        return f"{self.directory.rstrip('/')}/{self.file}"

    @property
    def command(self) -> str:
        if self.asked_command:
            return self.asked_command
        if self.old_text:
            change = shlex.quote(f"s/{self.old_text}/{self.text}/")
            return f"sed -i {change} {shlex.quote(self.file)}"
        if self.file and not self.text:
            return f"cat {shlex.quote(self.file)}"
        if self.text:
            return f"printf %s {shlex.quote(self.text)} > {shlex.quote(self.file)}"
        return f"echo {shlex.quote(self.task[:80])}"

    @property
    def patch(self) -> str:
        return f"*** Begin Patch\n*** Add File: {self.file}\n+{self.text}\n*** End Patch"


def hints_of(task: str, surroundings: str) -> Hints:
    """What a task says; `surroundings` (system prompt, functions) may tell the directory."""
    file = _FILE.search(task)
    directory = _DIRECTORY.search(surroundings)
    replacement = _REPLACEMENT.search(task)
    command = _COMMAND.search(task)
    return Hints(
        task=task,
        file=file["file"] if file else "",
        text=replacement[2] if replacement else _text(task),
        old_text=replacement[1] if replacement else "",
        asked_command=command[1] if command else "",
        directory=directory[1].rstrip(".") if directory else "",
    )


def steps_of(task: str, surroundings: str) -> list[Hints]:
    """One for each "…, then …"."""
    return [hints_of(step, surroundings) for step in _NEXT_STEP.split(task)]


def _text(task: str) -> str:
    """What stands after "text:", or else after the last "text", up to the end of its line."""
    marks = list(_TEXT_FOLLOWS.finditer(task))
    if not marks:
        return ""
    mark = next((m for m in marks if m["colon"]), marks[-1])
    line = task[mark.end() :].strip().partition("\n")[0]
    return line.strip(" «»\"'`.")


_OLD_TEXT = re.compile(r"old_?(text|string|str)", re.IGNORECASE)
_BY_NAME: Sequence[tuple[re.Pattern[str], Callable[[Hints], str]]] = (
    (re.compile(r"(file_?)?path|file_?name|file|absolute_?path", re.IGNORECASE), lambda h: h.path),
    (_OLD_TEXT, lambda h: h.old_text),
    (re.compile(r"(new_?)?(text|string)|(file_)?contents?", re.IGNORECASE), lambda h: h.text),
    (re.compile(r"commands?|cmd", re.IGNORECASE), lambda h: h.command),
    (re.compile(r"input|patch", re.IGNORECASE), lambda h: h.patch if h.text else ""),
    (re.compile(r"result|response|summary|answer"), lambda h: "Готово ✅"),
    (re.compile(r"location|city|place|name", re.IGNORECASE), lambda h: _first(_PROPER_NAME, h)),
)


_DEPTH = 8
"""What lies deeper in a schema, as where it refers to itself, is left empty."""


def inlined(schema: Any, root: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """A schema without references; of a union its first variant counts."""
    if not isinstance(schema, dict) or depth > _DEPTH:
        return {}
    if isinstance(schema.get("$ref"), str):
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target.get(step) if isinstance(target, dict) else None
        return inlined(target, root, depth + 1)
    variants = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(variants, list) and variants:
        return inlined(variants[0], root, depth + 1)
    node = dict(schema)
    if isinstance(schema.get("properties"), dict):
        properties = schema["properties"].items()
        node["properties"] = {name: inlined(item, root, depth + 1) for name, item in properties}
    node.pop("items", None)
    if items := inlined(schema.get("items"), root, depth + 1):
        node["items"] = items
    if isinstance(schema.get("prefixItems"), list):
        node["prefixItems"] = [inlined(item, root, depth + 1) for item in schema["prefixItems"]]
    return node


def example(schema: object, hints: Hints, name: str = "") -> Any:
    """A value of the schema: required properties only, and the text to replace if there is one.

    What is no schema is as if it were not there."""
    if not isinstance(schema, dict):
        return _string(name, hints)
    if "const" in schema:
        return schema["const"]
    if isinstance(choices := schema.get("enum"), list) and choices:
        return choices[0]
    match schema.get("type", "object" if "properties" in schema else "string"):
        case "object":
            properties = _object(schema.get("properties"))
            needed = {name for name in _list(schema.get("required")) if isinstance(name, str)}
            if hints.old_text:
                needed.update(n for n in properties if _OLD_TEXT.fullmatch(n))
            return {n: example(s, hints, n) for n, s in properties.items() if n in needed}
        case "array":
            one = [schema["items"]] if "items" in schema else []
            items = _list(schema.get("prefixItems")) or one
            return [example(item, hints, name) for item in items]
        case "integer" | "number":
            return int(_first(_NUMBER, hints) or 1)
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return _string(name, hints)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(name: str, hints: Hints) -> str:
    for pattern, value in _BY_NAME:
        if pattern.fullmatch(name) and (found := value(hints)):
            return found
    return hints.task[:80] or name


def _first(pattern: re.Pattern[str], hints: Hints) -> str:
    found = pattern.search(hints.task)
    return found[0] if found else ""
