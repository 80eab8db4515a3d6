"""At the start GigaChat is asked at once, beside everything else: does it take the key?

Who has pasted a wrong key reads so in the terminal, not in the client half an hour later.
"""

import asyncio
import logging

from mitmproxy.log import ALERT

from gigagate.errors import CredentialError, GigaGateError, UpstreamUnavailable
from gigagate.hooks.about.question import Question
from gigagate.hooks.runtime import Runtime

logger = logging.getLogger(__name__)


class FirstLook:
    name = "gigagate.first_look"

    def __init__(self, runtime: Runtime, question: Question) -> None:
        self.runtime = runtime
        self.question = question
        self.looking: asyncio.Task[None] | None = None

    def running(self) -> None:
        if self.runtime.settings.check_at_start and self.runtime.accounts.own is not None:
            self.looking = asyncio.create_task(self.look())

    def done(self) -> None:
        if self.looking is not None:
            self.looking.cancel()

    async def look(self) -> None:
        try:
            models = await self.question.models()
        except (CredentialError, UpstreamUnavailable):
            return  # told where it was found out
        except GigaGateError as error:
            logger.warning("%s", error.message)
            return
        except Exception:
            logger.exception("GigaChat was not asked")
            return
        count = len(models)
        logger.log(ALERT, "GigaChat accepts the key, %d model%s", count, "s" * (count != 1))
