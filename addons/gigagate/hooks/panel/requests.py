"""The part of the panel's API that lists the last requests."""

import asyncio

from mitmproxy import http

from gigagate.hooks.about.status import mitmweb_url
from gigagate.hooks.panel.door import Admin
from gigagate.hooks.panel.routes import Routes, Told, number_of
from gigagate.panel.requests import Requests
from gigagate.telemetry.finished import Finished
from gigagate.threads import in_thread


class LastRequests:
    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._news: asyncio.Event | None = None
        self.routes: Routes = {("GET", "requests"): self.last}

    def came(self, finished: Finished) -> None:
        self._requests.add(finished)
        if self._news is not None:
            self._news.set()
            self._news = None

    def news(self) -> asyncio.Event:
        """Set when the next request has ended in this process."""
        self._news = self._news or asyncio.Event()
        return self._news

    async def after(self, number: int) -> Told:
        found = await in_thread(lambda: self._requests.after(number), "requests")
        return {"requests": found.rows, "last": found.last, "mitmweb": mitmweb_url()}

    async def new(self, number: int) -> tuple[Told | None, int]:
        """At first all, even if there are none."""
        told = await self.after(max(0, number))
        return (told if told["requests"] or number == 0 else None), told["last"] or -1

    async def last(self, request: http.Request, admin: Admin) -> Told:
        """Those after the number `after`; `most`: how many."""
        told = await self.after(number_of(request.query.get("after"), 0))
        most = number_of(request.query.get("most"), len(told["requests"]))
        return {**told, "requests": told["requests"][:most]}
