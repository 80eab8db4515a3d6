"""The clients' part of the panel's API: what Team does, asked over HTTP."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from mitmproxy import http

from gigagate.hooks.panel.door import Admin
from gigagate.hooks.panel.routes import Handler, Routes, Told, body_of
from gigagate.hooks.panel.team import Team
from gigagate.hooks.runtime import Runtime
from gigagate.panel.history import History
from gigagate.threads import in_thread


class ClientsPart:
    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history
        self.routes: Routes = {
            ("GET", "clients"): self.told,
            ("POST", "clients/add"): self._change(Team.add),
            ("POST", "clients/change"): self._change(Team.change),
            ("POST", "clients/rotate"): self._change(Team.rotate),
            ("POST", "clients/revoke"): self._change(Team.revoke),
        }

    async def told(self, request: http.Request, admin: Admin) -> Told:
        team = Team(self._runtime.settings)

        def now() -> Told:
            self._runtime.clients.write()
            return team.told()

        return {
            **await in_thread(now, "clients"),
            "use": await in_thread(lambda: self._history.clients(time.time()), "the panel's sums"),
        }

    def _change(self, change: Callable[[Team, Mapping[str, Any]], Told]) -> Handler:
        async def changed(request: http.Request, admin: Admin) -> Told:
            wanted, team = body_of(request), Team(self._runtime.settings)

            def now() -> Told:
                told = change(team, wanted)
                self._runtime.clients.look()
                return told

            return await in_thread(now, "clients")

        return changed
