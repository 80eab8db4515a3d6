"""Numbers of many steps as one picture: inline SVG, coloured by the page's style."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from gigagate.views.text import digits

WIDTH, HEIGHT = 640, 150
LEFT, BOTTOM, TOP = 4, 18, 18


class Line(NamedTuple):
    name: str
    kind: str
    """The class of the style."""
    values: Sequence[float]


def svg(title: str, lines: Sequence[Line], marks: Sequence[tuple[int, str]] = ()) -> str:
    """marks: a place among the steps, and what was there."""
    most = max((value for line in lines for value in line.values), default=0) or 1
    length = max(len(line.values) for line in lines)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f'<line class="axis" x1="{LEFT}" y1="{HEIGHT - BOTTOM}" x2="{WIDTH - LEFT}" '
        f'y2="{HEIGHT - BOTTOM}"/>',
        f'<text x="{LEFT}" y="12">{escape(_number(most))}</text>',
        f'<text x="{LEFT}" y="{HEIGHT - 4}">step 1</text>',
        f'<text x="{WIDTH - LEFT}" y="{HEIGHT - 4}" text-anchor="end">{length}</text>',
    ]
    for place, what in marks:
        x = _x(place, length)
        parts.append(
            f'<line class="mark" x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}">'
            f"<title>{escape(what)}</title></line>"
        )
    for line in lines:
        points = " ".join(
            f"{_x(place, length)},{_y(value, most)}" for place, value in enumerate(line.values)
        )
        name = f"<title>{escape(line.name)}</title>"
        parts.append(f'<polyline class="{line.kind}" points="{points}">{name}</polyline>')
    legend = "".join(f'<li class="{line.kind}">{escape(line.name)}</li>' for line in lines)
    picture = "".join([*parts, "</svg>"])
    return f"<figure><figcaption>{escape(title)}</figcaption>{picture}<ul>{legend}</ul></figure>"


def _x(place: int, length: int) -> float:
    return round(LEFT + (WIDTH - 2 * LEFT) * place / max(1, length - 1), 1)


def _y(value: float, most: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most, 1)


def _number(value: float) -> str:
    return digits(round(value)) if value >= 10 else f"{value:.2f}"
