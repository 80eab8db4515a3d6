"""Settings that change while the proxy runs: taken over whole, or not at all.

The files are looked at every other second; SIGHUP asks at once, where no terminal owns the
process.  A broken file is refused with the line that is wrong, and the old settings stay; it is
read again at each look, for it may only have been half written.
"""

import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path

from mitmproxy.log import ALERT
from mitmproxy.utils import asyncio_utils

from gigagate import file_state
from gigagate.errors import GigaGateError
from gigagate.hooks.process.option_guard import check_bound
from gigagate.hooks.runtime import Runtime
from gigagate.settings import Settings, protection

logger = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks at the files."""

FIXED = (
    "upstream",
    "authorization_key",
    "user",
    "password",
    "cert_file",
    "key_file",
    "key_file_password",
    "credentials",
    "state_dir",
    "store",
    "store_key",
    "auth_mode",
    "plain",
    "responses",
)
"""What connections, tokens and stores are built from: a change needs a restart."""


class Reload:
    name = "gigagate.reload"

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.seen = self.state_of_files()
        self.contents = self.read_files()
        self.watching: asyncio.Task[None] | None = None
        self.refused = ""
        """Why the old settings stay, though the files are others; logged once.  "" for none."""

    def running(self) -> None:
        self.watching = asyncio_utils.create_task(self.watch(), name="settings", keep_ref=True)
        if hasattr(signal, "SIGHUP") and not sys.stdin.isatty():
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.reload_anew)

    def done(self) -> None:
        if self.watching is not None:
            self.watching.cancel()

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            with contextlib.suppress(OSError):
                self.runtime.keep_ca_file()
            self.runtime.accounts.renew_certificates()
            self.look()

    def look(self) -> str:
        """Takes over what has changed since the last look, and tells what was `refused`."""
        if self.state_of_files() != self.seen:
            self.reload_anew()
        elif self.refused:
            self.reload()
        return self.refused

    def state_of_files(self) -> file_state.FileState:
        return file_state.of(self.runtime.settings.sources)

    def read_files(self) -> dict[Path, bytes]:
        return {file: _content(file) for file in self.runtime.settings.sources}

    def reload_anew(self) -> None:
        """Whatever is wrong is told, though it may be what was wrong before."""
        self.refused = ""
        self.reload()

    def reload(self) -> None:
        self.seen = self.state_of_files()
        try:
            contents = self.read_files()
            protection.check_files(self.contents, contents)
            settings = Settings.load()
            protection.check(protection.in_force(self.runtime.settings), settings)
            fixed = [
                name
                for name in FIXED
                if getattr(settings, name) != getattr(self.runtime.settings, name)
            ]
            if fixed:
                self._refuse(f"A change of {', '.join(fixed)} needs a restart")
                return
            check_bound(settings, clients=self.runtime.clients.asks)
            self.runtime.use(settings)
            self.contents = contents
        except GigaGateError as error:
            self._refuse(f"The old settings stay: {error.message}")
        except Exception:
            self._refuse("The old settings stay; the log says why.", fault=True)
        else:
            self.refused = ""
            logger.log(ALERT, "New settings are in use")

    def _refuse(self, why: str, *, fault: bool = False) -> None:
        if why != self.refused:
            logger.error("%s", why, exc_info=fault)
        self.refused = why


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
