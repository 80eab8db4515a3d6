"""The overview's part of the panel's API: GigaChat's health, sums and charts, the token."""

import time
from typing import Any

from mitmproxy import http

from gigagate.hooks.about.status import Status
from gigagate.hooks.panel.door import Admin
from gigagate.hooks.panel.routes import Routes, Told
from gigagate.hooks.runtime import Runtime
from gigagate.panel.history import History
from gigagate.threads import in_thread


class Overview:
    def __init__(self, runtime: Runtime, status: Status, history: History) -> None:
        self._runtime = runtime
        self._status = status
        self._history = history
        self.routes: Routes = {
            ("GET", "health"): self.health,
            ("GET", "overview"): self.overview,
            ("POST", "token/refresh"): self.refresh_token,
        }

    async def health(self, request: http.Request, admin: Admin) -> Told:
        """{"mood": "good", "warn", "bad" or "calm", "state": a word of the texts, "detail"}."""
        state = await self._state(request, sums=False)
        for outage in state["outages"]:
            return {"mood": "warn", "state": "away", "detail": str(outage["since"])}
        for away in (self._runtime.accounts.away, self._runtime.accounts.oauth_away):
            if away.since is not None:
                return {"mood": "warn", "state": "away", "detail": away.since_when}
        readiness = await self._status.readiness()
        if reasons := readiness.get("reasons"):
            return {"mood": "bad", "state": "trouble", "detail": str(reasons[0])[:200]}
        answered = any(one["status"] == 200 for one in state["recent"][:1])
        if answered or state["token"]["seconds_left"]:
            return {"mood": "good", "state": "good", "detail": ""}
        return {"mood": "calm", "state": "waiting", "detail": ""}

    async def overview(self, request: http.Request, admin: Admin) -> Told:
        state = await self._state(request)
        statistics = state.pop("statistics") or {}
        del state["recent"]
        spans = await in_thread(lambda: self._history.spans(time.time()), "the panel's sums")
        return {
            "state": state,
            "spans": spans,
            "clients": statistics.get("clients", {}),
            "models": statistics.get("models", {}),
        }

    async def refresh_token(self, request: http.Request, admin: Admin) -> Told:
        own = self._runtime.accounts.require_own()
        await in_thread(own.tokens.source.refresh, "access token")
        return self._status.token()

    async def _state(self, request: http.Request, *, sums: bool = True) -> dict[str, Any]:
        return await self._status.state(f"http://{request.host_header}/v1", sums=sums)
