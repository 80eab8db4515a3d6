"""serve --workers N: starts N processes of the plain serve, and starts those again that die.

The first one alone finds out whether the settings are right and the port is free; the others follow
once it listens.  Each has a process group of its own, so that Ctrl-C reaches this process only and
them through it.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Sequence

from gigagate import running
from gigagate.errors import SettingsError
from gigagate.running import Keys, Running
from gigagate.settings import Settings, protection
from gigagate.telemetry.json_lines import JsonLines
from gigagate.workers import not_shared
from gigagate.workers.folder import Folder, Member, SharedFacts

logger = logging.getLogger(__name__)

YOUNG = 30.0
"""Seconds: a worker that dies sooner may well do so again."""
SHORTEST, LONGEST = 1.0, 30.0
"""Seconds before it is started again."""
PATIENCE = 25.0
"""Seconds that the end may take; a worker takes 20 to finish its answers."""
LOOK = 0.05
"""Seconds between two looks whether the first worker listens."""
WRONG_SETTINGS = 2


def main(settings: Settings, count: int, arguments: Sequence[str]) -> int:
    """`arguments` of serve, without --workers.  Raises SettingsError."""
    if not hasattr(socket, "SO_REUSEPORT"):
        raise SettingsError("--workers: this system cannot share a port among processes.")
    not_shared.check(arguments)
    _log_as_workers_do(settings)
    protections = tuple(protection.in_force(settings))
    shared = SharedFacts(os.getpid(), count, time.time(), Keys.new(), protections)
    try:
        folder = Folder.make(settings.state_dir, shared)
    except OSError as error:
        raise SettingsError(f"--workers: {error}") from error
    try:
        return asyncio.run(Supervisor(settings, shared, folder, arguments).run())
    finally:
        running.withdraw(settings.state_dir, os.getpid())
        folder.remove()


class Supervisor:
    def __init__(
        self, settings: Settings, shared: SharedFacts, folder: Folder, arguments: Sequence[str]
    ) -> None:
        self.settings = settings
        self.shared = shared
        self.folder = folder
        self.arguments = arguments
        self.workers: dict[int, Process] = {}
        self.ending = asyncio.Event()
        self.exit_code = 0

    async def run(self) -> int:
        """The exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end, number)
        if not sys.stdin.isatty():  # otherwise the terminal has gone
            loop.add_signal_handler(signal.SIGHUP, self.reload)
        first = await self.start(1, None)
        url = await self.listening(first)
        if url is None:
            code = 0 if self.ending.is_set() else await first.wait()
            return code if code >= 0 else 1
        here = Running(os.getpid(), url, self.shared.started, self.shared.keys.command_line)
        running.announce(self.settings.state_dir, here)
        port = int(url.rpartition(":")[2])
        others = {
            index: await self.start(index, port) for index in range(2, self.shared.wanted + 1)
        }
        workers = {1: first, **others}.items()
        await asyncio.gather(*(self.keep(index, worker, port) for index, worker in workers))
        return self.exit_code

    async def start(self, index: int, port: int | None) -> Process:
        """`port`: None for the first one.  Raises OSError."""
        worker = self.workers[index] = await self.spawn(Member(self.folder.path, index, port))
        if self.ending.is_set():
            _send(worker, signal.SIGTERM)
        return worker

    async def spawn(self, member: Member) -> Process:
        self.folder.share(self.shared)
        command = [sys.executable, "-m", "gigagate", "serve", *self.arguments]
        environment = {**os.environ, **member.environment()}
        return await asyncio.create_subprocess_exec(
            *command, env=environment, stdin=DEVNULL, process_group=0
        )

    async def listening(self, first: Process) -> str | None:
        """Its address; None if it has ended."""
        while first.returncode is None:
            if snapshot := self.folder.started(1, first.pid):
                return snapshot.url
            await asyncio.sleep(LOOK)
        return None

    async def keep(self, index: int, worker: Process, port: int) -> None:
        """Until the end."""
        first, pause = True, 0.0
        while True:
            began = time.monotonic()
            code = await worker.wait()
            if self.ending.is_set():
                return
            if first and code == WRONG_SETTINGS:
                self.exit_code = WRONG_SETTINGS
                self.end(signal.SIGTERM)
                return
            first = False
            young = time.monotonic() - began < YOUNG
            pause = min(max(2 * pause, SHORTEST), LONGEST) if young else SHORTEST
            logger.warning(
                "Worker %d (process %d) %s. It is started again in %g s.",
                index,
                worker.pid,
                _how(code),
                pause,
            )
            again = await self.start_in(pause, index, port)
            if again is None:
                return
            worker = again

    async def start_in(self, pause: float, index: int, port: int) -> Process | None:
        """None at the end."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ending.wait(), pause)
                return None
            try:
                return await self.start(index, port)
            except OSError as error:
                logger.warning("Worker %d cannot be started: %s", index, error)
                pause = LONGEST

    def end(self, number: signal.Signals) -> None:
        """The end as of a single process: answers finish at SIGTERM, a second one cuts them."""
        if not self.ending.is_set():
            self.ending.set()
            asyncio.get_running_loop().call_later(PATIENCE, self.send, signal.SIGKILL)
        self.send(number)

    def reload(self) -> None:
        """One that does not listen yet reads the settings anyway, and would die of the signal."""
        for index, worker in self.workers.items():
            if self.folder.started(index, worker.pid):
                _send(worker, signal.SIGHUP)

    def send(self, number: signal.Signals) -> None:
        """One that does not listen yet would answer SIGINT with a traceback."""
        for index, worker in self.workers.items():
            early = number == signal.SIGINT and not self.folder.started(index, worker.pid)
            _send(worker, signal.SIGTERM if early else number)


def _send(worker: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        worker.send_signal(number)


def _how(code: int) -> str:
    return f"ended with {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"


def _log_as_workers_do(settings: Settings) -> None:
    handler = logging.StreamHandler(sys.stdout)
    as_text = logging.Formatter("[%(asctime)s.%(msecs)03d] %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonLines() if settings.log.format == "json" else as_text)
    logger.addHandler(handler)
