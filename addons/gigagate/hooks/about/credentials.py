"""What is told of each of the proxy's own credentials: to the panel, to the metrics."""

import time
from collections.abc import Callable
from typing import Any

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


def told(pool: Pool) -> list[dict[str, Any]]:
    """Each as this process knows it; "problem": why it is not used or does not work, or ""."""
    return [
        {
            "name": account.label,
            "usable": pool.is_usable(account),
            "problem": _problem(pool, account),
            "slots": account.slots.limit,
            "slots_in_use": account.slots.in_use,
            "queue_length": account.slots.waiting,
            "expires_at": account.tokens.source.status()["expires_at"],
            "models": list(account.serves),
        }
        for account in pool
    ]


def _problem(pool: Pool, account: Account) -> str:
    for switch in (account.outage, account.tokens.outage):
        if switch.failure is not None:  # and nothing has been answered since
            return switch.failure.message
    if not pool.is_usable(account):
        return account.aside.reason
    return account.tokens.source.status()["last_error"] or ""


def _token_seconds(account: Account) -> float:
    expires_at = account.tokens.source.status()["expires_at"]
    return 0 if expires_at is None else max(0.0, expires_at - time.time())
