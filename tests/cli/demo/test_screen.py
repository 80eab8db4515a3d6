import io
import json

import pytest

from gigagate.cli.demo.screen import WIDTH, Screen, pretty


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "environ", "colour"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    out: io.StringIO, environ: dict[str, str], colour: bool
) -> None:
    Screen(out, environ).title("A title")
    assert ("\033[" in out.getvalue()) is colour
    assert "A title" in out.getvalue()


def test_changes_are_marked_line_by_line() -> None:
    out = io.StringIO()
    Screen(out, {}).changes(["a", "same", "old"], ["a,", "same", "new,", "more"])
    assert out.getvalue().splitlines() == ["  a,", "  same", "- old", "+ new,", "+ more"]


@pytest.mark.parametrize(
    "value",
    [
        {"short": [1, None, True]},
        {"long": ["х" * 60, {"nested": "y" * 60, "empty": {}}], "list": []},
        ["z" * 200],
        "text",
    ],
)
def test_pretty_json_is_the_same_json_in_short_lines(value: object) -> None:
    text = pretty(value)
    assert json.loads(text) == value
    assert all(len(line) <= WIDTH or len(line.split()) <= 2 for line in text.splitlines())


def test_what_fits_stays_on_one_line() -> None:
    part = {"type": "text", "text": "a" * 40}
    assert pretty([part, part]).splitlines()[1] == "  " + json.dumps(part) + ","
