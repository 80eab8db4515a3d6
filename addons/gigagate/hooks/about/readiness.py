"""Whether a request would fail now, and why.  Wrong settings have ended the start."""

import asyncio
import time

from gigagate.errors import CredentialError
from gigagate.hooks.about import outages
from gigagate.hooks.runtime import Runtime

PATIENCE = 2.0
"""Seconds to wait for a first token."""
PAUSE = 30.0
"""Seconds between attempts to get one."""


class Readiness:
    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.asked_for_token_at = 0.0

    async def known_reasons(self) -> list[str]:
        """When nobody asks: a token is asked for only after an attempt has failed, by a request or
        a question, so that the failure does not stay when there are none any more."""
        own = self.runtime.accounts.own
        if self.runtime.ready and own is not None:
            source = own.tokens.source
            if source.current() is not None or source.status()["last_error"] is None:
                return await outages.reasons(self.runtime, own)
        return await self.reasons_against()

    async def reasons_against(self) -> list[str]:
        """Without a token, one is asked for now and then: nobody else might ask as long as a
        balancer sends no requests here."""
        if not self.runtime.ready:
            return ["The proxy is starting or ending."]
        if self.runtime.accounts.own is None:
            return []
        tokens = self.runtime.accounts.own.tokens
        if tokens.now() is not None:
            return await outages.reasons(self.runtime, self.runtime.accounts.own)
        now = time.monotonic()
        if not self.asked_for_token_at or now - self.asked_for_token_at > PAUSE:
            self.asked_for_token_at = now
            try:
                await asyncio.wait_for(tokens.get(), PATIENCE)
                return []
            except CredentialError as error:
                return [error.message]
            except TimeoutError:
                pass
        return [tokens.source.status()["last_error"] or "No access token yet."]
