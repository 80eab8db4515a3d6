"""Ours against the field, on this machine, now: `python -m tests.bench`.

Prints tables to standard output and, with --write, puts them into docs/benchmarks.md and its
Russian page, and draws their plots.  Exit code 1 when a target failed to answer, 2 for a wrong
argument.
"""

import argparse
import re
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tests.bench import report, rounds
from tests.bench.growth import SERIES
from tests.bench.results import Circumstances, Results
from tests.bench.scenarios import SCENARIOS, Scenario
from tests.bench.targets import ROOT, TARGETS, Target
from tests.support import in_russian

_PAGE = ROOT / "docs" / "benchmarks.md"
_RUSSIAN = ROOT / "docs" / "ru" / "benchmarks.md"
_IMAGES = ROOT / "docs" / "images"
_ASKED = [*SCENARIOS, *SERIES]


def main() -> int:
    options = _parser().parse_args()
    if options.write:
        from tests.bench import plots  # before all the measuring: it needs matplotlib
    results = Results.load(options.source) if options.source else _measure(options)
    if results is None:
        return 130
    if options.json:
        results.save(options.json)
    text = report.page(results)
    print(text)
    if options.write:
        plots.write_all(results, _IMAGES)
        report.write_between_markers(_PAGE, text)
        report.write_between_markers(_RUSSIAN, in_russian.table(text))
    return 1 if results.failures else 0


def _measure(options: argparse.Namespace) -> Results | None:
    """None when Ctrl-C ends it."""
    targets = _present([TARGETS[name] for name in options.targets])
    factor = 0.25 if options.quick else 1.0
    count = options.rounds or (1 if options.quick else 3)
    table = _in_time([SCENARIOS[name] for name in options.only if name in SCENARIOS], factor)
    series = [SERIES[name] for name in options.only if name in SERIES]
    growing = _in_time([one for each in series for one in each.measured], factor)
    versions = {target.name: target.version() for target in targets}
    results = Results(Circumstances.now(_command(sys.argv[1:]), count, versions))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with (
            tempfile.TemporaryDirectory(prefix="bench-") as folder,
            rounds.upstream(Path(folder) / "upstream") as fake,
        ):
            for number in range(count):
                rounds.measure(number, targets, table, growing, fake, results)
    except KeyboardInterrupt:
        return None
    return results


def _command(arguments: Sequence[str]) -> str:
    """As it was typed, but for the file: where that lies is nobody else's business."""
    command = shlex.join(["python", "-m", "tests.bench", *arguments])
    return re.sub(r" --json[ =]('[^']*'|\S+)", "", command)


def _in_time(scenarios: Iterable[Scenario], factor: float) -> list[Scenario]:
    return [replace(one, seconds=one.seconds * factor) for one in scenarios]


def _present(targets: Iterable[Target]) -> list[Target]:
    present = []
    for target in targets:
        if target.needs.exists():
            present.append(target)
        else:
            print(f"skipped {target.name}: there is no {target.needs}", file=sys.stderr)
    return present


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, help="default: 3, with --quick 1")
    parser.add_argument("--quick", action="store_true", help="a quarter of the time")
    parser.add_argument(
        "--targets", type=_some_of(TARGETS), default=list(TARGETS), help=",".join(TARGETS)
    )
    parser.add_argument("--only", type=_some_of(_ASKED), default=_ASKED, help=",".join(_ASKED))
    parser.add_argument("--write", action="store_true", help="update docs/benchmarks.md")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all values there")
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="FILE", help="measure nothing, read --json's"
    )
    return parser


def _some_of(known: Iterable[str]) -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := set(chosen) - set(known):
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
        return chosen

    return names


if __name__ == "__main__":
    sys.exit(main())
