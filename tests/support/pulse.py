"""Whether a proxy goes on answering /health while it is treated badly.

What /health waits for is counted in seconds of the proxy's own work, which a machine that is busy
with other things does not lengthen: a loop that is held up works all the while.
"""

import threading
from types import TracebackType

import psutil
import requests
from tests.support.proxy import Proxy

EVERY = 0.05
LONGEST = 1.0
"""Seconds of the proxy's work between the question and its answer."""


class Pulse:
    """`with Pulse(proxy):` asks all the while, and in the end whether each was answered soon."""

    def __init__(self, proxy: Proxy) -> None:
        self._url = f"{proxy.url}/health"
        self._process = psutil.Process(proxy.process.pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.waited: list[float] = []
        self.faults: list[str] = []

    def __enter__(self) -> "Pulse":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        if error is None:
            assert self.faults == []
            assert self.waited, "nobody asked"
            assert max(self.waited) < LONGEST

    def _ask(self) -> None:
        while not self._ended.wait(EVERY):
            before = self._work()
            try:
                answer = requests.get(self._url, timeout=60)
            except requests.RequestException as fault:
                self.faults.append(repr(fault))
                return
            self.waited.append(self._work() - before)
            if answer.status_code != 200:
                self.faults.append(answer.text)

    def _work(self) -> float:
        """Seconds, of all threads."""
        times = self._process.cpu_times()
        return float(times.user + times.system)
