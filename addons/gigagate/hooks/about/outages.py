"""Known outages, told: to the status page, /ready and the metrics; and a probe when nobody sends
requests, so that an outage does not stay known for ever.
"""

import asyncio
import time
from typing import Any

from gigagate import upstream_models
from gigagate.accounts.account import Account
from gigagate.errors import UpstreamError, UpstreamUnavailable
from gigagate.hooks.calls import outages
from gigagate.hooks.runtime import Runtime
from gigagate.threads import in_thread

PATIENCE = 2.0
"""Seconds that whoever asks waits for a probe."""


def told(runtime: Runtime) -> list[dict[str, Any]]:
    """One for each upstream that is away, of any account; of several, the longest."""
    now, found = time.monotonic(), dict[str, dict[str, Any]]()
    for account in runtime.accounts:
        for upstream, switch in outages.switches(account).items():
            if not switch.known or switch.failure is None:
                continue
            seconds = round(now - switch.since)
            if upstream not in found or found[upstream]["seconds"] < seconds:
                found[upstream] = {
                    "upstream": upstream,
                    "since": outages.since(switch, now),
                    "seconds": seconds,
                    "message": switch.failure.message,
                }
    return list(found.values())


def away(runtime: Runtime, upstream: str) -> bool:
    return any(outages.switches(account)[upstream].known for account in runtime.accounts)


async def reasons(runtime: Runtime, account: Account) -> list[str]:
    """Why a request would fail now.  GigaChat is asked for its models when a probe is due."""
    switch = account.outage
    if switch.known and switch.goes(time.monotonic()):
        probe = asyncio.ensure_future(_probe(runtime, account))
        await asyncio.wait({probe}, timeout=PATIENCE)
    if not switch.known or switch.failure is None:
        return []
    since = outages.since(switch, time.monotonic())
    return [f"{switch.failure.message} So it has been since {since}."]


async def _probe(runtime: Runtime, account: Account) -> None:
    """Never raises."""
    token, began = account.tokens.now(), time.monotonic()
    if token is None:
        return
    upstream, ca_file = runtime.settings.upstream, runtime.ca_file
    try:
        await in_thread(lambda: upstream_models.fetch(upstream, ca_file, token), "outage probe")
    except UpstreamUnavailable as failure:
        deadline = runtime.settings.deadlines.retry
        now = time.monotonic()
        account.outage.failed(failure, now, began=began, gives_up=False, deadline=deadline)
    except UpstreamError:
        pass  # nothing is known by this; the next probe is due soon
    else:
        account.outage.answered()
