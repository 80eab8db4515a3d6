"""What is known to be away is not asked by everybody: a call asks here before each attempt, and
tells what became of it.
"""

import copy
import math
import time
from datetime import UTC, datetime

from gigagate.accounts.account import Account
from gigagate.errors import GigaGateError, TokenUnavailable, UpstreamUnavailable
from gigagate.hooks.calls.call import UpstreamCall
from gigagate.outage import Switch

GIGACHAT, OAUTH = "GigaChat", "OAuth"

AWAY = (UpstreamUnavailable, TokenUnavailable)
"""Failures that, with status 503, say nothing of the request."""


def check(call: UpstreamCall) -> None:
    """Raises the outage that the call would only learn of later."""
    account, now = call.account, time.monotonic()
    for switch in switches(account).values():
        if switch.known and (call.token is None or switch is account.outage) and switch.wait(now):
            raise refusal(switch, now)


def goes_out(switch: Switch) -> None:
    """An attempt does.  Raises the outage if there is one, and another probe is under way."""
    now = time.monotonic()
    if switch.known and not switch.goes(now):
        raise refusal(switch, now)


def pause(call: UpstreamCall, switch: Switch, failure: GigaGateError, began: float) -> float | None:
    """Seconds until the next attempt, as Retries.pause; None in an outage: there is none."""
    now = time.monotonic()
    granted = call.retries.pause(failure, now)
    if not isinstance(failure, AWAY) or failure.status != 503:
        return granted
    switch.failed(failure, now, began=began, gives_up=granted is None, deadline=call.retries.whole)
    if not switch.known:
        return granted
    failure.retry_after = max(failure.retry_after or 0, math.ceil(switch.wait(now)))
    return None


def told(switch: Switch, failure: GigaGateError) -> GigaGateError:
    """The failure of a probe, with the beginning of the outage."""
    if not switch.known or switch.failure is not failure:
        return failure
    said = copy.copy(failure)
    said.message = f"{failure.message} So it has been since {since(switch, time.monotonic())}."
    return said


def refusal(switch: Switch, now: float) -> GigaGateError:
    """now: of time.monotonic()."""
    failure = switch.failure or UpstreamUnavailable("It is away.")
    wait = max(1, math.ceil(switch.wait(now)))
    return type(failure)(
        f"{failure.message} So it has been since {since(switch, now)}. It is asked again in "
        f"{wait} s; until then every request gets this answer at once.",
        status=failure.status,
        code=failure.code,
        retry_after=wait,
    )


def since(switch: Switch, now: float) -> str:
    began = datetime.fromtimestamp(time.time() - (now - switch.since), UTC)
    return f"{began:%Y-%m-%d %H:%M:%S} UTC"


def switches(account: Account) -> dict[str, Switch]:
    """The name of what may be away -> its switch."""
    return {GIGACHAT: account.outage, OAUTH: account.tokens.outage}
