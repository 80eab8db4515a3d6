"""What a process that a test has started writes into its log."""

from pathlib import Path

from tests.support.waiting import until


class HasLogFile:
    log_file: Path

    def output(self) -> str:
        return self.log_file.read_text(errors="replace")

    def tells(self, words: str) -> None:
        """Waits for the words: what is logged reaches the file a moment after it happened."""
        until(lambda: words in self.output(), self.output, seconds=20)
