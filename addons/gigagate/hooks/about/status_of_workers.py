"""What a worker tells: of all workers, from the folder they share."""

import logging
import os
import time
from collections.abc import Sequence
from typing import Any

from gigagate.hooks.about import credentials, outages
from gigagate.hooks.about.status import Status
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.telemetry import RECENT, Telemetry
from gigagate.threads import in_thread
from gigagate.workers import sums as of_workers
from gigagate.workers.folder import Folder, Left, Member
from gigagate.workers.snapshot import Snapshot

logger = logging.getLogger(__name__)


class StatusOfWorkers(Status):
    def __init__(
        self, runtime: Runtime, telemetry: Telemetry, traffic: Traffic, member: Member
    ) -> None:
        super().__init__(runtime, telemetry, traffic)
        self.index = member.index
        self.folder = Folder(member.folder)
        self.shared = self.folder.shared()
        self.started = self.shared.started
        self.past = self.folder.past(member.index)
        self.url = ""
        """Known once the worker listens."""
        self.failing = False

    def publish(self, reasons: Sequence[str]) -> None:
        """`reasons`: why a request would fail now."""
        try:
            self.folder.publish(self.snapshot(reasons))
            self.failing = False
        except OSError as error:
            if not self.failing:
                logger.warning("The other workers hear nothing of this one: %s", error)
            self.failing = True

    def snapshot(self, reasons: Sequence[str]) -> Snapshot:
        return Snapshot(
            index=self.index,
            pid=os.getpid(),
            made=time.monotonic(),
            url=self.url,
            reasons=reasons,
            numbers=self.numbers(),
            token=self.token(),
            credentials=credentials.told(self.runtime.choices),
            outages=outages.told(self.runtime),
            recent=self.recent(),
            metrics=self._telemetry.metrics.text().decode(),
            past=self.past,
        )

    async def all(self, reasons: Sequence[str]) -> Left:
        self.publish(reasons)
        return await in_thread(lambda: self.folder.all(self.shared.wanted), "snapshots")

    async def metrics(self) -> bytes:
        left = await self.all(await self.ready.known_reasons())
        return await in_thread(lambda: of_workers.metrics(left), "metrics")

    async def readiness(self) -> dict[str, Any]:
        left = await self.all(await self.ready.reasons_against())
        return of_workers.readiness(left, self.shared.wanted, time.monotonic())

    async def state(self, base_url: str, *, sums: bool = True) -> dict[str, Any]:
        own = await super().state(base_url, sums=sums)
        left = await self.all(await self.ready.known_reasons())
        return of_workers.state(own, left, self.shared.wanted, RECENT)
