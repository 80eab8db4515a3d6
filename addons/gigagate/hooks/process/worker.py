"""What is different in a proxy that is one worker of many."""

import asyncio
import logging
import os

from mitmproxy import ctx
from mitmproxy.addonmanager import Loader
from mitmproxy.utils import asyncio_utils

from gigagate.errors import SettingsError
from gigagate.hooks.about import greeting
from gigagate.hooks.about.status_of_workers import StatusOfWorkers
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.process.shutdown import Shutdown
from gigagate.hooks.process.startup import give_up
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.telemetry import Telemetry
from gigagate.plural import counted
from gigagate.settings import protection
from gigagate.workers import not_shared
from gigagate.workers.folder import Member

logger = logging.getLogger(__name__)

RENEW = 1.0
"""Seconds after which the others hear of this worker again, and its statistics are saved."""


class Worker:
    name = "gigagate.process"

    def __init__(
        self, runtime: Runtime, telemetry: Telemetry, traffic: Traffic, shutdown: Shutdown
    ) -> None:
        self.runtime = runtime
        self._telemetry = telemetry
        self.shutdown = shutdown
        self.member = Member.of_environment()
        self.status = StatusOfWorkers(runtime, telemetry, traffic, self.member)
        self.shared = self.status.shared
        self.keys = self.shared.keys
        self.speaks_for_all = self.member.port is None
        """The first of them tells the person at the terminal what concerns all."""
        self.telling: asyncio.Task[None] | None = None

    def load(self, loader: Loader) -> None:
        for option in not_shared.REASONS:
            if getattr(ctx.options, option):
                give_up(not_shared.refusal(option))
        try:
            protection.check(self.shared.protections, self.runtime.settings)
        except SettingsError as error:
            give_up(error)

    def running(self) -> None:
        self.status.url = greeting.url_of_proxy()
        if self.speaks_for_all:
            greeting.greet(self.runtime, f", {counted(self.shared.wanted, 'worker')}")
        self.status.publish(())
        self.telling = asyncio_utils.create_task(self.tell(), name="worker", keep_ref=True)

    def done(self) -> None:
        if self.telling is not None:
            self.telling.cancel()
            self.status.publish(())

    async def tell(self) -> None:
        abandoned = False
        while True:
            await asyncio.sleep(RENEW)
            try:
                self.status.publish(await self.status.ready.known_reasons())
                await self._telemetry.save()
            except Exception:
                logger.exception("The other workers hear nothing of this one")
            if os.getppid() != self.shared.supervisor and not abandoned:
                abandoned = True
                self.shutdown.terminate()
