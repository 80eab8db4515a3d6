import json

import pytest

from gigagate.views.raw_json import in_lines


def test_json_is_broken_into_lines_as_json_dumps_breaks_it() -> None:
    value = {"a": [1, {"b": 'say "hi" \\ {,}'}, [], {}], "c": None, "d": {"e": -1.5e3}}
    shown = in_lines(json.dumps(value, ensure_ascii=False).encode())
    assert shown == json.dumps(value, ensure_ascii=False, indent=2)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b'{"a":1,"a":1.0e+2}', '{\n  "a": 1,\n  "a": 1.0e+2\n}'),
        (b'{"\\u041f":"half', '{\n  "\\u041f": "half'),
        (b"data: {}\n\n", "data: {}\n\n"),
        (b"", ""),
        (b"[]", "[]"),
        (b"{]", "{\n  ]"),
    ],
)
def test_nothing_is_read_so_nothing_is_lost(raw: bytes, shown: str) -> None:
    assert in_lines(raw) == shown


def test_depth_costs_no_width() -> None:
    assert len(in_lines(b"[" * 10_000)) < 1_000_000
