import logging
from collections.abc import Iterator

import pytest

from gigagate.hooks.process import log_redaction


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    log_redaction.install()
    yield
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("\x1b[2J\x9b31m\r\b", "\\x1b[2J\\x9b31m\\x0d\\x08"),
        ("Привет,\n\tмир 👋", "Привет,\n\tмир 👋"),
    ],
)
def test_a_terminal_is_not_commanded(
    message: str, shown: str, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("anybody").warning("%s", message)
    assert caplog.messages == [shown]
