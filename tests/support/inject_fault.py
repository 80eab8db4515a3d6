"""An addon for tests: makes one function of the proxy raise, for the connections made meanwhile.

The file named by FAULT_FILE holds "module:Class.method" or "module:function", or nothing; beside
it stands what is in force.  Loaded before the proxy's own script: of scripts, mitmproxy calls none
behind one that fails.
"""

import importlib
import inspect
import os
from pathlib import Path
from typing import Any

FAULT_FILE = Path(os.environ["FAULT_FILE"])


class InjectFault:
    def __init__(self) -> None:
        self.original: tuple[Any, str, Any] | None = None

    def client_connected(self, client: object) -> None:
        if self.original is not None:
            setattr(*self.original)
            self.original = None
        fault = FAULT_FILE.read_text().strip()
        if fault:
            self.inject(fault)
        FAULT_FILE.with_suffix(".in-force").write_text(fault)

    def inject(self, fault: str) -> None:
        module, _, path = fault.partition(":")
        owner: Any = importlib.import_module(module)
        *parents, name = path.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        function = getattr(owner, name)
        self.original = (owner, name, function)

        def plain(*args: Any, **kwargs: Any) -> Any:
            raise RuntimeError(f"injected into {fault}")

        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            raise RuntimeError(f"injected into {fault}")

        raising: Any = coroutine if inspect.iscoroutinefunction(function) else plain
        if hasattr(function, "__wrapped__"):  # the fault is in the hook, not in its guard
            guard = importlib.import_module("gigagate.hooks.fail_closed")
            raising = guard.fail_closed(raising)
        setattr(owner, name, raising)


addons = [InjectFault()]
