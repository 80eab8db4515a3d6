"""Tells an admin's webhook of what needs a person, and never holds up a request for it.

One message of a kind in ten minutes: what happens meanwhile is counted into the next one.  The
address may be a secret in itself (chat services put a key into it), so the log names its host only.
"""

import json
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypedDict
from urllib.parse import urlsplit

from gigagate import outbound
from gigagate.core.company_proxy import CompanyProxy

logger = logging.getLogger(__name__)

QUIET_SECONDS = 600.0
PAUSES = (1.0, 5.0, 25.0, 125.0)
"""Seconds between attempts to deliver a message."""
SECONDS = 15.0


class Event(NamedTuple):
    name: str
    message: str


EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        "upstream_credentials_rejected": Event(
            "credentials_rejected",
            "GigaChat rejects this proxy's authorization key. Fix GIGACHAT_AUTH_KEY on the proxy.",
        ),
        "token_unavailable": Event(
            "oauth_unavailable",
            "No access token can be had: the OAuth address does not answer as it should.",
        ),
        "insufficient_quota": Event(
            "quota_exhausted",
            "The tokens paid for on this proxy's GigaChat account are used up.",
        ),
        "upstream_unavailable": Event(
            "upstream_unreachable",
            "GigaChat cannot be reached.",
        ),
    }
)
"""An error's code -> what the admin is told."""

SET_ASIDE = Event(
    "credential_set_aside",
    "GigaChat refuses one of this proxy's credentials, or cannot be reached with it; others are "
    "used meanwhile. The proxy's log says which one, and why.",
)


class Notice(TypedDict):
    event: str
    message: str
    time: float
    """Unix time in seconds."""
    count: int
    """How often it has happened since the last message."""


def deliver(url: str, message: Notice, proxy: CompanyProxy | None = None) -> None:
    """Sends it, trusting the public authorities alone.  Raises OutboundError."""
    answer = outbound.ask(
        "POST",
        url,
        body=json.dumps(message).encode(),
        headers={"Content-Type": "application/json"},
        proxy=proxy,
        seconds=SECONDS,
        limit=1024,
    )
    if answer.status // 100 != 2:
        raise outbound.NotReached(f"it answered {answer.status}")


class Webhook:
    """`tell` returns at once; a daemon thread delivers."""

    def __init__(
        self,
        url: str,
        *,
        send: Callable[[str, Notice], None] = deliver,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url
        self._host = urlsplit(url).hostname
        self._send = send
        self._clock = clock
        self._sleep = sleep
        self._told_at: dict[str, float] = {}
        self._untold: Counter[str] = Counter()
        self._waiting: queue.SimpleQueue[Notice | None] = queue.SimpleQueue()
        """None ends the thread."""
        self._thread: threading.Thread | None = None

    def tell(self, event: Event) -> None:
        now = self._clock()
        self._untold[event.name] += 1
        told_at = self._told_at.get(event.name)
        if told_at is not None and 0 <= now - told_at < QUIET_SECONDS:
            return
        self._told_at[event.name] = now
        count = self._untold.pop(event.name)
        self._waiting.put(
            {"event": event.name, "message": event.message, "time": now, "count": count}
        )
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True, name="webhook")
            self._thread.start()

    def close(self) -> None:
        """What waits is delivered; nothing more is told."""
        self._waiting.put(None)

    def _work(self) -> None:
        while (message := self._waiting.get()) is not None:
            self.deliver(message)

    def deliver(self, message: Notice) -> None:
        """Until it is delivered or the attempts are used up."""
        for pause in (*PAUSES, None):
            try:
                self._send(self.url, message)
                return
            except outbound.OutboundError as error:
                reason = str(error)
            if pause is not None:
                self._sleep(pause)
        logger.warning(
            "The webhook at %s could not be told of %s: %s.", self._host, message["event"], reason
        )
