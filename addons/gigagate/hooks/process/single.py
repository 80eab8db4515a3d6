"""The one process of a proxy: it says itself where it runs, and what it tells is all there is."""

import logging
import os
import time

from gigagate import running
from gigagate.hooks.about import greeting
from gigagate.hooks.about.status import Status
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.telemetry import Telemetry
from gigagate.running import Keys, Running

logger = logging.getLogger(__name__)


class Single:
    name = "gigagate.process"
    speaks_for_all = True

    def __init__(self, runtime: Runtime, telemetry: Telemetry, traffic: Traffic) -> None:
        self.runtime = runtime
        self.keys = Keys.new()
        self.status = Status(runtime, telemetry, traffic)

    def running(self) -> None:
        here = Running(os.getpid(), greeting.url_of_proxy(), time.time(), self.keys.command_line)
        try:
            running.announce(self.runtime.settings.state_dir, here)
        except OSError as error:
            logger.warning("./run.sh status will not find this proxy: %s", error.strerror)
        greeting.greet(self.runtime)

    def done(self) -> None:
        running.withdraw(self.runtime.settings.state_dir, os.getpid())
