"""A call that one credential cannot serve goes on to another, unread or before its client has seen
anything; or, where no credential helps, to a model that stands in for the one asked.
"""

import logging
import re

from gigagate.accounts.pool import Pool
from gigagate.core.name_patterns import among
from gigagate.errors import (
    CredentialsRejected,
    GigaGateError,
    NoSlot,
    TokenUnavailable,
    UpstreamError,
    UpstreamRateLimited,
)
from gigagate.hooks.calls import files, outages
from gigagate.hooks.calls.call import UpstreamCall
from gigagate.hooks.calls.slots import CallSlots
from gigagate.hooks.runtime import Runtime
from gigagate.retries import PERHAPS_CARRIED_OUT

logger = logging.getLogger(__name__)

BUSY, REJECTED, EXHAUSTED = "busy", "rejected", "exhausted"
SWITCHED_OFF, UNREACHABLE, NOT_THERE = "switched_off", "unreachable", "not_there"
FAILED = "failed"

_FILE_IDS = re.compile(rb'"attachments"\s*:\s*\[\s*"')
_CODES = {
    "insufficient_quota": EXHAUSTED,
    "model_unavailable": SWITCHED_OFF,
    "model_not_found": NOT_THERE,
    "upstream_credentials_rejected": REJECTED,
}
FALLS_BACK = frozenset({"model_unavailable", "model_not_found", "rate_limit_exceeded"})
"""Codes of errors after which another model is asked."""


class Moving:
    def __init__(self, runtime: Runtime, slots: CallSlots) -> None:
        self._runtime = runtime
        self._slots = slots

    def choose(self, call: UpstreamCall) -> None:
        """The account for a call that has just been translated."""
        pool = self._pool(call)
        if pool is None:
            return
        account = pool.choose(conversation(call), call.exchange.report.model_sent)
        if account is not call.account:
            call.use(account)

    def pause(self, call: UpstreamCall, error: GigaGateError) -> float | None:
        """Seconds until another attempt, of whichever account or model; None: there is none."""
        if self.move_on(call, error):
            return 0.0
        pause = outages.pause(call, call.account.outage, error, call.tried)
        if pause is None:
            return 0.0 if self.fall_back(call, error) else None
        if error.status in PERHAPS_CARRIED_OUT:
            self.move_on(call, error, repeats=True)
        call.unable.clear()
        return pause

    def move_on(self, call: UpstreamCall, error: GigaGateError, *, repeats: bool = False) -> bool:
        """Whether another account is to be tried; the call is made ready for it.

        repeats: it is to be repeated anyway, though it may have been carried out.
        """
        pool = self._pool(call)
        reason = FAILED if repeats else _reason(call, error)
        if pool is None or reason is None:
            return False
        account, model = call.account, call.exchange.report.model_sent
        call.unable.add(account)
        if reason in (SWITCHED_OFF, NOT_THERE):
            pool.does_without(account, model)
        elif reason == FAILED:
            pool.failed(account)
        elif reason in (REJECTED, EXHAUSTED, UNREACHABLE):
            pool.set_aside(account, reason)
        other = pool.another(call.unable, model, free=reason == BUSY)
        if other is None:
            return False
        self._slots.leave(call)
        call.use(other)
        files.attach_known(call)
        try:
            if call.has_fetched:
                self._slots.enter(call)
        except NoSlot:
            return False
        pool.moves[account.label, reason] += 1
        if reason not in (BUSY, FAILED):  # a busy moment does not end a conversation's stay
            pool.stays(conversation(call), other)
        logger.info("From the credential %s to %s: %s", account.label, other.label, reason)
        return True

    def fall_back(self, call: UpstreamCall, error: GigaGateError) -> bool:
        """Whether another model is to be asked; the call is translated for it."""
        model = call.exchange.report.model_sent
        if model is None or error.code not in FALLS_BACK or isinstance(error, NoSlot):
            return False
        fallback = self._runtime.settings.models.fallback
        if call.fallbacks is None:
            base = model.partition(":")[0]
            others = dict.fromkeys(fallback.get(model, fallback.get(base, ())))
            others.pop(model, None)
            may_use = self._runtime.clients.may_use(call.client)
            call.fallbacks = [one for one in others if among(one, may_use)]
        if not call.fallbacks:
            return False
        other = call.fallbacks.pop(0)
        try:
            call.request = call.exchange.fall_back(model, other)
        except GigaGateError:  # what the one model takes, the other need not
            return False
        call.unable.clear()
        pool = self._pool(call)
        account = pool.choose(conversation(call), other) if pool is not None else call.account
        try:
            if account is not call.account:
                self._slots.leave(call)
                call.use(account)
                self._slots.enter(call)
            call.file_ids = None
            files.attach_known(call)
        except NoSlot:
            return False
        logger.info("The model %s in place of %s: %s", other, model, error.code)
        return True

    def _pool(self, call: UpstreamCall) -> Pool | None:
        """None where there is nothing to choose."""
        pool = self._runtime.choices
        return pool if len(pool) > 1 and not call.account.name else None


def conversation(call: UpstreamCall) -> str:
    """What stays with one account.  Files, and what names them, stay with their client's."""
    operation = call.exchange.report.operation
    session = call.request.headers.get("X-Session-ID")
    if session is None or operation.startswith("file") or _FILE_IDS.search(call.request.body):
        return f"client\0{call.client}"
    return session


def _reason(call: UpstreamCall, error: GigaGateError) -> str | None:
    """Why another account may help; None if it would not."""
    if isinstance(error, NoSlot):
        return None
    if (reason := _CODES.get(error.code or "")) is not None:
        return reason
    if isinstance(error, CredentialsRejected):
        return REJECTED
    if isinstance(error, UpstreamRateLimited):
        return BUSY
    if error.status == 503 and isinstance(error, UpstreamError | TokenUnavailable):
        return UNREACHABLE
    if error.status == 404 and call.exchange.report.operation.startswith("file"):
        return NOT_THERE
    return None
