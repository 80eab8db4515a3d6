"""Known outages, told: to the status page and the metrics."""

import time
from typing import Any

from gigagate.hooks.calls import outages
from gigagate.hooks.runtime import Runtime


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
