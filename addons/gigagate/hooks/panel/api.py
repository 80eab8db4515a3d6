"""The panel's API: what /admin/api/… answers, as plain values.  The command line may ask it too."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from mitmproxy import http

from gigagate import home
from gigagate.core import models as model_table
from gigagate.core.policy import DEFAULT_ALIASES
from gigagate.errors import InvalidRequest, NotFound, SettingsError
from gigagate.hooks.about.status import Status, mitmweb_url
from gigagate.hooks.panel.door import Admin, PanelDoor
from gigagate.hooks.panel.team import Team
from gigagate.hooks.runtime import Runtime
from gigagate.panel import settings_in_force
from gigagate.panel.history import History
from gigagate.panel.log_tail import LogTail
from gigagate.panel.model_editor import ModelEditor
from gigagate.panel.requests import Requests
from gigagate.settings import Settings
from gigagate.settings.environment import CONFIG
from gigagate.threads import in_thread

LONGEST_WAIT = 25
"""Seconds for which a question for new requests is held."""
DOCTOR_SECONDS = 90
LARGEST = 256 * 1024
"""Bytes of a change."""

Told = Mapping[str, Any]
type _Answer = Callable[[http.Request, Admin], Awaitable[Told]]


class PanelApi:
    """Its methods give what is told as JSON.  They raise GigaGateError."""

    def __init__(
        self, runtime: Runtime, status: Status, door: PanelDoor, history: History, tail: LogTail
    ) -> None:
        self._runtime = runtime
        self._status = status
        self._door = door
        self._history = history
        self._tail = tail
        self.requests = Requests()
        self._news = asyncio.Event()
        self._routes: Mapping[tuple[str, str], _Answer] = {
            ("GET", "health"): self.health,
            ("GET", "overview"): self.overview,
            ("GET", "requests"): self.last_requests,
            ("GET", "clients"): self.clients,
            ("POST", "clients/add"): self.change_clients(Team.add),
            ("POST", "clients/change"): self.change_clients(Team.change),
            ("POST", "clients/rotate"): self.change_clients(Team.rotate),
            ("POST", "clients/revoke"): self.change_clients(Team.revoke),
            ("GET", "models"): self.models,
            ("POST", "models"): self.change_models,
            ("POST", "models/undo"): self.undo_models,
            ("GET", "settings"): self.settings,
            ("GET", "doctor"): self.doctor,
            ("GET", "log"): self.log,
            ("GET", "link"): self.link,
            ("POST", "token/refresh"): self.refresh_token,
        }

    def of(self, method: str, name: str) -> _Answer:
        """Raises NotFound."""
        if (found := self._routes.get((method, name))) is None:
            raise NotFound(f"The panel has no {method[:20]} {name[:100]}.")
        return found

    def came(self) -> None:
        """A request has been added: those who wait for news get it."""
        self._news.set()
        self._news = asyncio.Event()

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

    async def last_requests(self, request: http.Request, admin: Admin) -> Told:
        """Those after `after`, at once or within `wait` seconds of one; `most`: how many."""
        after = _number(request.query.get("after"), 0)
        wait = min(_number(request.query.get("wait"), 0), LONGEST_WAIT)
        if wait and self.requests.last <= after:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()
        if after > self.requests.last:
            after = 0  # the proxy has been started anew
        found = self.requests.after(after)
        most = _number(request.query.get("most"), len(found))
        return {
            "requests": found[:most],
            "last": self.requests.last,
            "mitmweb": mitmweb_url(),
        }

    async def clients(self, request: http.Request, admin: Admin) -> Told:
        return await in_thread(Team(self._runtime.settings).told, "clients")

    def change_clients(self, change: Callable[[Team, Mapping[str, Any]], Told]) -> _Answer:
        async def changed(request: http.Request, admin: Admin) -> Told:
            wanted, team = _json(request), Team(self._runtime.settings)

            def now() -> Told:
                told = change(team, wanted)
                self._runtime.clients.look()
                return told

            return await in_thread(now, "clients")

        return changed

    async def models(self, request: http.Request, admin: Admin) -> Told:
        settings = self._runtime.settings
        own = {
            alias: model
            for alias, model in settings.models.aliases.items()
            if DEFAULT_ALIASES.get(alias) != model
        }
        listed = [
            str(one.get("id")) for account in self._runtime.accounts for one in account.models.last
        ]
        names = dict.fromkeys([*listed, *model_table.KNOWN, *model_table.KNOWN_EMBEDDERS])
        return {
            "default": settings.models.default,
            "light": settings.models.light,
            "embeddings": settings.models.embeddings,
            "aliases": own,
            "known": [_known(name, settings) for name in names],
            "file": str(_config_file(settings)),
            "can_undo": self._editor().can_undo,
        }

    async def change_models(self, request: http.Request, admin: Admin) -> Told:
        wanted, editor = _json(request), self._editor()
        return await _saved(lambda: editor.change(wanted))

    async def undo_models(self, request: http.Request, admin: Admin) -> Told:
        return await _saved(self._editor().undo)

    async def settings(self, request: http.Request, admin: Admin) -> Told:
        settings = self._runtime.settings
        files = [str(file) for file in settings.sources if file.is_file()]
        return {"settings": settings_in_force.told(settings), "files": files}

    async def doctor(self, request: http.Request, admin: Admin) -> Told:
        """What ./run.sh doctor finds: [{"what", "fine": true, false or null, "told"}]."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gigagate",
            "doctor",
            "--json",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[3])},
        )
        try:
            async with asyncio.timeout(DOCTOR_SECONDS):
                out, _ = await process.communicate()
            return {"findings": json.loads(out)}
        except (TimeoutError, ValueError):
            raise InvalidRequest("doctor did not finish: try ./run.sh doctor.") from None
        finally:
            if process.returncode is None:
                process.kill()

    async def log(self, request: http.Request, admin: Admin) -> Told:
        return {"lines": self._tail.lines()}

    async def link(self, request: http.Request, admin: Admin) -> Told:
        """The page's path with its key, for this user's command line alone."""
        if admin.session is not None:
            raise NotFound("Only ./run.sh panel is told the link.")
        return {"path": f"/admin?token={self._door.key()}"}

    async def refresh_token(self, request: http.Request, admin: Admin) -> Told:
        own = self._runtime.accounts.require_own()
        await in_thread(own.tokens.source.refresh, "access token")
        return self._status.token()

    async def _state(self, request: http.Request, *, sums: bool = True) -> dict[str, Any]:
        return await self._status.state(f"http://{request.host_header}/v1", sums=sums)

    def _editor(self) -> ModelEditor:
        return ModelEditor(_config_file(self._runtime.settings), _check)


async def _saved(change: Callable[[], None]) -> Told:
    """Raises InvalidRequest: whoever asks for the change can mend it."""
    try:
        await in_thread(change, "settings")
    except SettingsError as error:
        raise InvalidRequest(error.message) from None
    return {"saved": True}


def _known(name: str, settings: Settings) -> Told:
    model = model_table.of(name, settings.models.table)
    return {
        "name": name,
        "context_window": model.context_window,
        "max_output": model.max_output,
        "pictures": model.pictures,
        "price": settings.prices.get(name, model.price),
    }


def _config_file(settings: Settings) -> Path:
    return next(
        (file for file in settings.sources if file.suffix in (".yaml", ".yml")),
        home.folder(os.environ) / "config" / "gigachat.yaml",
    )


def _check(candidate: Path) -> None:
    """Raises SettingsError: by the code that reads the settings at the start."""
    Settings.load(environ={**os.environ, CONFIG: str(candidate)})


def _json(request: http.Request) -> Mapping[str, Any]:
    try:
        wanted = json.loads((request.content or b"")[:LARGEST])
    except (ValueError, RecursionError):
        raise InvalidRequest("A change is a JSON object.") from None
    if not isinstance(wanted, dict):
        raise InvalidRequest("A change is a JSON object.")
    return wanted


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 16 else default
