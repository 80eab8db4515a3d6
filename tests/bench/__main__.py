"""Ours against the field, on this machine, now: `python -m tests.bench`.

Prints a table to standard output and, with --write, puts it into docs/benchmarks.md.  Exit code
1 when a target failed to answer, 2 for a wrong argument.
"""

import argparse
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from tests.bench import report, rounds
from tests.bench.scenarios import SCENARIOS
from tests.bench.targets import ROOT, TARGETS, Target

_PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    options = _parser().parse_args()
    targets = _present([TARGETS[name] for name in options.targets])
    factor = 0.25 if options.quick else 1.0
    count = options.rounds or (1 if options.quick else 3)
    scenarios = [SCENARIOS[name] for name in options.only]
    scenarios = [replace(one, seconds=one.seconds * factor) for one in scenarios]
    results = report.Results()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with (
            tempfile.TemporaryDirectory(prefix="bench-") as folder,
            rounds.upstream(Path(folder) / "upstream") as fake,
        ):
            for number in range(count):
                rounds.measure(number, targets, scenarios, fake, results)
    except KeyboardInterrupt:
        return 130
    command = shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]])
    versions = {target.name: target.version() for target in targets}
    text = report.page(results, command, count, versions)
    print(text)
    if options.write:
        report.write_between_markers(_PAGE, text)
    return 1 if results.failures else 0


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
    parser.add_argument(
        "--only", type=_some_of(SCENARIOS), default=list(SCENARIOS), help=",".join(SCENARIOS)
    )
    parser.add_argument("--write", action="store_true", help="update docs/benchmarks.md")
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
