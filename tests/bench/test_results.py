"""What is kept in a file is all there is to draw."""

from pathlib import Path

import pytest
from tests.bench.results import Circumstances, Results


def _results() -> Results:
    results = Results(Circumstances.now("python -m tests.bench", 2, {"ours": "1.0"}))
    results.add("bare", "small.p50", 0, 1.0)
    results.add("bare", "small.p50", 1, 2.0)
    results.add("ours", "small.p50", 1, 5.0)
    results.failures["ours, agent"] = "HTTP 400: нет"
    return results


def test_a_file_gives_back_all_that_was_saved(tmp_path: Path) -> None:
    results = _results()
    results.save(tmp_path / "results.json")
    assert Results.load(tmp_path / "results.json") == results


def test_a_ratio_compares_values_of_the_same_round() -> None:
    assert _results().ratio("ours", "small.p50", "bare") == pytest.approx(2.5)
    assert _results().ratio("bare", "small.p50", "ours") == pytest.approx(0.4)


def test_what_was_not_measured_is_none() -> None:
    assert _results().median("ours", "agent.p50") is None
    assert _results().ratio("ours", "agent.p50", "bare") is None
    assert not _results().has("agent.p50")
