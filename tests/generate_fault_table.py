"""Runs the fault suite and writes its table to docs/operations.md, in both languages.

PYTHONPATH=addons python -m tests.generate_fault_table
"""

import sys
from pathlib import Path

import pytest
from tests.support import in_russian
from tests.support.fault_table import BEGIN, END, TABLE

DOCUMENT = Path(__file__).parents[1] / "docs" / "operations.md"
RUSSIAN = DOCUMENT.parent / "ru" / DOCUMENT.name


def main() -> int:
    if failed := pytest.main(["tests/e2e/test_faults.py", "tests/e2e/test_credentials.py"]):
        return failed
    english = TABLE.markdown()
    _write(DOCUMENT, english)
    _write(RUSSIAN, in_russian.table(english))
    in_russian.tell_missing(english)
    return 0


def _write(document: Path, table: str) -> None:
    before, rest = document.read_text().split(BEGIN)
    after = rest.split(END)[1]
    document.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main())
