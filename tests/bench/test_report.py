"""Medians, ratios of the same round, and what stands between the markers."""

from pathlib import Path

import pytest
from tests.bench.report import BEGIN, END, Results, page, write_between_markers
from tests.bench.scenarios import METRICS, Metric

_P50 = Metric("small.p50", "p50", 1, "bare")


def _results(**values: list[float]) -> Results:
    results = Results()
    for target, rounds in values.items():
        for number, value in enumerate(rounds):
            results.add(target, _P50.key, number, value)
    return results


@pytest.mark.parametrize(
    ("values", "target", "cell"),
    [
        ({"bare": [2.0]}, "bare", "2.0"),
        ({"bare": [2.0], "ours": [3.0]}, "ours", "3.0 ×1.50"),
        ({"bare": [1.0, 4.0, 2.0], "ours": [1.0, 2.0, 4.0]}, "ours", "2.0 ×1.00 (1.0–4.0)"),
        ({"ours": [3.0]}, "ours", "3.0"),
        ({"bare": [2.0]}, "ours", "–"),
    ],
)
def test_cell(values: dict[str, list[float]], target: str, cell: str) -> None:
    assert _results(**values).cell(target, _P50) == cell


def test_a_page_shows_what_was_measured_and_what_failed() -> None:
    results = _results(mitmdump=[2.0], ours=[3.0])
    results.failures["ours, agent"] = "HTTP 400: no"
    text = page(results, "python -m tests.bench", 1, {"mitmdump": "12", "ours": "1"})
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert rows[2].split(" | ")[1:] == ["2.00    ", "3.00 ×1.50 |"]
    assert "- ours, agent: `HTTP 400: no`" in text


def test_only_the_text_between_the_markers_changes(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_between_markers(file, "new")
    assert file.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def test_every_metric_has_its_own_label() -> None:
    assert len({metric.label for metric in METRICS}) == len(METRICS)
