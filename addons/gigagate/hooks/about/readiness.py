"""Whether a request would fail now, and why.  Wrong settings have ended the start.

Of several credentials one that serves is enough: what is wrong with others is told beside it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain

from gigagate.accounts.account import Account
from gigagate.hooks.about import credentials
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.wire.account_connection import leads_to
from gigagate.retries import LONGEST_PAUSE

PATIENCE = 2.0
"""Seconds to wait for an answer to a question of ours; what takes longer is told of."""
PAUSE = 30.0
"""Seconds between two questions."""

type Ask = Callable[[Account], Awaitable[object]]


class Readiness:
    def __init__(self, runtime: Runtime, traffic: Traffic, ask: Ask) -> None:
        """ask: GigaChat something small, as an account.  Raises GigaGateError."""
        self.runtime = runtime
        self._traffic = traffic
        self._ask = ask
        self._asked_at: dict[Account, float] = {}

    async def known_reasons(self) -> list[str]:
        """The reasons against it, told without being asked for.

        GigaChat is asked only after a failed attempt, so that a failure is taken back although no
        request comes any more.
        """
        if not self.runtime.ready or any(map(_has_failed, self.runtime.accounts.pool)):
            return await self.reasons_against()
        return self.problems()

    async def reasons_against(self) -> list[str]:
        """Without a token, or while GigaChat is away, it is asked now and then: nobody else might
        ask as long as a balancer sends no requests here."""
        if not self.runtime.ready:
            return ["The proxy is starting or ending."]
        pool = self.runtime.accounts.pool
        if not any(map(self._serves, pool)):
            now = time.monotonic()
            await self._question([one for one in pool if self._is_due(one, now)])
        problems = self.problems()
        if problems or not pool or any(one.tokens.now() is not None for one in pool):
            return problems
        told = (one.tokens.failure() or "No access token yet." for one in pool)
        return list(dict.fromkeys(told))

    async def _question(self, accounts: Sequence[Account]) -> None:
        """What comes of it is known to whoever keeps account of it."""
        questions = [asyncio.ensure_future(self._ask(one)) for one in accounts]
        for question in questions:
            question.add_done_callback(_seen)
        if questions:
            await asyncio.wait(questions, timeout=PATIENCE)

    def _serves(self, account: Account) -> bool:
        usable = self.runtime.choices.is_usable(account)
        return usable and account.tokens.now() is not None and account.outage.failure is None

    def _is_due(self, account: Account, now: float) -> bool:
        """Whether we ask: where requests under way try anyway, they find it out."""
        switch = account.outage
        if switch.known:
            return switch.goes(now)
        nobody_tries = switch.failure is not None and now - switch.failed_at > LONGEST_PAUSE + 1
        if account.tokens.now() is not None and not nobody_tries:
            return False
        if now - self._asked_at.get(account, float("-inf")) < PAUSE:
            return False
        self._asked_at[account] = now
        return True

    def problems(self) -> list[str]:
        """What is wrong as far as it is known, also while the first attempt still hangs."""
        found = [self._problems_of(one) for one in self.runtime.accounts.pool or (None,)]
        return list(dict.fromkeys(chain(*found))) if all(found) else []

    def _problems_of(self, own: Account | None) -> list[str]:
        """None: of whatever key a client brings."""
        found = []
        told = own or self.runtime.accounts
        upstream = own.upstream if own is not None else self.runtime.settings.upstream
        now = time.monotonic()
        if away := told.oauth_away.problem:
            found.append(away)
        elif own is not None and own.tokens.source.current() is None:
            if failed := own.tokens.failure():
                found.append(failed)
            elif (asked := own.tokens.asked_at) is not None and now - asked > PATIENCE:
                found.append(
                    f"The server of access tokens ({upstream.auth_url}) has not answered for "
                    f"{now - asked:.0f} s."
                )
        connecting = self._traffic.connecting.items()
        longest = now - min((at for way, at in connecting if leads_to(way, upstream)), default=now)
        if away := told.away.problem:
            found.append(away)
        elif longest > PATIENCE:
            host = upstream.host_header
            found.append(f"GigaChat at {host} has not taken a connection for {longest:.0f} s.")
        choices = self.runtime.choices
        if own is not None and not found and choices.seconds_aside(own):
            why = credentials.problem(choices, own)
            found.append(f"The credential {own.label} is set aside: {why}")
        return found


def _has_failed(account: Account) -> bool:
    return account.away.since is not None or account.tokens.failure() is not None


def _seen(question: "asyncio.Future[object]") -> None:
    """Its failure has been kept account of; asyncio need not say that nobody looked at it."""
    if not question.cancelled():
        question.exception()
