"""Text of a view: counts, sizes, long texts shortened."""

from collections.abc import Iterator

MAX_OUTPUT = 1_000_000
"""Characters of a view: what a browser shows without effort."""

WIDTH = 84
"""Characters of a line: half a window of mitmweb's."""


def count(number: int, what: str) -> str:
    """count(2, "message") -> "2 messages"."""
    return f"{digits(number)} {what}{'' if number == 1 else 's'}"


def digits(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def size(number: int) -> str:
    """A number of bytes, in words."""
    if number < 1000:
        return f"{number} bytes"
    for unit in ("KB", "MB"):
        number_of = number / 1000
        if number_of < 1000 or unit == "MB":
            return f"{number_of:.0f} {unit}" if number_of >= 10 else f"{number_of:.1f} {unit}"
        number //= 1000
    raise AssertionError


def one_line(text: str, most: int) -> str:
    """Line breaks and runs of blanks become one blank; what is longer is cut, and says so."""
    flat = " ".join(text[: most * 2].split())
    if len(flat) <= most and len(text) <= most * 2:
        return flat
    return f"{flat[:most].rstrip()}… ({count(len(text), 'character')})"


def beginning(text: str, most: int) -> str:
    """On one line, without saying how much more there is."""
    flat = " ".join(text[: most * 2].split())
    return flat if len(flat) <= most else f"{flat[:most].rstrip()}…"


def folded(text: str, most: int) -> str:
    """The beginning and the end of a long text, and how much is left out between."""
    if len(text) <= most:
        return text
    head, tail = text[: most * 3 // 4], text[-(most // 4) :]
    left_out = len(text) - len(head) - len(tail)
    lines = text.count("\n", len(head), len(text) - len(tail))
    what = f"{count(left_out, 'character')} in {count(lines + 1, 'line')}"
    return f"{head}\n   [… {what} left out here …]\n{tail}"


def wrapped(text: str, indent: str = "", width: int = WIDTH) -> str:
    """Long lines broken at blanks, since mitmweb does not break them; `indent` before the rest."""
    if len(text) <= width:
        return text
    return "\n".join(piece for line in text.split("\n") for piece in _pieces(line, indent, width))


def _pieces(line: str, indent: str, width: int) -> Iterator[str]:
    start = 0
    room = width
    while len(line) - start > room:
        end = line.rfind(" ", start + room // 2, start + room + 1)
        if end < 0:
            end = start + room
        yield (indent if start else "") + line[start:end]
        start = end + (line[end] == " ")
        room = width - len(indent)
    yield (indent if start else "") + line[start:]


def cut(text: str, most: int = MAX_OUTPUT) -> str:
    if len(text) <= most:
        return text
    return f"{text[:most]}\n[… {count(len(text) - most, 'character')} more]"


def decoded(data: bytes, most: int = MAX_OUTPUT) -> str:
    """UTF-8 as far as it is; never raises, and never decodes more than is shown."""
    text = data[: most * 4].decode(errors="replace")
    return cut(text, most) if len(data) <= most * 4 else text[:most] + f"\n[… of {size(len(data))}]"
