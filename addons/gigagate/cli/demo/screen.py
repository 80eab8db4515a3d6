"""How the demo looks on a terminal, and plain when it is piped."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, TextIO

WIDTH = 92
STYLES: Mapping[str, str] = {
    "title": "\033[1;36m",
    "bold": "\033[1m",
    "dim": "\033[2m",
    "red": "\033[31m",
    "green": "\033[32m",
    "yellow": "\033[33m",
}
RESET = "\033[0m"


class Screen:
    """Colour only on a terminal, and not where NO_COLOR is set (no-color.org)."""

    def __init__(self, out: TextIO, environ: Mapping[str, str] = os.environ) -> None:
        self.out = out
        self.colour = out.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"

    def paint(self, text: str, style: str) -> str:
        return f"{STYLES[style]}{text}{RESET}" if self.colour and text else text

    def write(self, text: str, style: str | None = None) -> None:
        self.out.write(self.paint(text, style) if style else text)
        self.out.flush()

    def line(self, text: str = "", style: str | None = None) -> None:
        self.write(text, style)
        self.write("\n")

    def title(self, text: str) -> None:
        self.line()
        self.line(f"── {text} {'─' * max(0, WIDTH - len(text) - 4)}", "title")

    def label(self, text: str) -> None:
        self.line()
        self.line(text, "bold")

    def block(self, lines: Iterable[str], style: str | None = None) -> None:
        for line in lines:
            self.line(f"  {line}", style)

    def changes(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Both as one: lines that went are marked -, lines that came +.  A comma is no change."""
        old, new = ([line.rstrip(",") for line in lines] for lines in (before, after))
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        for tag, first, last, new_first, new_last in matcher.get_opcodes():
            if tag == "equal":
                self.block(after[new_first:new_last], "dim")
                continue
            for line in before[first:last]:
                self.line(f"- {line}", "red")
            for line in after[new_first:new_last]:
                self.line(f"+ {line}", "green")


def pretty(value: Any, indent: str = "") -> str:
    """JSON with everything that fits on a line kept on one."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= WIDTH - 4 or not isinstance(value, dict | list) or not value:
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(name, ensure_ascii=False)}: {pretty(item, inner)}"
            for name, item in value.items()
        ]
        opening, closing = "{}"
    else:
        parts = [pretty(item, inner) for item in value]
        opening, closing = "[]"
    body = f",\n{inner}".join(parts)
    return f"{opening}\n{inner}{body}\n{indent}{closing}"
