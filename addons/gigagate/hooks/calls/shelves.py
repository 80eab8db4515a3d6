"""What requests refer to is brought before they are translated, and what they leave is put away.

A store in a file or a server is asked in a thread.  One that fails costs what is kept in it, never
an answer.
"""

import contextlib
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from mitmproxy import http
from mitmproxy.proxy import commands

from gigagate import shelves
from gigagate.core import content_coding, large_body
from gigagate.core.paths import normalise
from gigagate.core.shelf import Shelf
from gigagate.dialects.openai.responses import kept
from gigagate.errors import ClientError, StoreError
from gigagate.hooks.door.door import Door
from gigagate.hooks.fail_closed import fail_closed
from gigagate.hooks.runtime import Runtime
from gigagate.shelves import MemoryStore
from gigagate.threads import in_thread


@dataclass
class PutAwayHook(commands.StartHook):
    """An answer leaves something that the client's next request may refer to."""

    name = "gigagate_put_away"
    flow: http.HTTPFlow


class CallShelves:
    name = "gigagate.shelves"

    def __init__(self, runtime: Runtime, door: Door) -> None:
        """Raises SettingsError."""
        self._door = door
        self._runtime = runtime
        self._store = shelves.open_store(runtime.settings, runtime.server)
        self._owners: WeakKeyDictionary[http.HTTPFlow, str] = WeakKeyDictionary()
        self._shelves: WeakKeyDictionary[http.HTTPFlow, Shelf] = WeakKeyDictionary()

    def of(self, flow: http.HTTPFlow) -> Shelf:
        """Empty where nothing was brought."""
        return self._shelves.setdefault(flow, Shelf(keeps=self._store is not None))

    @fail_closed
    def request(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        path = normalise(flow.request.path)
        kept_here = self._store is not None and path.startswith("/responses")
        return self._bring(flow, path) if kept_here and flow.response is None else None

    async def _bring(self, flow: http.HTTPFlow, path: str) -> None:
        owner = self._owners[flow] = self._door.who(flow).name
        wanted = await self._wanted(path, flow.request)
        if not wanted:
            return
        found: dict[str, bytes] = {}
        if isinstance(self._store, MemoryStore):
            self._load(owner, wanted, found)
        else:
            with contextlib.suppress(StoreError):
                await in_thread(lambda: self._load(owner, wanted, found), "kept responses")
        self._shelves[flow] = Shelf(found)

    async def _wanted(self, path: str, request: http.Request) -> list[str]:
        """Nothing of a body that cannot be unpacked: whoever reads the request says so."""
        content, coding = request.raw_content or b"", request.headers.get("content-encoding", "")
        limit = self._runtime.settings.limits.body_bytes

        def look() -> list[str]:
            try:
                return list(kept.wanted(path, content_coding.decode(content, coding, limit)))
            except ClientError:
                return []

        if large_body.is_large(content, coding):
            return await in_thread(look, "large body")
        return look()

    def leaves_something(self, flow: http.HTTPFlow) -> bool:
        """Whether there is something to put away, and it may take a moment."""
        shelf = self._shelves.get(flow)
        if shelf is None or not (shelf.kept or shelf.dropped):
            return False
        if isinstance(self._store, MemoryStore):
            self._put_away(self._owners[flow], shelf)
            return False
        return True

    async def gigagate_put_away(self, flow: http.HTTPFlow) -> None:
        shelf, owner = self._shelves[flow], self._owners[flow]
        with contextlib.suppress(StoreError):
            await in_thread(lambda: self._put_away(owner, shelf), "kept responses")

    def _load(self, owner: str, wanted: list[str], found: dict[str, bytes]) -> None:
        if self._store is None:
            return
        for name in wanted:
            for one in self._chain(owner, name, found):
                found[one[0]] = one[1]

    def _chain(
        self, owner: str, name: str | None, found: dict[str, bytes]
    ) -> Iterator[tuple[str, bytes]]:
        """A response and those before it."""
        while self._store is not None and name is not None and name not in found:
            content = self._store.load(owner, name)
            if content is None or len(found) > kept.LONGEST:
                return
            yield name, content
            name = kept.before(content)

    def _put_away(self, owner: str, shelf: Shelf) -> None:
        if self._store is None:
            return
        while shelf.kept:
            name, content = shelf.kept.popitem()
            self._store.save(owner, name, content)
        while shelf.dropped:
            self._store.drop(owner, shelf.dropped.pop())
