"""No log record of this process shows a key, whoever writes it.

mitmproxy logs the bytes of unfinished and malformed requests, so the mask sits where records are
made, before any handler (terminal, mitmweb's event log, a file) sees them.
"""

import logging
from typing import Any

from gigagate.core.redact import mask


def install() -> None:
    make_record = logging.getLogRecordFactory()
    if getattr(make_record, "masks_secrets", False):
        return

    def masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make_record(*args, **kwargs)
        message = record.getMessage()
        safe = mask(message)
        if safe is not message:
            record.msg, record.args = safe, ()
        return record

    masked.masks_secrets = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(masked)
