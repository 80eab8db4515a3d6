"""From the values of all rounds to a table people can read."""

import datetime
import platform
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.bench.scenarios import METRICS, Metric

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"


class Results:
    """Values by target, metric key and round; and what failed, in words."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        self.failures: dict[str, str] = {}
        """Target and scenario -> the first error; such values are left out."""

    def add(self, target: str, key: str, round_number: int, value: float) -> None:
        self._values[target, key][round_number] = value

    def cell(self, target: str, metric: Metric) -> str:
        """`median ×ratio (least–greatest)`, the ratio being the median of each round's own."""
        values = self._values.get((target, metric.key))
        if not values:
            return "–"
        text = f"{median(values.values()):.{metric.digits}f}"
        base = self._values.get((metric.baseline, metric.key), {})
        ratios = [value / base[r] for r, value in values.items() if base.get(r)]
        if ratios and target != metric.baseline:
            text += f" ×{median(ratios):.2f}"
        if len(values) > 1:
            least, greatest = min(values.values()), max(values.values())
            text += f" ({least:.{metric.digits}f}–{greatest:.{metric.digits}f})"
        return text

    def has(self, metric: Metric) -> bool:
        return any(key == metric.key for _, key in self._values)


def page(results: Results, command: str, rounds: int, versions: Mapping[str, str]) -> str:
    """The whole text between the markers."""
    table = _table(results, list(versions))
    failures = "".join(f"\n- {where}: `{error}`" for where, error in results.failures.items())
    return f"{_circumstances(command, rounds, versions)}\n\n{table}" + (
        f"\n\nFailed, and left out:\n{failures}" if failures else ""
    )


def _table(results: Results, targets: Sequence[str]) -> str:
    """A markdown table: a row per metric that was measured, a column per target."""
    rows = [["", *targets]]
    rows += [
        [metric.label, *(results.cell(target, metric) for target in targets)]
        for metric in METRICS
        if results.has(metric)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_row(row, widths) for row in rows]
    lines.insert(1, _row(["-" * width for width in widths], widths))
    return "\n".join(lines)


def _circumstances(command: str, rounds: int, versions: Mapping[str, str]) -> str:
    """When, where and with what it was measured."""
    today = datetime.datetime.now(tz=datetime.UTC).date()
    lines = [
        f"`{command}`, {rounds} interleaved round{'s' if rounds > 1 else ''}, {today}; "
        f"{_processor()}; Python {platform.python_version()}, {platform.system()}.",
        *(f"{target}: {version}." for target, version in versions.items()),
    ]
    return "  \n".join(lines)


def write_between_markers(path: Path, text: str) -> None:
    """Replace what stands between the two markers of the page."""
    page = path.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def _row(cells: Iterable[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _processor() -> str:
    """Model and number of cores of the machine."""
    models = [
        line.split(":", 1)[1].strip()
        for line in _lines(Path("/proc/cpuinfo"))
        if line.startswith("model name")
    ]
    return f"{len(models)} × {models[0]}" if models else platform.processor() or "unknown CPU"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
