"""Whether a request would fail now, and why.  Wrong settings have ended the start."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from gigagate.accounts.account import Account
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.retries import LONGEST_PAUSE

PATIENCE = 2.0
"""Seconds to wait for an answer to a question of ours; what takes longer is told of."""
PAUSE = 30.0
"""Seconds between two questions."""

type Ask = Callable[[], Awaitable[object]]


class Readiness:
    def __init__(self, runtime: Runtime, traffic: Traffic, ask: Ask) -> None:
        """ask: GigaChat something small.  Raises GigaGateError."""
        self.runtime = runtime
        self._traffic = traffic
        self._ask = ask
        self.asked_at = 0.0

    async def known_reasons(self) -> list[str]:
        """When nobody asks us: GigaChat is asked only after an attempt has failed, by a request or
        a question, so that the failure does not stay when there are none any more."""
        if not self.runtime.ready or self._has_failed():
            return await self.reasons_against()
        return self.problems()

    async def reasons_against(self) -> list[str]:
        """Without a token, or while GigaChat is away, it is asked now and then: nobody else might
        ask as long as a balancer sends no requests here."""
        if not self.runtime.ready:
            return ["The proxy is starting or ending."]
        own = self.runtime.accounts.own
        if own is None:
            return self.problems()
        if self._is_due(own, time.monotonic()):
            await self._question()
        problems = self.problems()
        if not problems and own.tokens.now() is None:
            return [own.tokens.source.status()["last_error"] or "No access token yet."]
        return problems

    async def _question(self) -> None:
        """What comes of it is known to whoever keeps account of it."""
        question = asyncio.ensure_future(self._ask())
        question.add_done_callback(_seen)
        await asyncio.wait({question}, timeout=PATIENCE)

    def _is_due(self, own: Account, now: float) -> bool:
        """Whether we ask: where requests under way try anyway, they find it out."""
        switch = own.outage
        if switch.known:
            return switch.goes(now)
        nobody_tries = switch.failure is not None and now - switch.failed_at > LONGEST_PAUSE + 1
        if own.tokens.now() is not None and not nobody_tries:
            return False
        if self.asked_at and now - self.asked_at < PAUSE:
            return False
        self.asked_at = now
        return True

    def _has_failed(self) -> bool:
        own = self.runtime.accounts.own
        if self.runtime.accounts.away.since is not None:
            return True
        if own is None or own.tokens.source.current() is not None:
            return False
        return own.tokens.source.status()["last_error"] is not None

    def problems(self) -> list[str]:
        """What is wrong as far as it is known, also while the first attempt still hangs."""
        found = []
        own, upstream = self.runtime.accounts.own, self.runtime.settings.upstream
        now = time.monotonic()
        if away := self.runtime.accounts.oauth_away.problem:
            found.append(away)
        elif own is not None and own.tokens.source.current() is None:
            if failed := own.tokens.source.status()["last_error"]:
                found.append(failed)
            elif (asked := own.tokens.asked_at) is not None and now - asked > PATIENCE:
                found.append(
                    f"The server of access tokens ({upstream.auth_url}) has not answered for "
                    f"{now - asked:.0f} s."
                )
        longest = now - min(self._traffic.connecting.values(), default=now)
        if away := self.runtime.accounts.away.problem:
            found.append(away)
        elif longest > PATIENCE:
            host = upstream.host_header
            found.append(f"GigaChat at {host} has not taken a connection for {longest:.0f} s.")
        return found


def _seen(question: "asyncio.Future[object]") -> None:
    """Its failure has been kept account of; asyncio need not say that nobody looked at it."""
    if not question.cancelled():
        question.exception()
