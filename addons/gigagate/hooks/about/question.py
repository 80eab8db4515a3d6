"""A small question to GigaChat that no client has asked: does it take our key, and what has it?"""

import time

from gigagate import upstream_models
from gigagate.accounts.account import Account
from gigagate.errors import GigaGateError, TokenUnavailable, UpstreamRejected, UpstreamUnavailable
from gigagate.hooks.runtime import Runtime
from gigagate.outage import Switch
from gigagate.threads import in_thread
from gigagate.tokens import AccessToken


class Question:
    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    async def models(self, account: Account) -> list[str]:
        """GigaChat's names of its models.  What comes of it, the account's switches are told.

        Raises GigaGateError.
        """
        tokens, began = account.tokens, time.monotonic()
        try:
            token = await tokens.get()
            try:
                return await self._list(account, token)
            except UpstreamRejected:  # perhaps an old token, from the store
                return await self._list(account, await tokens.replace(token))
        except TokenUnavailable as error:
            self._failed(tokens.outage, error, began)
            raise
        except UpstreamUnavailable as error:
            self._failed(account.outage, error, began)
            raise

    async def _list(self, account: Account, token: AccessToken) -> list[str]:
        """Raises UpstreamError."""
        upstream, ca_file = account.upstream, self.runtime.ca_file
        names = await in_thread(
            lambda: upstream_models.fetch(upstream, ca_file, token, account.certificate), "models"
        )
        account.outage.answered()
        return names

    def _failed(self, switch: Switch, error: GigaGateError, began: float) -> None:
        now, deadline = time.monotonic(), self.runtime.settings.deadlines.retry
        switch.failed(error, now, began=began, gives_up=False, deadline=deadline)
