"""Medians, ratios of the same round, and what stands between the markers."""

from pathlib import Path

import pytest
from tests.bench.growth import SERIES
from tests.bench.report import BEGIN, END, cell, page, short, write_between_markers
from tests.bench.results import Circumstances, Results
from tests.bench.scenarios import METRICS, Metric

_P50 = Metric("small.p50", "p50", 1, "bare")


def _results(**values: list[float]) -> Results:
    versions = dict.fromkeys(values, "1.0")
    results = Results(Circumstances("python -m tests.bench", 1, versions, "2026-01-02", "1 × CPU"))
    for target, rounds in values.items():
        for number, value in enumerate(rounds):
            results.add(target, _P50.key, number, value)
    return results


@pytest.mark.parametrize(
    ("values", "target", "expected"),
    [
        ({"bare": [2.0]}, "bare", "2.0"),
        ({"bare": [2.0], "ours": [3.0]}, "ours", "3.0 ×1.50"),
        ({"bare": [1.0, 4.0, 2.0], "ours": [1.0, 2.0, 4.0]}, "ours", "2.0 ×1.00 (1.0–4.0)"),
        ({"ours": [3.0]}, "ours", "3.0"),
        ({"bare": [2.0]}, "ours", "–"),
    ],
)
def test_cell(values: dict[str, list[float]], target: str, expected: str) -> None:
    assert cell(_results(**values), target, _P50) == expected


def test_a_page_shows_what_was_measured_and_what_failed() -> None:
    results = _results(mitmdump=[2.0], ours=[3.0])
    results.failures["ours, agent"] = "HTTP 400: no"
    text = page(results)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert rows[2].split(" | ")[1:] == ["2.00    ", "3.00 ×1.50 |"]
    assert "`python -m tests.bench`, 1 interleaved round, 2026-01-02; 1 × CPU." in text
    assert "- ours, agent: `HTTP 400: no`" in text
    assert "images/" not in text


def test_bars_are_shown_where_ours_can_be_compared() -> None:
    assert page(_results(mitmdump=[2.0], gigagate=[3.0])).startswith("![")


def test_a_series_is_a_picture_a_sentence_and_a_row_for_each_size() -> None:
    results = _results(mitmdump=[2.0], ours=[3.0])
    results.add("ours", "streams-4.chunk_delay", 0, 0.5)
    results.add("ours", "streams-4.chunk_delay_p99", 0, 12.34)
    text = page(results)
    assert "(images/benchmarks-streams.svg)" in text
    assert SERIES["streams"].sentence in text
    cells = [[part.strip() for part in line.split("|")[1:-1]] for line in text.splitlines()]
    assert ["4", "– / –", "0.50 / 12.3"] in cells
    assert ["256", "– / –", "– / –"] in cells
    assert "benchmarks-bodies" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.049, "0.05"), (9.99, "9.99"), (57.42, "57.4"), (170.3, "170")],
)
def test_short(value: float | None, text: str) -> None:
    assert short(value) == text


def test_only_the_text_between_the_markers_changes(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_between_markers(file, "new")
    assert file.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def test_every_metric_has_its_own_label() -> None:
    assert len({metric.label for metric in METRICS}) == len(METRICS)
