"""From the values of all rounds to the part of docs/benchmarks.md that people read."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from tests.bench import goals
from tests.bench.growth import SERIES, Series
from tests.bench.results import Circumstances, Results
from tests.bench.scenarios import METRICS, Metric

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"
HEADLINE = "headline"
HEADLINES = {
    "small.p50": ("small request: p50", " ms"),
    "small-16.requests_per_second": ("16 clients: small requests", "/s"),
    "agent.p50": ("coding agent's 255 KB: p50", " ms"),
    "stream.chunks_per_second": ("one stream: chunks", "/s"),
    "paced.first_token": ("first token, at a model's pace", " ms"),
    "end.megabytes": ("memory after all that", " MB"),
}
"""Key of a metric -> title of its bars, unit."""
_HEADLINE_SENTENCE = (
    "Each bar is a multiple of plain mitmdump, the line at 1 (of streaming mitmdump where answers "
    "are streamed); beside it stands what was measured.  ↓: less is better, ↑: more is better."
)


def page(results: Results) -> str:
    """The whole text between the markers."""
    bars = _picture(HEADLINE, "The most important rows of the table as bars", _HEADLINE_SENTENCE)
    blocks = [
        *([bars] if headlines(results) else []),
        _circumstances(results.circumstances),
        _table(results),
        *([_goals(results)] if goals.rows(results) else []),
        *(_growth(results, series) for series in measured(results)),
    ]
    if results.failures:
        failures = (f"- {where}: `{error}`" for where, error in results.failures.items())
        blocks.append("\n".join(["Failed, and left out:\n", *failures]))
    return "\n\n".join(blocks)


def picture_name(name: str) -> str:
    """Without its suffix."""
    return f"benchmarks-{name}"


def measured(results: Results) -> list[Series]:
    """The series that have at least one point."""
    return [
        series
        for series in SERIES.values()
        if any(
            results.has(f"{scenario.name}.{field}")
            for scenario in series.scenarios.values()
            for field in series.y
        )
    ]


def headlines(results: Results) -> list[Metric]:
    """What there are bars for: metrics of which ours has a ratio."""
    return [
        metric
        for metric in METRICS
        if metric.key in HEADLINES
        and results.ratio("gigagate", metric.key, metric.baseline) is not None
    ]


def cell(results: Results, target: str, metric: Metric) -> str:
    """`median ×ratio (least–greatest)`, the ratio being the median of each round's own."""
    if metric.over:
        return _more(results, target, metric)
    values = results.of(target, metric.key).values()
    middle = results.median(target, metric.key)
    if middle is None:
        return "–"
    text = f"{middle:.{metric.digits}f}"
    ratio = results.ratio(target, metric.key, metric.baseline)
    if ratio is not None and target != metric.baseline:
        text += f" ×{ratio:.2f}"
    if len(values) > 1:
        text += f" ({min(values):.{metric.digits}f}–{max(values):.{metric.digits}f})"
    return text


def _more(results: Results, target: str, metric: Metric) -> str:
    """`median (least–greatest)` of what each round has more than the baseline of the same round."""
    base = results.of(metric.baseline, metric.key)
    more = [value - base[r] for r, value in results.of(target, metric.key).items() if r in base]
    if not more or target == metric.baseline:
        return "–"
    digits = metric.digits
    text = f"{median(more):.{digits}f}"
    return f"{text} ({min(more):.{digits}f}–{max(more):.{digits}f})" if len(more) > 1 else text


def _table(results: Results) -> str:
    """A row per metric that was measured, a column per target."""
    targets = list(results.circumstances.versions)
    rows = [["", *targets]]
    rows += [
        [metric.label, *(cell(results, target, metric) for target in targets)]
        for metric in METRICS
        if results.has(metric.key)
    ]
    return _markdown(rows)


_GOALS_SENTENCE = (
    "What was aimed at, of the same rounds: a ratio to mitmdump's value, to streaming mitmdump's "
    "where answers are streamed, or to what the row names.  Why a goal is missed stands below, "
    "under “Where the rest goes”."
)


def _goals(results: Results) -> str:
    head = ["", "goal", "measured", "reached"]
    return f"### Goals\n\n{_GOALS_SENTENCE}\n\n{_markdown([head, *goals.rows(results)])}"


def _growth(results: Results, series: Series) -> str:
    """A row per size, a column per target; several values of one cell stand side by side."""
    targets = list(results.circumstances.versions)
    rows = [[" / ".join(series.y.values()), *targets]]
    rows += [
        [
            series.tick(x),
            *(
                " / ".join(
                    short(results.median(target, f"{scenario.name}.{field}")) for field in series.y
                )
                for target in targets
            ),
        ]
        for x, scenario in series.scenarios.items()
    ]
    picture = _picture(series.name, f"{series.title}: how the cost grows", series.sentence)
    return f"### {series.title}\n\n{picture}\n\n{_markdown(rows)}"


def short(value: float | None) -> str:
    """Three digits or so; a dash for None."""
    if value is None:
        return "–"
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def _picture(name: str, alt: str, sentence: str) -> str:
    return f"![{alt}](images/{picture_name(name)}.svg)\n\n{sentence}"


def _circumstances(measured: Circumstances) -> str:
    """When, where and with what it was measured."""
    rounds = f"{measured.rounds} interleaved round{'s' if measured.rounds > 1 else ''}"
    lines = [
        f"`{measured.command}`, {rounds}, {measured.date}; {measured.machine}.",
        *(f"{target}: {version}." for target, version in measured.versions.items()),
    ]
    return "  \n".join(lines)


def write_between_markers(path: Path, text: str) -> None:
    """Replace what stands between the two markers of the page."""
    page = path.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table, its first row the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_row(row, widths) for row in rows]
    lines.insert(1, _row(["-" * width for width in widths], widths))
    return "\n".join(lines)


def _row(cells: Iterable[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"
