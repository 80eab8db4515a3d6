"""Sums by the hour, for the panel's charts.  A request is only noted; a save adds up."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from gigagate.panel.store import HOUR, PanelStore
from gigagate.telemetry import stats
from gigagate.telemetry.finished import Finished

SERIES = (
    "requests",
    "errors",
    "tokens_prompt",
    "tokens_cached",
    "tokens_completion",
    "roubles",
    "first_tokens",
    "first_token_seconds",
)
SPANS: Mapping[str, int] = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}
"""Name of a span -> its hours, this one included."""


class History:
    """The sums of all processes.  `count` never blocks; the others do, and raise StoreError."""

    def __init__(self, store: PanelStore) -> None:
        self._store = store
        self._new: list[Finished] = []
        self._unsaved: defaultdict[tuple[int, str], float] = defaultdict(float)
        self._saving = threading.Lock()

    def count(self, finished: Finished) -> None:
        self._new.append(finished)

    def save(self) -> None:
        """What could not be saved is tried again with the next call."""
        with self._saving:
            new, self._new = self._new, []
            for finished in new:
                hour = int(finished.time) // HOUR
                for name, value in _amounts(finished):
                    if value:
                        self._unsaved[hour, name] += value
            if self._unsaved:
                self._store.add(self._unsaved)
                self._unsaved.clear()

    def spans(self, now: float) -> dict[str, Any]:
        """Span -> {"from": unix seconds, "step": seconds, series: [number for each step]}."""
        self.save()
        this = int(now) // HOUR
        rows = list(self._store.hours(this - max(SPANS.values()) + 1))
        return {name: _span(rows, this, hours) for name, hours in SPANS.items()}


def _amounts(finished: Finished) -> Iterable[tuple[str, float]]:
    yield from ((name, value) for name, value in stats.amounts(finished) if name in SERIES)
    if (first := finished.first_byte_seconds) is not None and finished.error is None:
        yield "first_tokens", 1
        yield "first_token_seconds", first


def _span(rows: Iterable[tuple[int, str, float]], this: int, hours: int) -> dict[str, Any]:
    """Hour by hour for a day, day by day for more."""
    step = 1 if hours <= 24 else 24
    count = hours // step
    first = this - hours + 1
    series = {name: [0.0] * count for name in SERIES}
    for hour, name, value in rows:
        place = (hour - first) // step
        if name in series and 0 <= place < count:
            series[name][place] += value
    return {"from": first * HOUR, "step": step * HOUR, **series}
