"""What is told of each of the proxy's own credentials: to people, to the panel, to the metrics."""

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from gigagate.accounts.account import Account
from gigagate.accounts.pool import Pool
from gigagate.telemetry.metrics import Metrics, Values

LABEL = ("credential",)
_REFUSALS: Mapping[str, str] = {
    "rejected": "GigaChat rejects it.",
    "exhausted": "The tokens paid for are used up.",
    "unreachable": "GigaChat cannot be reached with it.",
    "failing": "GigaChat fails with it.",
}
"""Why one is set aside, where nothing more exact is known."""


def told(pool: Pool) -> list[dict[str, Any]]:
    """Each as this process knows it, without secrets; the only one's name is "".

    "problem": why it is not used or does not work, or "".
    """
    return [_told(pool, account) for account in pool]


def token(account: Account) -> dict[str, Any]:
    """The state of its access token, and not the token."""
    status = account.tokens.source.status()
    expires_at = status["expires_at"]
    left = None if expires_at is None else max(0, round(expires_at - time.time()))
    return {**status, "seconds_left": left}


def problem(pool: Pool, account: Account) -> str:
    """What is wrong as far as it is known."""
    for switch in (account.outage, account.tokens.outage):
        if switch.failure is not None:  # and nothing has been answered since
            return switch.failure.message
    if failed := account.tokens.failure():
        return failed
    reason = account.aside.reason if pool.seconds_aside(account) else ""
    return account.away.problem or _REFUSALS.get(reason, reason)


def _told(pool: Pool, account: Account) -> dict[str, Any]:
    certificate = account.certificate
    return {
        "name": account.label,
        "usable": pool.is_usable(account),
        "problem": problem(pool, account),
        "again_in_seconds": math.ceil(pool.seconds_aside(account)),
        "models": list(account.serves),
        "lacks_models": sorted(pool.lacks(account)),
        "slots": account.slots.limit,
        "slots_in_use": account.slots.in_use,
        "queue_length": account.slots.waiting,
        "token": token(account),
        "certificate_days": None if certificate is None else math.floor(certificate.days_left()),
    }


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
        each(lambda account: token(account)["seconds_left"] or 0),
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
