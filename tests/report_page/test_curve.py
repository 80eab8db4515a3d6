"""Numbers of many steps as a picture: a step stands in one place, whatever else is drawn."""

import re

from gigagate.report_page.curve import Line, stacked, svg


def points(picture: str, shape: str, kind: str) -> list[tuple[float, float]]:
    found = re.search(rf'<{shape} class="{kind}" points="([^"]*)"', picture)
    assert found
    return [(float(x), float(y)) for x, y in (one.split(",") for one in found[1].split())]


def test_a_shorter_line_ends_earlier() -> None:
    picture = svg("tokens", [Line("a", "long", [1, 2, 3, 4]), Line("b", "short", [1, 2])])
    long, short = points(picture, "polyline", "long"), points(picture, "polyline", "short")
    assert short == long[:2]


def test_layers_stand_one_upon_the_other_below_the_windows_end() -> None:
    layers = [Line("old", "old", [10, 60]), Line("new", "new", [20, 30])]
    picture = stacked("tokens", layers, Line("cached", "cached", [0, 60]), [], window=100)
    below, above = points(picture, "polygon", "old"), points(picture, "polygon", "new")
    assert above[2:] == below[:2][::-1]
    end = re.search(r'class="window" x1="[^"]*" y1="([^"]*)"', picture)
    assert end and float(end[1]) < above[1][1]


def test_a_window_far_away_is_not_in_the_picture() -> None:
    picture = stacked("tokens", [Line("a", "a", [1])], Line("b", "b", [1]), [], window=1000)
    assert 'class="window"' not in picture


def test_a_name_stays_text() -> None:
    assert "<b>" not in svg("<b>", [Line("<b>", "a", [0])], [(0, "<b>")])
