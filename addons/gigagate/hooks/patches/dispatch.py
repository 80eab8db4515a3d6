"""Events reach the addons that handle them, and only those.

mitmproxy asks each of some three dozen addons at every event whether it has a handler, and asks
again for the `update` that follows; that was half of its time for a request.  The answer is the
same until an addon comes or goes, or an option changes (the order of scripts is one), so it is
remembered.  Who is called, in what order, and what happens to their errors stays as it was.
"""

import functools
import inspect
import logging
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

from mitmproxy import exceptions, flow, hooks
from mitmproxy.addonmanager import AddonManager, traverse

from gigagate.hooks.patches.idle_addons import is_idle

logger = logging.getLogger(__name__)

type _Calls = Generator[Awaitable[None]]
"""Calls handler after handler, and gives what must be awaited before the next."""


class Dispatch:
    def __init__(self, manager: AddonManager) -> None:
        self._manager = manager
        self._handling: dict[str, list[list[object]]] = {}
        """Event name -> the addons with a handler for it, in mitmproxy's order.

        Those that came with the same addon are one list, as all scripts are: when one of them
        fails, mitmproxy does not call the rest of it."""

    def install(self) -> None:
        for name in ("register", "remove", "clear"):
            setattr(self._manager, name, self._forgetting(getattr(self._manager, name)))
        self._manager.handle_lifecycle = self.handle_lifecycle  # type: ignore[method-assign]
        self._manager.trigger_event = self.trigger_event  # type: ignore[method-assign]
        self._manager.trigger = self.trigger  # type: ignore[method-assign]

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        if (rest := self.begin(event)) is not None:
            await rest

    async def trigger_event(self, event: hooks.Hook) -> None:
        calls = self._calls(event.name, event.args())
        if (waited_for := next(calls, None)) is not None:
            await _rest(calls, waited_for)

    def begin(self, event: hooks.Hook) -> Coroutine[Any, Any, None] | None:
        """Calls the handlers, as far as that goes without waiting; None if that is all."""
        calls = self._lifecycle(event)
        waited_for = next(calls, None)
        return None if waited_for is None else _rest(calls, waited_for)

    def _lifecycle(self, event: hooks.Hook) -> _Calls:
        arguments = event.args()
        yield from self._calls(event.name, arguments)
        if self.handles(hooks.UpdateHook.name) and isinstance(arguments[0], flow.Flow):
            yield from self._calls(hooks.UpdateHook.name, [[arguments[0]]])

    def _calls(self, name: str, arguments: list[Any]) -> _Calls:
        for family in self._handling_of(name):
            try:
                for addon in family:
                    result = getattr(addon, name)(*arguments)
                    if result is not None and inspect.isawaitable(result):
                        yield result
            except exceptions.AddonHalt:
                return
            except exceptions.OptionsError:
                raise
            except Exception as error:
                logger.exception("Addon error: %s", error)

    def trigger(self, event: hooks.Hook) -> None:
        """The same for the few events that are not asynchronous, every log line among them."""
        if self.handles(event.name):
            AddonManager.trigger(self._manager, event)
        if event.name == hooks.ConfigureHook.name:
            self._handling.clear()

    def handles(self, name: str) -> bool:
        return bool(self._handling_of(name))

    def _handling_of(self, name: str) -> list[list[object]]:
        handling = self._handling.get(name)
        if handling is None:
            handling = self._handling[name] = self._find(name)
        return handling

    def _find(self, name: str) -> list[list[object]]:
        families = (
            [
                addon
                for addon in traverse([first])
                if (handler := getattr(addon, name, None))
                and not isinstance(handler, types.ModuleType)
                and not is_idle(addon, name, self._manager.master.options)
            ]
            for first in self._manager.chain
        )
        return [family for family in families if family]

    def _forgetting[**P, R](self, change: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(change)
        def changed(*args: Any, **kwargs: Any) -> R:
            try:
                return change(*args, **kwargs)
            finally:
                self._handling.clear()

        return changed


async def _rest(calls: _Calls, waited_for: Awaitable[None]) -> None:
    try:
        while True:
            try:
                await waited_for
            except Exception as error:
                waited_for = calls.throw(error)
            else:
                waited_for = next(calls)
    except StopIteration:
        pass
