"""Numbers of many steps as one picture: inline SVG, coloured by the page's style."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from gigagate.sessions.words import t
from gigagate.views.text import digits

WIDTH, HEIGHT = 640, 150
LEFT, BOTTOM, TOP = 4, 18, 20
NEAR_THE_WINDOW = 0.4
"""From this share on, the context window's end is in the picture."""

type Marks = Sequence[tuple[int, str]]
"""A place among the steps, and what was there."""


class Line(NamedTuple):
    name: str
    kind: str
    """The class of the style."""
    values: Sequence[float]


def svg(title: str, lines: Sequence[Line], marks: Marks = ()) -> str:
    most = max((value for line in lines for value in line.values), default=0) or 1
    length = max(len(line.values) for line in lines)
    drawn = [_line(line, most, length) for line in lines]
    return _figure(title, [*_frame(most, length), *_marked(marks, length), *drawn], lines)


def stacked(title: str, layers: Sequence[Line], over: Line, marks: Marks, window: int) -> str:
    """layers: one upon the other, from below.  over: a line through them."""
    tops = [0.0] * len(over.values)
    areas: list[tuple[Line, list[float], list[float]]] = []
    for layer in layers:
        below, tops = tops, [a + b for a, b in zip(tops, layer.values, strict=True)]
        areas.append((layer, below, tops))
    most = max(tops) or 1
    shown: list[str] = []
    if most > NEAR_THE_WINDOW * window:
        most = max(most, window * 1.02)
        y = _y(window, most)
        shown = [
            f'<line class="window" x1="{LEFT}" y1="{y}" x2="{WIDTH - LEFT}" y2="{y}">'
            f"<title>{escape(t('context window'))}: {digits(window)}</title></line>"
        ]
    drawn = [_area(layer, below, above, most) for layer, below, above in areas]
    parts = [*_frame(most, len(tops)), *drawn, *shown, *_marked(marks, len(tops))]
    return _figure(title, [*parts, _line(over, most, len(tops))], [*layers, over])


def _figure(title: str, parts: Sequence[str], lines: Sequence[Line]) -> str:
    legend = "".join(f'<li class="{line.kind}">{escape(line.name)}</li>' for line in lines)
    box = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
    return (
        f"<figure><figcaption>{escape(title)}</figcaption>{box}{''.join(parts)}</svg>"
        f"<ul>{legend}</ul></figure>"
    )


def _frame(most: float, length: int) -> Iterator[str]:
    y = HEIGHT - BOTTOM
    yield f'<line class="axis" x1="{LEFT}" y1="{y}" x2="{WIDTH - LEFT}" y2="{y}"/>'
    yield f'<text x="{LEFT}" y="12">{escape(_number(most))}</text>'
    yield f'<text x="{LEFT}" y="{HEIGHT - 4}">{escape(t("step {step}", step=1))}</text>'
    yield f'<text x="{WIDTH - LEFT}" y="{HEIGHT - 4}" text-anchor="end">{length}</text>'


def _marked(marks: Marks, length: int) -> Iterator[str]:
    for place, what in marks:
        x = _x(place, length)
        yield (
            f'<line class="mark" x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}">'
            f"<title>{escape(what)}</title></line>"
        )


def _line(line: Line, most: float, length: int) -> str:
    points = _points(line.values, most, length)
    name = f"<title>{escape(line.name)}</title>"
    return f'<polyline class="{line.kind}" points="{" ".join(points)}">{name}</polyline>'


def _area(layer: Line, below: Sequence[float], above: Sequence[float], most: float) -> str:
    points = [
        *_points(above, most, len(above)),
        *list(_points(below, most, len(below)))[::-1],
    ]
    name = f"<title>{escape(layer.name)}</title>"
    return f'<polygon class="{layer.kind}" points="{" ".join(points)}">{name}</polygon>'


def _points(values: Sequence[float], most: float, length: int) -> Iterator[str]:
    return (f"{_x(place, length)},{_y(value, most)}" for place, value in enumerate(values))


def _x(place: int, length: int) -> float:
    return round(LEFT + (WIDTH - 2 * LEFT) * place / max(1, length - 1), 1)


def _y(value: float, most: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most, 1)


def _number(value: float) -> str:
    return digits(round(value)) if value >= 10 else f"{value:.2f}"
