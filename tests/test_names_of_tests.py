"""The tests have the same names in each process, or the suite cannot be shared among several.

pytest makes names of parameters: a time, a set's order or a random value in one of them gives
every worker another list, and pytest-xdist then refuses to run any.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def collected(hash_seed: int) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-v", "-q", "-p", "no:xdist"]
    found = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [line for line in found.stdout.splitlines() if "::" in line]


def test_two_processes_collect_the_same_tests() -> None:
    # collecting takes seconds, so the second one also starts at another time
    first, second = collected(1), collected(2)
    assert len(first) > 1000
    assert first == second
