"""Runs the fault suite and writes its table to docs/operations.md.

PYTHONPATH=addons python -m tests.generate_fault_table
"""

import sys
from pathlib import Path

import pytest
from tests.support.fault_table import BEGIN, END, TABLE

DOCUMENT = Path(__file__).parents[1] / "docs" / "operations.md"


def main() -> int:
    if failed := pytest.main(["tests/e2e/test_faults.py"]):
        return failed
    before, rest = DOCUMENT.read_text().split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{TABLE.markdown()}\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
