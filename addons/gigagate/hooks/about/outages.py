"""Known outages, told: to the status page and the metrics."""

import time
from collections.abc import Sequence
from typing import Any

from gigagate.hooks.calls import outages
from gigagate.hooks.runtime import Runtime
from gigagate.outage import Switch


def told(runtime: Runtime) -> list[dict[str, Any]]:
    """One for each upstream that is away; of several accounts, the longest."""
    found = []
    for upstream in (outages.GIGACHAT, outages.OAUTH):
        known = _known(runtime, upstream)
        if known and (failure := known[0].failure) is not None:
            now, since = time.monotonic(), known[0].since
            found.append(
                {
                    "upstream": upstream,
                    "since": outages.since(known[0], now),
                    "seconds": round(now - since),
                    "message": failure.message,
                }
            )
    return found


def away(runtime: Runtime, upstream: str) -> bool:
    return bool(_known(runtime, upstream))


def _known(runtime: Runtime, upstream: str) -> Sequence[Switch]:
    """The longest first.  None while one of the proxy's credentials still serves: requests are
    told nothing of the others' outages then."""
    accounts = list(runtime.accounts)
    known = [outages.switches(account)[upstream] for account in accounts]
    known = [switch for switch in known if switch.known and switch.failure is not None]
    if runtime.accounts.pool and len(known) < len(accounts):
        return []
    return sorted(known, key=lambda switch: switch.since)
