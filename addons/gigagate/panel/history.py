"""Sums by the hour, and by day for each client, for the panel's charts.

A request is only noted; a save adds up.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from gigagate.panel.store import DAY, HOUR, PanelStore
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
OF_CLIENTS: Mapping[str, str] = {
    "requests": "requests",
    "errors": "errors",
    "tokens_prompt": "tokens",
    "tokens_completion": "tokens",
    "roubles": "roubles",
}
"""What is counted -> the series of a client it belongs to."""
CLIENT_DAYS = 30
SPANS: Mapping[str, int] = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}
"""Name of a span -> its hours, this one included."""


class History:
    """The sums of all processes.  `count` never blocks; the others do, and raise StoreError."""

    def __init__(self, store: PanelStore) -> None:
        self._store = store
        self._new: list[Finished] = []
        self._hours: defaultdict[tuple[int, str], float] = defaultdict(float)
        self._days: defaultdict[tuple[int, str, str], float] = defaultdict(float)
        self._saving = threading.Lock()

    def count(self, finished: Finished) -> None:
        self._new.append(finished)

    def save(self) -> None:
        """What could not be saved is tried again with the next call."""
        with self._saving:
            new, self._new = self._new, []
            for finished in new:
                self._add_up(finished)
            if self._hours:
                self._store.add(self._hours, self._days)
                self._hours.clear()
                self._days.clear()

    def _add_up(self, finished: Finished) -> None:
        hour, day = int(finished.time) // HOUR, int(finished.time) // DAY
        for name, value in _amounts(finished):
            if value:
                self._hours[hour, name] += value
                if name in OF_CLIENTS:
                    self._days[day, finished.client, OF_CLIENTS[name]] += value

    def spans(self, now: float) -> dict[str, Any]:
        """Span -> {"from": unix seconds, "step": seconds, series: [number for each step]}."""
        self.save()
        this = int(now) // HOUR
        rows = list(self._store.hours(this - max(SPANS.values()) + 1))
        return {name: _span(rows, this, hours) for name, hours in SPANS.items()}

    def clients(self, now: float) -> dict[str, Any]:
        """{"from": unix seconds, "step", "clients": {name: {series: [number for each day]}}}."""
        self.save()
        first = int(now) // DAY - CLIENT_DAYS + 1
        found: dict[str, dict[str, list[float]]] = {}
        for day, client, name, value in self._store.client_days(first):
            series = found.setdefault(
                client, {each: [0.0] * CLIENT_DAYS for each in OF_CLIENTS.values()}
            )
            if name in series and 0 <= day - first < CLIENT_DAYS:
                series[name][day - first] += value
        return {"from": first * DAY, "step": DAY, "clients": dict(sorted(found.items()))}


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
