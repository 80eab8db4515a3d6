"""The generated tables of the documents in Russian; what has no translation yet stays English.

A row keeps what is code in it, and the cells of people's words come from russian_cells.txt.
"""

import re
import sys
from pathlib import Path

WORDS = Path(__file__).with_name("russian_cells.txt")
BETWEEN_CELLS = re.compile(r"(?<!\\)\|")
AS_IT_IS = re.compile(r'`[^`]*`|"[a-z0-9]+"|(?<![\w.])-?\d+(?!\w)')
"""Code, quoted values and numbers."""
PICTURE = re.compile(r"!\[(.+)\]\((images/[^)]+)\)")
BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LETTER = re.compile("[A-Za-z]")


def read(text: str) -> dict[str, str]:
    """English to Russian, of the lines of russian_cells.txt."""
    lines = [line for line in text.splitlines() if line and not line.startswith("# ")]
    return {
        english: russian.strip() for english, russian in zip(lines[::2], lines[1::2], strict=True)
    }


TRANSLATED = read(WORDS.read_text(encoding="utf-8"))


def table(english: str) -> str:
    """A table, and lines of text and pictures beside it, in Russian; blocks of code stay.

    As it stands in docs/ru: pictures lie a folder higher.
    """
    blocks = iter(BLOCK.findall(english))
    lines = [_line(line) for line in BLOCK.sub("```", english).splitlines(keepends=True)]
    return re.sub("^```", lambda _: next(blocks), "".join(lines), flags=re.MULTILINE)


def missing(english: str) -> list[str]:
    """The cells that stay English."""
    lines = BLOCK.sub("", english).splitlines()
    cells = dict.fromkeys(cell.strip() for line in lines for cell in BETWEEN_CELLS.split(line))
    return [cell for cell in cells if _translated(cell) is None]


def tell_missing(english: str) -> None:
    """Say which cells wait for a translation, to whoever has made the table anew."""
    for cell in missing(english):
        sys.stderr.write(f"Not in {WORDS.name} yet: {cell}\n")


def _line(line: str) -> str:
    if line.startswith("|"):
        return "|".join(map(_cell, BETWEEN_CELLS.split(line)))
    if picture := PICTURE.match(line):
        return line.replace(picture[0], f"![{_cell(picture[1])}](../{picture[2]})")
    return _cell(line)


def _cell(cell: str) -> str:
    text = cell.strip()
    return cell.replace(text, _translated(text) or text) if text else cell


def _translated(text: str) -> str | None:
    """Whole, or else piece by piece."""
    pieces = [_piece(text)]
    if pieces == [None]:
        pieces = [_piece(piece) for piece in text.split("; ")]
    return None if None in pieces else "; ".join(filter(None, pieces))


def _piece(text: str) -> str | None:
    kept = AS_IT_IS.findall(text)
    key = AS_IT_IS.sub("{}", text)
    if not LETTER.search(key):
        return text
    russian = TRANSLATED.get(key)
    return None if russian is None else russian.format(*kept)
