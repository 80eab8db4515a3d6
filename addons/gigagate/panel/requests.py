"""The last requests, without their prompts, as rows of the panel's table."""

from collections import deque
from itertools import islice
from typing import Any

from gigagate.telemetry.finished import Finished

MOST = 1000


class Requests:
    """The last requests of this process, each with a number that only grows."""

    def __init__(self) -> None:
        self._rows: deque[tuple[int, Finished]] = deque(maxlen=MOST)
        self.last = 0
        """The number of the latest one; 0 for none."""

    def add(self, finished: Finished) -> None:
        self.last += 1
        self._rows.appendleft((self.last, finished))

    def after(self, number: int) -> list[dict[str, Any]]:
        """Those with a greater number, the latest first."""
        fresh = max(0, min(self.last - number, len(self._rows)))
        return [row(each, finished) for each, finished in islice(self._rows, fresh)]


def row(number: int, finished: Finished) -> dict[str, Any]:
    usage = finished.usage
    first = finished.first_byte_seconds
    return {
        "id": number,
        "time": finished.time,
        "client": finished.client,
        "dialect": finished.dialect,
        "api": finished.api,
        "method": finished.method,
        "path": finished.path[:200],
        "model": finished.model or "",
        "status": finished.status,
        "outcome": finished.outcome,
        "error": finished.error or "",
        "message": finished.message or "",
        "prompt": usage.prompt if usage else 0,
        "cached": usage.cached if usage else 0,
        "completion": usage.completion if usage else 0,
        "roubles": round(finished.roubles, 4),
        "ms": round(finished.seconds * 1000),
        "first_ms": None if first is None else round(first * 1000),
        "queue_ms": round(finished.queue_seconds * 1000),
        "attempts": finished.retries + 1,
        "messages": finished.messages,
        "converted": finished.messages_converted,
        "notes": [{"kind": note.kind, "text": note.text} for note in finished.notes],
    }
