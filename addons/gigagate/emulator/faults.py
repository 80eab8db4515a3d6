"""Faults on command: the next request that matches is answered wrongly, once, as asked.

What a fault may say (all but `path` optional; `path` is a part of the request's path):

    {"path": "/chat/completions", "method": "POST", "times": 1}    which requests, how many
    {"delay": 2}                              seconds before anything else happens
    {"status": 503, "headers": {}, "body": "…"}    this answer instead of the real one
    {"html_502": true}                        the front server's page
    {"close": "before"}                       no answer at all; also "mid_headers", "mid_body",
                                              "mid_stream" (after whole events), "clean" (a stream
                                              that ends early as if it were complete)
    {"reset": true}                           the same by TCP RST instead of FIN
    {"garbage": true}                         bytes that are not HTTP
    {"hang": true}                            silence until the client leaves
    {"sse_error": {…} or "raw text"}          this event, then the end of the stream; GigaChat's is
                                              {"status_code": 500, "message": "…"}
    {"truncate_json": true}                   half of the body, or an event cut short
    {"no_done": true}                         a stream without [DONE]
    {"after_events": 3}                       when; without it: after one event,
                                              but hang and reset at once
"""

import dataclasses
import threading
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gigagate.emulator.config import ConfigError
from gigagate.emulator.reply import JSON_TYPE, Reply, bad_gateway, compact

Close = Literal["before", "mid_headers", "mid_body", "mid_stream", "clean"]
DONE = b"data: [DONE]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    path: str = ""
    method: str | None = None
    times: int = 1
    delay: float = 0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    html_502: bool = False
    close: Close | None = None
    reset: bool = False
    garbage: bool = False
    hang: bool = False
    sse_error: Any = None
    truncate_json: bool = False
    no_done: bool = False
    after_events: int | None = None

    def matches(self, method: str, path: str) -> bool:
        return self.path in path and self.method in (None, method)

    @property
    def silent(self) -> bool:
        """The request gets no byte of an HTTP answer."""
        at_once = self.after_events is None
        return self.close == "before" or self.garbage or (at_once and (self.hang or self.reset))

    def instead(self) -> Reply | None:
        """The answer that replaces the real one, if there is such."""
        if self.html_502:
            return bad_gateway()
        if self.status is None:
            return None
        headers = {"Content-Type": JSON_TYPE} | dict(self.headers)
        return Reply(self.status, tuple(headers.items()), self.body.encode())


NO_FAULT = Fault()
_TYPES: Mapping[str, Any] = {
    "path": str,
    "method": str | None,
    "times": int,
    "delay": int | float,
    "status": int | None,
    "headers": Mapping,
    "body": str,
    "close": str | None,
    "sse_error": object,
    "after_events": int | None,
}
"""Name of a field -> what it may be; those not here are true or false."""


class Faults:
    """The queue of faults; safe to fill from another thread."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, *faults: Fault | Mapping[str, Any], **fault: Any) -> None:
        """Some faults, or one by its fields.  ConfigError on a field that a fault does not have."""
        given = (*faults, fault) if fault else faults
        parsed = [f if isinstance(f, Fault) else _parsed(f) for f in given]
        with self._lock:
            self._waiting.extend(parsed)

    def take(self, method: str, path: str) -> Fault:
        """The first that matches, used up once more; NO_FAULT when none does."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if fault.matches(method, path):
                    if fault.times > 1:
                        self._waiting[index] = dataclasses.replace(fault, times=fault.times - 1)
                    else:
                        del self._waiting[index]
                    return fault
        return NO_FAULT

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)


class Cut(Exception):
    """The answer stops here, and how: the connection dies, falls silent, or is reset."""

    def __init__(self, how: Literal["close", "reset", "hang"]) -> None:
        super().__init__(how)
        self.how = how


async def spoil_stream(events: AsyncGenerator[bytes], fault: Fault) -> AsyncGenerator[bytes]:
    """The events of a stream until the fault strikes; raises Cut where no clean end follows."""
    after = 1 if fault.after_events is None else fault.after_events
    passed = 0
    async for event in events:
        if passed == after:
            async for last in _strike(event, fault):
                yield last
            if _ends_cleanly(fault):
                return
        if fault.no_done and event.startswith(DONE):
            return
        yield event
        passed += 1


async def _strike(event: bytes, fault: Fault) -> AsyncGenerator[bytes]:
    if fault.sse_error is not None:
        raw = isinstance(fault.sse_error, str)
        yield fault.sse_error.encode() if raw else b"data: " + compact(fault.sse_error) + b"\n\n"
    if fault.truncate_json or fault.close == "mid_body":
        yield event[: len(event) // 2]
    if fault.close in ("mid_body", "mid_stream"):
        raise Cut("close")
    if fault.reset:
        raise Cut("reset")
    if fault.hang:
        raise Cut("hang")


def _ends_cleanly(fault: Fault) -> bool:
    return fault.sse_error is not None or fault.truncate_json or fault.close == "clean"


def _parsed(values: Mapping[str, Any]) -> Fault:
    names = [field.name for field in dataclasses.fields(Fault)]
    if not isinstance(values, Mapping) or not values.keys() <= set(names):
        raise ConfigError(f"A fault is a mapping of {', '.join(names)}; got {values!r}")
    for name, value in values.items():
        if not isinstance(value, _TYPES.get(name, bool)):
            raise ConfigError(f"{name} of a fault cannot be {value!r}")
    fault = Fault(**values)
    if fault.status is not None and not 200 <= fault.status <= 599:
        raise ConfigError(f"status of a fault is a number from 200 to 599; got {fault.status}")
    return fault
