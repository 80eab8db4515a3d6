"""What a page is told as it happens: server-sent events, for as long as somebody looks.

A topic is asked again when a request has ended, and every two seconds for what other processes do;
a page hears of it only if there is something new.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping

from gigagate.core import compact_json
from gigagate.errors import StoreError
from gigagate.hooks.panel.door import Admin, PanelDoor
from gigagate.hooks.panel.requests import LastRequests
from gigagate.hooks.panel.routes import Topic
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.wire.live import PieceSource
from gigagate.panel.watch import Watch
from gigagate.threads import in_thread

TICK = 2.0
"""Seconds until a topic is asked again when no request ends."""
PAUSE = 0.2
"""Seconds that are at least between two questions: requests that end meanwhile come as one."""
BEAT = 10.0
"""Seconds between two looks whether the login lasts, and two signs of life."""

HEADERS: Mapping[str, str] = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
}


class Events:
    def __init__(
        self,
        runtime: Runtime,
        door: PanelDoor,
        watch: Watch,
        requests: LastRequests,
        topics: Mapping[str, Topic],
    ) -> None:
        self._runtime = runtime
        self._door = door
        self._watch = watch
        self._requests = requests
        self._topics = topics

    async def of(self, topics: str, after: int, admin: Admin) -> PieceSource:
        """topics: names with commas between them.  after: the last request the page has."""
        asked = {name: 0 for name in topics.split(",") if name in self._topics}
        if "requests" in asked:
            asked["requests"] = after
        seen: dict[str, int] = {}
        beat = 0.0
        while self._runtime.ready:
            news = self._requests.news()
            if time.monotonic() - beat >= BEAT:
                beat = time.monotonic()
                self._watch.look(time.time())
                if not await in_thread(lambda: self._door.lasts(admin), "login"):
                    return
                yield b": alive\n\n"
            for name, number in list(asked.items()):
                with contextlib.suppress(StoreError):
                    told, asked[name] = await self._topics[name](number)
                    text = compact_json.dumps(told)
                    if told is not None and seen.get(name) != hash(text):
                        seen[name] = hash(text)
                        yield b"event: %b\ndata: %b\n\n" % (name.encode(), text)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await news.wait()
            await asyncio.sleep(PAUSE)
