"""What is told of each credential, where there are several."""

import time
from collections.abc import Callable

from gigagate.accounts.account import Account
from gigagate.accounts.pool import Pool
from gigagate.telemetry.metrics import Metrics, Values

LABEL = ("credential",)


def offer(metrics: Metrics, pool: Pool) -> None:
    """Asked for at each scrape; the only credential has the label ""."""

    def each(value: Callable[[Account], float]) -> Callable[[], Values]:
        return lambda: {(account.label,): value(account) for account in pool}

    metrics.labelled(
        "gigagate_credential_usable",
        "0: it is set aside, for GigaChat refuses it or cannot be reached with it.",
        LABEL,
        each(lambda account: pool.is_usable(account)),
    )
    metrics.labelled(
        "gigagate_credential_slots_in_use",
        "Requests that GigaChat is given now with each credential.",
        LABEL,
        each(lambda account: account.slots.in_use),
    )
    metrics.labelled(
        "gigagate_credential_token_seconds",
        "Time left of its access token; 0 without one.",
        LABEL,
        each(_token_seconds),
    )
    metrics.labelled(
        "gigagate_credential_uploads",
        "Files that are known to be uploaded with it.",
        LABEL,
        each(lambda account: len(account.uploads)),
    )
    metrics.labelled(
        "gigagate_credential_moves_total",
        "Requests that went on to another credential.",
        (*LABEL, "reason"),
        lambda: {labels: float(times) for labels, times in pool.moves.items()},
    )


def _token_seconds(account: Account) -> float:
    expires_at = account.tokens.source.status()["expires_at"]
    return 0 if expires_at is None else max(0.0, expires_at - time.time())
