"""Log records as JSON, one object a line, for `log.format: json`."""

import datetime
import json
import logging

from gigagate.core.redact import mask


class JsonLines(logging.Formatter):
    """A record's `fields`, if it has any, become members of the object."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return mask(json.dumps(line, ensure_ascii=False, default=str))
