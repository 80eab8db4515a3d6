"""The conversations among the flows that mitmproxy keeps: found when somebody looks, and no sooner.

What was found is kept for a minute after the last look, and never longer than its flows.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from mitmproxy import http

from gigagate.hooks.inspection import wire_record
from gigagate.hooks.patches import looks
from gigagate.hooks.request_head import head_of
from gigagate.hooks.runtime import Runtime
from gigagate.sessions import reading
from gigagate.sessions.finder import Finder
from gigagate.sessions.seen import Seen
from gigagate.sessions.session import Session, gathered, places
from gigagate.sessions.step import Step
from gigagate.settings import known_models
from gigagate.threads import in_thread

KEPT_SECONDS = 60
AT_ONCE = 20_000_000
"""Bytes of requests that are read while everybody else waits: a tenth of a second."""

type _Mark = tuple[object, ...]
"""Of a flow that has ended; another one, once it is edited or replayed."""


class FoundSessions(NamedTuple):
    sessions: Sequence[Session]
    places: Mapping[str, tuple[Session, Step]]
    """A flow's id -> where it stands."""
    flows: Mapping[int, str]
    """A step's order -> its flow's id."""
    version: str
    """Another one, once there is something new; before its dot, once all was found anew."""


NOTHING = FoundSessions([], {}, {}, "")


class FlowSessions:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = Lock()
        self._release: asyncio.TimerHandle | None = None
        self._anew = self._looks = 0
        self._found: FoundSessions = NOTHING
        self._forget()

    def at_once(self) -> FoundSessions | None:
        """None: it takes longer, and has begun."""
        flows = looks.kept_flows()
        fresh = sum(
            len(one.request.raw_content or b"") for one in flows if one.id not in self._known
        )
        self._keep()
        if fresh > AT_ONCE or not self._lock.acquire(blocking=False):
            self._reading = asyncio.ensure_future(self.look())
            return None
        try:
            return self._taken(flows)
        finally:
            self._lock.release()

    async def look(self) -> FoundSessions:
        """What there is, read beside the event loop: a long task is seconds of work."""
        flows = looks.kept_flows()
        self._keep()
        return await in_thread(lambda: self._when_free(flows), "conversations")

    def _when_free(self, flows: Sequence[http.HTTPFlow]) -> FoundSessions:
        with self._lock:
            return self._taken(flows)

    def _taken(self, flows: Sequence[http.HTTPFlow]) -> FoundSessions:
        now = {one.id: _mark(one) for one in flows if has_ended(one)}
        gone = [each for each, (mark, _) in self._known.items() if now.get(each) != mark]
        if gone != list(self._known)[: len(gone)]:
            self._forget()
            gone = []
        for each in gone:
            _, step = self._known.pop(each)
            if step is not None:
                self._finder.forget(step)
        fresh = [one for one in flows if one.id in now and one.id not in self._known]
        for one in sorted(fresh, key=lambda flow: flow.request.timestamp_start):
            asked = _seen(one)
            step = None if asked is None else self._finder.add(asked)
            self._known[one.id] = (now[one.id], step)
        if gone or fresh or not self._found.version:
            self._looks += 1
            self._found = self._told()
        return self._found

    def _told(self) -> FoundSessions:
        sessions = gathered(self._finder.sessions)
        holders = places(sessions)
        steps = {each: step for each, (_, step) in self._known.items() if step is not None}
        return FoundSessions(
            sessions,
            {each: holders[step.order] for each, step in steps.items()},
            {step.order: each for each, step in steps.items()},
            f"{self._anew}.{self._looks}",
        )

    def _keep(self) -> None:
        """Another minute begins."""
        if self._release is not None:
            self._release.cancel()
        with contextlib.suppress(RuntimeError):  # a test of a view has no event loop
            loop = asyncio.get_running_loop()
            self._release = loop.call_later(KEPT_SECONDS, self._let_go)

    def _let_go(self) -> None:
        if self._lock.acquire(blocking=False):
            self._forget()
            self._lock.release()
        else:
            self._keep()

    def _forget(self) -> None:
        self._anew += 1
        self._finder = Finder(lambda name: known_models.of(name, self._runtime.settings))
        self._known: dict[str, tuple[_Mark, Step | None]] = {}
        self._found = NOTHING


def has_ended(flow: http.HTTPFlow) -> bool:
    response = flow.response
    return flow.error is not None or (response is not None and response.timestamp_end is not None)


def _mark(flow: http.HTTPFlow) -> _Mark:
    response, error = flow.response, flow.error
    return (
        hash(flow.request.raw_content),
        response and (response.timestamp_end, hash(response.raw_content)),
        error and error.timestamp,
    )


def _seen(flow: http.HTTPFlow) -> Seen | None:
    request, response = flow.request, flow.response
    return reading.seen(
        head_of(request),
        request.get_content(strict=False) or b"",
        None if response is None else response.get_content(strict=False) or b"",
        wire_record.facts(flow),
        client=wire_record.client_of(flow),
        began=request.timestamp_start,
        status=None if response is None else response.status_code,
    )
