"""The part of the panel's API that lists the last requests."""

import asyncio
import contextlib

from mitmproxy import http

from gigagate.hooks.about.status import mitmweb_url
from gigagate.hooks.panel.door import Admin
from gigagate.hooks.panel.routes import Routes, Told, number_of
from gigagate.panel.requests import Requests
from gigagate.telemetry.finished import Finished

LONGEST_WAIT = 25
"""Seconds for which a question for new requests is held."""


class LastRequests:
    def __init__(self) -> None:
        self._requests = Requests()
        self._news = asyncio.Event()
        self.routes: Routes = {("GET", "requests"): self.last}

    def came(self, finished: Finished) -> None:
        """Those who wait for news get it."""
        self._requests.add(finished)
        self._news.set()
        self._news = asyncio.Event()

    async def last(self, request: http.Request, admin: Admin) -> Told:
        """Those after `after`, at once or within `wait` seconds of one; `most`: how many."""
        after = number_of(request.query.get("after"), 0)
        wait = min(number_of(request.query.get("wait"), 0), LONGEST_WAIT)
        if wait and self._requests.last <= after:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()
        if after > self._requests.last:
            after = 0  # the proxy has been started anew
        found = self._requests.after(after)
        most = number_of(request.query.get("most"), len(found))
        return {
            "requests": found[:most],
            "last": self._requests.last,
            "mitmweb": mitmweb_url(),
        }
