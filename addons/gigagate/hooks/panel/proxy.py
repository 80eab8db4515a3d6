"""The part of the panel's API about the proxy itself: settings, doctor, log, the panel's link."""

import asyncio
import json
import os
import sys
from pathlib import Path

from mitmproxy import http

from gigagate import running
from gigagate.errors import InvalidRequest, NotFound
from gigagate.hooks.panel.door import Admin, PanelDoor
from gigagate.hooks.panel.routes import Look, Routes, Told, all_of
from gigagate.hooks.runtime import Runtime
from gigagate.panel import settings_in_force
from gigagate.panel.log_tail import LogTail
from gigagate.workers.folder import Member

DOCTOR_SECONDS = 90


class ProxyPart:
    def __init__(self, runtime: Runtime, door: PanelDoor, tail: LogTail, look: Look) -> None:
        self._runtime = runtime
        self._door = door
        self._tail = tail
        self._look = look
        self._worker = Member.of_environment().index if running.WORKER in os.environ else None
        self.routes: Routes = {
            ("GET", "settings"): self.settings,
            ("GET", "doctor"): self.doctor,
            ("GET", "log"): all_of(self.new_lines),
            ("GET", "link"): self.link,
        }

    async def settings(self, request: http.Request, admin: Admin) -> Told:
        refused = self._look()
        settings = self._runtime.settings
        files = [str(file) for file in settings.sources if file.is_file()]
        rows = settings_in_force.told(settings)
        return {"settings": rows, "files": files, "refused": refused}

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

    async def new_lines(self, number: int) -> tuple[Told | None, int]:
        """The lines of this process; "worker": its number, where it is one of many."""
        lines = self._tail.lines(max(0, number))
        told = {"lines": lines, "worker": self._worker}
        return (told if lines or number == 0 else None), self._tail.last or -1

    async def link(self, request: http.Request, admin: Admin) -> Told:
        """The page's path with its key, for this user's command line alone."""
        if admin.session is not None:
            raise NotFound("Only ./run.sh panel is told the link.")
        return {"path": f"/admin?token={self._door.key()}"}
