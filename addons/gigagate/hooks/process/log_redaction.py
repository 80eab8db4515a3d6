"""No log record of this process shows a key or commands a terminal, whoever writes it.

mitmproxy logs the bytes of unfinished and malformed requests, so the mask sits where records are
made, before any handler (terminal, mitmweb's event log, a file) sees them.
"""

import logging
from typing import Any

from gigagate.core.redact import mask

SHOWN = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"
}
"""A prompt or an error may hold what clears a screen, or what looks like another line."""


def install() -> None:
    make_record = logging.getLogRecordFactory()
    if getattr(make_record, "masks_secrets", False):
        return

    def masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make_record(*args, **kwargs)
        message = record.getMessage()
        safe = mask(message if message.isprintable() else message.translate(SHOWN))
        if safe is not message:
            record.msg, record.args = safe, ()
        return record

    masked.masks_secrets = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(masked)
