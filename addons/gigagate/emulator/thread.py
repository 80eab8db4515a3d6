"""An emulator in a thread of its own, for tests that are not asynchronous."""

import asyncio
import tempfile
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Self

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator


class EmulatorThread(Emulator):
    """An Emulator that runs as long as a `with` block.

    Its log may be read, and faults, script, switches and tokens changed, from any thread.  Without
    `state_dir` the CA lives in a temporary directory.
    """

    def __init__(
        self,
        config: EmulatorConfig = EmulatorConfig(),  # noqa: B008 - immutable
        *,
        tls: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
        state_dir: Path | None = None,
    ) -> None:
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        if state_dir is None:
            self._temporary = tempfile.TemporaryDirectory("-gigagate-emulator")
            state_dir = Path(self._temporary.name)
        super().__init__(config, tls=tls, host=host, port=port, state_dir=state_dir)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="emulator", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._run(self.start())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._run(self.stop())
        finally:
            self._end()

    def _run(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        if self._temporary:
            self._temporary.cleanup()
