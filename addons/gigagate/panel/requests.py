"""The last requests of all processes, without their prompts, as rows of the panel's table.

A request is only noted; a save puts what is new into the store, where every process finds it.
"""

import json
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

from gigagate.errors import StoreError
from gigagate.panel.store import PanelStore
from gigagate.telemetry.finished import Finished

MOST = 1000


class Found(NamedTuple):
    rows: Sequence[dict[str, Any]]
    """The latest first."""
    last: int
    """The number of the latest one there is; 0 for none."""


class Requests:
    """`add` never blocks; the others do, and raise StoreError."""

    def __init__(self, store: PanelStore) -> None:
        self._store = store
        self._new: deque[Finished] = deque(maxlen=MOST)
        self._saving = threading.Lock()

    def add(self, finished: Finished) -> None:
        self._new.append(finished)

    def save(self) -> None:
        """What could not be saved is tried again with the next call."""
        with self._saving:
            new = [self._new.popleft() for _ in range(len(self._new))]
            if not new:
                return
            try:
                self._store.add_requests([json.dumps(row(one)) for one in new], MOST)
            except StoreError:
                self._new.extendleft(reversed(new))
                raise

    def after(self, number: int) -> Found:
        """Those with a greater number; all, if there is none of that number: another file began."""
        self.save()
        found = self._store.requests(number)
        last = found[0][0] if found else self._store.last_request()
        if last < number:
            found = self._store.requests(0)
            last = found[0][0] if found else 0
        return Found([{"id": each, **json.loads(content)} for each, content in found], last)


def row(finished: Finished) -> dict[str, Any]:
    usage = finished.usage
    first = finished.first_byte_seconds
    return {
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
