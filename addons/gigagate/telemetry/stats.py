"""Sums over all requests, by client and model, kept over restarts."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from gigagate.telemetry.finished import Finished


class Counted(NamedTuple):
    """What is counted.  Every part is of a bounded vocabulary."""

    name: str
    client: str
    model: str
    """"" where no model is concerned."""


Counts = Mapping[Counted, float]

SUMS = (
    "requests",
    "errors",
    "retries",
    "queue_seconds",
    "messages",
    "messages_converted",
    "tokens_prompt",
    "tokens_cached",
    "tokens_completion",
    "roubles",
)
REWRITE = "rewrite:"
"""Before the kind of a note."""
DIALECT = "dialect:"
"""Before the name of the API that clients spoke."""
API = "api:"
"""Before the name of GigaChat's chat API that was asked."""
BY_NAME = ("requests", "tokens_prompt", "tokens_cached", "tokens_completion", "roubles")
"""What is told of each client and each model."""


class Store(Protocol):
    def add(self, counts: Counts) -> None:
        """Raises StoreError."""

    def load(self) -> Counts:
        """Raises StoreError."""


class Stats:
    """`count` waits for nobody's store; `save` and `summary` do, and for each other."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unsaved: dict[Counted, float] = {}
        self._saving = threading.Lock()
        self._counting = threading.Lock()
        """Held for microseconds: threads save what the event loop counts."""

    def count(self, finished: Finished) -> None:
        self._add(
            (Counted(name, finished.client, finished.model or ""), value)
            for name, value in amounts(finished)
            if value
        )

    def _add(self, counts: Iterable[tuple[Counted, float]]) -> None:
        with self._counting:
            for counter, value in counts:
                self._unsaved[counter] = self._unsaved.get(counter, 0) + value

    def save(self) -> None:
        """Raises StoreError; what could not be saved is tried again with the next call."""
        with self._saving:
            with self._counting:
                counts, self._unsaved = self._unsaved, {}
            if not counts:
                return
            try:
                self._store.add(counts)
            except BaseException:
                self._add(counts.items())
                raise

    def summary(self) -> dict[str, Any]:
        """The sums of all processes, this one's latest included.  Raises StoreError."""
        with self._saving:
            counts = defaultdict(float, self._store.load())
            with self._counting:
                unsaved = dict(self._unsaved)
            for counter, value in unsaved.items():
                counts[counter] += value
        return summary(counts)


def amounts(finished: Finished) -> Iterable[tuple[str, float]]:
    """Name of a counter -> what one request adds to it."""
    yield "requests", 1
    yield DIALECT + finished.dialect, 1
    if finished.api:
        yield API + finished.api, 1
    yield "errors", finished.error is not None
    yield "retries", finished.retries
    yield "queue_seconds", finished.queue_seconds
    yield "messages", finished.messages
    yield "messages_converted", finished.messages_converted
    for note in finished.notes:
        yield REWRITE + note.kind, 1
    if usage := finished.usage:
        yield "tokens_prompt", usage.prompt
        yield "tokens_cached", usage.cached
        yield "tokens_completion", usage.completion
        yield "roubles", finished.roubles


def summary(counts: Counts) -> dict[str, Any]:
    """What GET /stats tells."""
    sums: dict[str, float] = dict.fromkeys(SUMS, 0)
    rewrites: dict[str, float] = defaultdict(float)
    dialects: dict[str, float] = defaultdict(float)
    apis: dict[str, float] = defaultdict(float)
    clients: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(BY_NAME, 0))
    models: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(BY_NAME, 0))
    for (name, client, model), value in counts.items():
        if name.startswith(REWRITE):
            rewrites[name.removeprefix(REWRITE)] += value
        elif name.startswith(DIALECT):
            dialects[name.removeprefix(DIALECT)] += value
        elif name.startswith(API):
            apis[name.removeprefix(API)] += value
        elif name in sums:
            sums[name] += value
        if name in BY_NAME:
            clients[client][name] += value
            if model:
                models[model][name] += value
    return {
        **_rounded(sums),
        "rewrites": _rounded(rewrites),
        "dialects": _rounded(dict(sorted(dialects.items()))),
        "apis": _rounded(dict(sorted(apis.items()))),
        "clients": {name: _rounded(values) for name, values in sorted(clients.items())},
        "models": {name: _rounded(values) for name, values in sorted(models.items())},
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    """Whole numbers as such; roubles and seconds to a thousandth."""
    return {
        name: int(value) if value == int(value) else round(value, 3)
        for name, value in values.items()
    }
