"""A file has one purpose and can be read in one go."""

from pathlib import Path

ADDONS = Path(__file__).parents[1] / "addons"
MOST_LINES = 400


def test_no_module_is_longer_than_can_be_read_in_one_go() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in ADDONS.rglob("*.py")}
    assert lengths
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}
