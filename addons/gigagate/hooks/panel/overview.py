"""The overview's part of the panel's API: GigaChat's health, sums and charts, credentials."""

import time
from typing import Any

from mitmproxy import http

from gigagate.errors import InvalidRequest
from gigagate.hooks.about.status import Status
from gigagate.hooks.panel.door import Admin
from gigagate.hooks.panel.routes import Routes, Told, all_of, body_of
from gigagate.hooks.runtime import Runtime
from gigagate.panel.health import Gone, health
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
            ("GET", "health"): all_of(self.health_now),
            ("GET", "overview"): all_of(self.now),
            ("POST", "token/refresh"): self.refresh_token,
        }

    async def health_now(self, number: int) -> tuple[Told | None, int]:
        """{"mood", "state", "since", "detail"}: see panel/health.py."""
        reasons = (await self._status.readiness()).get("reasons", [])
        gone = [
            Gone(server.since, server.reason)
            for server in self._runtime.accounts.aways()
            if server.since is not None
        ]
        found = health(await self._state(), reasons, gone, time.time())
        return found._replace(detail=found.detail[:500])._asdict(), 0

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
