"""The overview's part of the panel's API: GigaChat's health, sums and charts, credentials."""

import time
from typing import Any

from mitmproxy import http

from gigagate.errors import InvalidRequest
from gigagate.hooks.about.status import Status
from gigagate.hooks.panel.door import Admin
from gigagate.hooks.panel.routes import Routes, Told, body_of
from gigagate.hooks.runtime import Runtime
from gigagate.panel.history import History
from gigagate.threads import in_thread

SHOWN = (
    "in_progress",
    "slots",
    "slots_in_use",
    "queue_length",
    "auth_mode",
    "credentials",
    "workers",
)
"""What the overview shows of the proxy's state."""


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
        told, _ = await self.health_now(0)
        return told or {}

    async def overview(self, request: http.Request, admin: Admin) -> Told:
        told, _ = await self.now(0)
        return told or {}

    async def health_now(self, number: int) -> tuple[Told | None, int]:
        """{"mood", "state": a word of the texts, "since": unix seconds or null, "detail"}.

        Green only if GigaChat has answered, the last request or a question of ours.
        """
        reasons = (await self._status.readiness()).get("reasons")
        state = await self._state()
        for outage in state["outages"]:
            since = round(time.time() - outage["seconds"])
            return _health("warn", "away", since, outage["message"]), 0
        for away in (self._runtime.accounts.away, self._runtime.accounts.oauth_away):
            if away.since is not None:
                return _health("warn", "away", round(away.since), away.reason), 0
        token = state["token"]
        unasked = token["seconds_left"] is None and token["last_error"] is None
        if reasons and not unasked:
            return _health("bad", "trouble", None, str(reasons[0])), 0
        answered = any(one["status"] == 200 for one in state["recent"][:1])
        if answered or token["seconds_left"]:
            return _health("good", "good"), 0
        return _health("calm", "waiting"), 0

    async def now(self, number: int) -> tuple[Told | None, int]:
        state = await self._state(sums=True)
        statistics = state["statistics"] or {}
        spans = await in_thread(lambda: self._history.spans(time.time()), "the panel's sums")
        told = {
            "state": {name: state[name] for name in SHOWN if name in state},
            "started": round(self._status.started),
            "spans": spans,
            "clients": statistics.get("clients", {}),
            "models": statistics.get("models", {}),
        }
        return told, 0

    async def refresh_token(self, request: http.Request, admin: Admin) -> Told:
        """The token of the credential that is named; without a name, of the first."""
        wanted = body_of(request).get("credential", "") if request.content else ""
        own = self._runtime.accounts.require_own()
        named = {account.label: account for account in self._runtime.choices}
        account = named.get(wanted) if isinstance(wanted, str) and wanted else own
        if account is None:
            raise InvalidRequest("There is no credential of that name.")
        await in_thread(account.tokens.source.refresh, "access token")
        return self._status.token()

    async def _state(self, *, sums: bool = False) -> dict[str, Any]:
        return await self._status.state("", sums=sums)


def _health(mood: str, state: str, since: int | None = None, detail: str = "") -> Told:
    """mood: "good", "warn", "bad" or "calm"."""
    return {"mood": mood, "state": state, "since": since, "detail": detail[:500]}
