"""Every plot is drawn from whatever there is, twice the same, and small."""

import struct
from pathlib import Path

import pytest
from tests.bench import plots
from tests.bench.growth import SERIES, Series
from tests.bench.results import Circumstances, Results
from tests.bench.scenarios import METRICS
from tests.bench.targets import TARGETS

_NAMES = ["bodies", "headline", "messages", "streams"]
_MOST_PNG_BYTES = 100_000


def _results() -> Results:
    """All that can be measured, but for one target at one size."""
    results = Results(Circumstances.now("python -m tests.bench", 1, dict.fromkeys(TARGETS, "1")))
    keys = [metric.key for metric in METRICS]
    for series in SERIES.values():
        for scenario in series.measured:
            keys += [f"{scenario.name}.{field}" for field in series.y]
    for number, target in enumerate(TARGETS, start=1):
        for place, key in enumerate(keys, start=1):
            results.add(target, key, 0, number * place)
    del results.values["gpt2giga"]["streams-256.chunk_delay"]
    return results


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything in it: drawing takes seconds."""
    folder = tmp_path_factory.mktemp("plots")
    plots.write_all(_results(), folder)
    return folder


def _svg(folder: Path, name: str) -> str:
    return (folder / f"benchmarks-{name}.svg").read_text()


def test_every_plot_is_drawn_the_same_twice_and_is_small(drawn: Path, tmp_path: Path) -> None:
    plots.write_all(_results(), tmp_path)
    names = sorted(path.name for path in drawn.iterdir())
    assert names == [f"benchmarks-{name}.{end}" for name in _NAMES for end in ("png", "svg")]
    assert [_svg(drawn, name) for name in _NAMES] == [_svg(tmp_path, name) for name in _NAMES]
    for name in _NAMES:
        picture = (drawn / f"benchmarks-{name}.png").read_bytes()
        assert len(picture) <= _MOST_PNG_BYTES
        assert struct.unpack(">I", picture[16:20])[0] >= 700


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
def test_a_growth_plot_names_its_lines_and_axes(series: Series, drawn: Path) -> None:
    text = _svg(drawn, series.name)
    asked = {
        target.name for target in TARGETS.values() if any(map(target.is_asked, series.measured))
    }
    assert all(f">{target}</text>" in text for target in asked)
    assert all(f">{series.tick(x)}</text>" in text for x in series.scenarios)
    assert f">{series.x}</text>" in text


def test_the_headline_shows_ratios_to_mitmdump(tmp_path: Path) -> None:
    results = Results(Circumstances.now("python -m tests.bench", 1, {}))
    results.add("mitmdump", "small.p50", 0, 2.0)
    results.add("gigagate", "small.p50", 0, 3.0)
    plots.write_all(results, tmp_path)
    text = _svg(tmp_path, "headline")
    assert "×1.50 (3.00 ms)" in text
    assert "×1.00 (2.00 ms)" in text
    assert "chunks" not in text


def test_nothing_measured_is_nothing_drawn(tmp_path: Path) -> None:
    plots.write_all(Results(Circumstances.now("python -m tests.bench", 1, {})), tmp_path)
    assert list(tmp_path.iterdir()) == []
