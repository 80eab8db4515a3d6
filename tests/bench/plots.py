"""The plots of docs/benchmarks.md, each as SVG and PNG.

The same results draw the same SVG, byte for byte, so that a difference is one of the numbers.
Only what draws imports this module: matplotlib takes its time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log10
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from tests.bench.growth import Series
from tests.bench.labels import spread
from tests.bench.report import HEADLINE, HEADLINES, headlines, measured, picture_name, short
from tests.bench.results import Results
from tests.bench.scenarios import Metric

_INCHES_WIDE = 7.2
_PNG_DOTS = 120
_STYLE = {
    "svg.hashsalt": "bench",
    "svg.fonttype": "none",  # text stays text: a third of the size
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.edgecolor": "#999999",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "figure.facecolor": "white",
    "figure.constrained_layout.w_pad": 0.08,
    "figure.constrained_layout.h_pad": 0.06,
}


@dataclass(frozen=True, slots=True)
class _Look:
    colour: str
    line: str = "-"
    width: float = 1.4


_LOOKS = {
    "gigagate": _Look("#d55e00", width=2.6),
    "gigagate-workers": _Look("#d55e00", "--"),
    "mitmdump": _Look("#0072b2"),
    "mitmdump-streaming": _Look("#56b4e9", "--"),
    "gpt2giga": _Look("#009e73"),
    "litellm": _Look("#aa4499"),
    "nginx": _Look("#8c6d1f", ":"),
    "direct": _Look("#777777", ":"),
}
"""Colours that the colour-blind can tell apart, after Okabe and Ito."""

_BARS = ("gigagate", "mitmdump", "gpt2giga", "litellm")
"""From the top; what stands for mitmdump is the metric's baseline."""


def write_all(results: Results, folder: Path) -> None:
    """Draw what was measured into `folder`."""
    with mpl.rc_context(_STYLE):
        if headlines(results):
            _write(_headline(results), folder / picture_name(HEADLINE))
        for series in measured(results):
            _write(_growth(results, series), folder / picture_name(series.name))


def _write(figure: Figure, path: Path) -> None:
    FigureCanvasSVG(figure).print_svg(path.with_suffix(".svg"), metadata={"Date": None})
    figure.set_dpi(_PNG_DOTS)
    FigureCanvasAgg(figure).print_png(path.with_suffix(".png"), pil_kwargs={"optimize": True})


def _growth(results: Results, series: Series) -> Figure:
    """A panel for each value, side by side."""
    figure = Figure(figsize=(_INCHES_WIDE, 3.8), layout="constrained")
    panels = figure.subplots(1, len(series.y), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (field, label) in zip(panels, series.y.items(), strict=True):
        axes.set_title(label)
        axes.grid(visible=True)
        axes.set_xscale("log")
        axes.set_yscale("log")
        for target, line in _lines(results, series, field).items():
            look = _LOOKS[target]
            axes.plot(
                *(list(line), list(line.values())),
                linestyle=look.line,
                color=look.colour,
                linewidth=look.width,
                marker="o",
                markersize=look.width + 2,
            )
    axes.set_xticks(list(series.scenarios), [series.tick(x) for x in series.scenarios])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 300 else (1,)))
    axes.yaxis.set_minor_locator(NullLocator())
    _name_lines(axes, _lines(results, series, field))
    figure.supxlabel(series.x, fontsize=9)
    return figure


def _lines(results: Results, series: Series, field: str) -> dict[str, dict[int, float]]:
    """Target -> x -> y; a target without any point is left out."""
    lines = {
        target: {
            x: y
            for x, scenario in series.scenarios.items()
            if (y := results.median(target, f"{scenario.name}.{field}")) is not None
        }
        for target in _LOOKS
    }
    return {target: line for target, line in lines.items() if line}


def _name_lines(axes: Axes, lines: Mapping[str, Mapping[int, float]]) -> None:
    """The targets' names at the right, each as near to the end of its line as the others allow."""
    low, high = map(log10, axes.get_ylim())
    ends = {target: list(line.items())[-1] for target, line in lines.items()}
    heights = [(log10(y) - low) / (high - low) for _, y in ends.values()]
    for (target, end), height in zip(ends.items(), spread(heights, 0.065), strict=True):
        axes.annotate(
            target,
            xy=end,
            xytext=(1.04, height),
            textcoords="axes fraction",
            color=_LOOKS[target].colour,
            fontweight="bold" if target == "gigagate" else "normal",
            verticalalignment="center",
            arrowprops={"arrowstyle": "-", "color": _LOOKS[target].colour, "lw": 0.5},
        )


def _headline(results: Results) -> Figure:
    """Small multiples, two in a row."""
    metrics = headlines(results)
    rows = (len(metrics) + 1) // 2
    figure = Figure(figsize=(_INCHES_WIDE, 0.3 + 1.35 * rows), layout="constrained")
    panels = figure.subplots(rows, 2, squeeze=False).flat
    for axes in panels:
        axes.set_axis_off()
    for axes, metric in zip(figure.axes, metrics, strict=False):
        _bars(axes, results, metric)
    return figure


def _bars(axes: Axes, results: Results, metric: Metric) -> None:
    """Ratios to the metric's baseline; beside each bar the ratio and the value itself."""
    title, unit = HEADLINES[metric.key]
    axes.set_axis_on()
    axes.set_title(f"{title} {metric.label[-1]}")
    bars = list(_ratios(results, metric))
    longest = max(ratio for _, ratio, _ in bars)
    for position, (target, ratio, value) in enumerate(bars):
        colour = _LOOKS[target].colour
        axes.barh(position, ratio, color=colour, height=0.72)
        axes.text(
            ratio + longest * 0.02,
            position,
            f"×{ratio:.2f} ({short(value)}{unit})",
            verticalalignment="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            fontweight="bold" if target == "gigagate" else "normal",
        )
    axes.axvline(1, color="#333333", linewidth=0.8, zorder=2)
    axes.set_xlim(0, longest * 1.5)
    axes.set_yticks(range(len(bars)), [name.replace("-", "-\n") for name, _, _ in bars])
    axes.invert_yaxis()
    axes.tick_params(left=False, bottom=False, labelbottom=False)
    axes.spines[["left", "bottom"]].set_visible(False)


def _ratios(results: Results, metric: Metric) -> Iterator[tuple[str, float, float]]:
    """Target, ratio, median."""
    for name in _BARS:
        target = metric.baseline if name == "mitmdump" else name
        ratio = results.ratio(target, metric.key, metric.baseline)
        value = results.median(target, metric.key)
        if ratio is not None and value is not None:
            yield target, ratio, value
