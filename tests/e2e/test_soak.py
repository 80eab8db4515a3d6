"""A short soak: nobody gets a wrong answer, and nothing stays behind.

The long one is `python -m tests.bench.soak`.
"""

from pathlib import Path

from tests.bench.soak import soak


def test_a_busy_bad_day_leaves_no_trace(tmp_path: Path) -> None:
    result = soak(500, 100, 7, tmp_path)
    assert result.problems == []
    assert sum(result.outcomes.values()) == 600
    assert result.outcomes["answer"] > 450
