"""mitmproxy's own command line (`:` in the console, the command bar of mitmweb).

What takes time answers in the event log.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from mitmproxy import command, ctx
from mitmproxy.log import ALERT

from gigagate.errors import GigaGateError
from gigagate.hooks.about.question import Question
from gigagate.hooks.about.status import Status
from gigagate.hooks.runtime import Runtime
from gigagate.telemetry import summary
from gigagate.threads import in_thread

logger = logging.getLogger(__name__)


class Commands:
    name = "gigagate.commands"

    def __init__(self, runtime: Runtime, status: Status) -> None:
        self.runtime = runtime
        self._status = status
        self.tasks: set[asyncio.Task[None]] = set()

    @command.command("gigachat.status")
    def status(self) -> None:
        """Tell the proxy's state in the event log: token, requests, addresses."""
        self.tell(self.status_text())

    @command.command("gigachat.stats")
    def stats(self) -> None:
        """Tell what was counted in the event log: requests, tokens, rewrites."""
        self.tell(self.stats_text())

    @command.command("gigachat.token.refresh")
    def refresh_token(self) -> None:
        """Get a new access token."""
        self.tell(self.refreshed_text())

    @command.command("gigachat.models")
    def models(self) -> None:
        """Tell in the event log which models GigaChat has."""
        self.tell(self.models_text())

    def tell(self, text: Coroutine[Any, Any, str]) -> None:
        task = asyncio.create_task(_log(text))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def status_text(self) -> str:
        host, port, *_ = ctx.master.addons.get("proxyserver").listen_addrs()[0]
        return summary.status(await self._status.state(f"http://{host}:{port}/v1"))

    async def stats_text(self) -> str:
        return summary.statistics(await self._status.statistics())

    async def refreshed_text(self) -> str:
        await in_thread(self.runtime.accounts.refresh_tokens, "access token")
        return f"A new access token, {summary.token(self._status.token())}"

    async def models_text(self) -> str:
        self.runtime.accounts.require_own()
        question = Question(self.runtime)
        return "\n\n".join(
            [
                "\n".join([*([one.label] if one.label else []), *await question.models(one)])
                for one in self.runtime.accounts.pool
            ]
        )


async def _log(text: Coroutine[Any, Any, str]) -> None:
    try:
        logger.log(ALERT, "%s", await text)
    except GigaGateError as error:
        logger.warning("%s", error.message)
