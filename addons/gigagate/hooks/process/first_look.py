"""At the start GigaChat is asked at once, beside everything else: does it take each key?

Who has pasted a wrong key reads so in the terminal, not in the client half an hour later.
"""

import asyncio
import logging

from mitmproxy.log import ALERT

from gigagate.accounts.account import Account
from gigagate.errors import CredentialError, GigaGateError, UpstreamUnavailable
from gigagate.hooks.about.question import Question
from gigagate.hooks.runtime import Runtime
from gigagate.plural import counted

logger = logging.getLogger(__name__)


class FirstLook:
    name = "gigagate.first_look"

    def __init__(self, runtime: Runtime, question: Question) -> None:
        self.runtime = runtime
        self.question = question
        self.looking: asyncio.Task[None] | None = None

    def running(self) -> None:
        if self.runtime.settings.check_at_start and self.runtime.accounts.pool:
            self.looking = asyncio.create_task(self.look())

    def done(self) -> None:
        if self.looking is not None:
            self.looking.cancel()

    async def look(self) -> None:
        await asyncio.gather(*map(self.ask, self.runtime.accounts.pool))

    async def ask(self, account: Account) -> None:
        try:
            models = await self.question.models(account)
        except (CredentialError, UpstreamUnavailable):
            return  # told where it was found out
        except GigaGateError as error:
            logger.warning("%s", error.message)
            return
        except Exception:
            logger.exception("GigaChat was not asked")
            return
        what = f"credential {account.label}" if account.label else "key"
        models_told = counted(len(models), "model")
        logger.log(ALERT, "GigaChat accepts the %s, %s", what, models_told)
