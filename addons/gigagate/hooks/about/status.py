"""What the proxy can tell about itself: to the status page, the command line and mitmproxy."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from mitmproxy import ctx

from gigagate import __version__
from gigagate.errors import StoreError
from gigagate.hooks.about import credentials, outages
from gigagate.hooks.about.question import Question
from gigagate.hooks.about.readiness import Readiness
from gigagate.hooks.calls.outages import GIGACHAT, OAUTH
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.telemetry import Telemetry
from gigagate.telemetry import log_line
from gigagate.telemetry.metrics import Metrics
from gigagate.threads import in_thread
from gigagate.tokens import source as token_source

NO_TOKEN: token_source.TokenStatus = {
    "expires_at": None,
    "source": None,
    "last_error": None,
    "oauth_calls": 0,
}
"""The token's state in a proxy without a key of its own."""


class Status:
    """`base_url` is as the one who asks has reached us."""

    def __init__(self, runtime: Runtime, telemetry: Telemetry, traffic: Traffic) -> None:
        self.runtime = runtime
        self._telemetry = telemetry
        self.started = time.time()
        self.ready = Readiness(runtime, traffic, Question(runtime).models)
        self.offer(telemetry.metrics)

    def offer(self, metrics: Metrics) -> None:
        """What is asked for at each scrape."""
        accounts, upstream = self.runtime.accounts, self.runtime.settings.upstream
        in_progress = self._telemetry.in_progress
        gauges: tuple[tuple[str, str, Callable[[], float]], ...] = (
            (
                "gigagate_requests_in_progress",
                "Requests without their whole answer.",
                lambda: len(in_progress),
            ),
            (
                "gigagate_slots",
                "Requests GigaChat is given at a time; where clients bring keys, for each.",
                self.slots,
            ),
            ("gigagate_slots_in_use", "Of them, by this proxy.", self.slots_in_use),
            ("gigagate_queue_length", "Requests waiting for a slot.", self.queue_length),
            (
                "gigagate_store_away",
                "1: the store that processes share fails, and this one goes on alone.",
                lambda: any(account.slots.alone for account in accounts),
            ),
            (
                "gigagate_upstream_away",
                "1: GigaChat is known to be away, and requests are answered so at once.",
                lambda: outages.away(self.runtime, GIGACHAT),
            ),
            (
                "gigagate_oauth_away",
                "1: the same of OAuth, for requests that need a new token.",
                lambda: outages.away(self.runtime, OAUTH),
            ),
            (
                "gigagate_access_token_seconds",
                "Time left of the access token; 0 without one.",
                lambda: self.token()["seconds_left"] or 0,
            ),
            (
                "gigagate_tls_verified",
                "0: GigaChat's certificate is not checked (GIGACHAT_VERIFY_SSL_CERTS).",
                lambda: upstream.verify,
            ),
        )
        for name, about, value in gauges:
            metrics.gauge(name, about, value)
        credentials.offer(metrics, self.runtime.choices)
        metrics.counter(
            "gigagate_oauth_calls",
            "Calls of this proxy to OAuth.",
            accounts.oauth_calls,
        )

    def slots(self) -> int:
        """All credentials' together; where clients bring their keys, those of each."""
        limits = [account.slots.limit for account in self.runtime.accounts.pool]
        return sum(limits) or self.runtime.settings.slots

    def slots_in_use(self) -> int:
        return sum(account.slots.in_use for account in self.runtime.accounts)

    def queue_length(self) -> int:
        return sum(account.slots.waiting for account in self.runtime.accounts)

    def numbers(self) -> dict[str, int]:
        return {
            "in_progress": len(self._telemetry.in_progress),
            "slots_in_use": self.slots_in_use(),
            "queue_length": self.queue_length(),
        }

    def recent(self) -> list[dict[str, Any]]:
        return [
            {"time": finished.time, **log_line.fields(finished, rewrites=False)}
            for finished in self._telemetry.recent
        ]

    def token(self) -> dict[str, Any]:
        own = self.runtime.accounts.own
        return credentials.token(own) if own else {**NO_TOKEN, "seconds_left": None}

    async def readiness(self) -> dict[str, Any]:
        """What GET /ready tells: "reasons" are there only if it is not ready."""
        reasons = await self.ready.reasons_against()
        return {"status": "not ready", "reasons": reasons} if reasons else {"status": "ready"}

    async def metrics(self) -> bytes:
        return self._telemetry.metrics.text()

    async def statistics(self) -> dict[str, Any]:
        """Raises StoreError."""
        return await in_thread(self._telemetry.stats.summary, "statistics")

    async def state(self, base_url: str, *, sums: bool = True) -> dict[str, Any]:
        """sums: the statistics too, for which the store is read."""
        settings = self.runtime.settings
        statistics: dict[str, Any] | None = None
        if sums:
            with contextlib.suppress(StoreError):
                statistics = await self.statistics()
        return {
            "service": "GigaGate",
            "version": __version__,
            "base_url": base_url,
            "uptime_seconds": round(time.time() - self.started),
            "upstream": settings.upstream.base_url,
            "scope": settings.upstream.scope,
            "tls_verified": settings.upstream.verify,
            "default_model": settings.models.default,
            "light_model": settings.models.light,
            "slots": self.slots(),
            **self.numbers(),
            "client_keys": self.runtime.asks_for_keys,
            "auth_mode": settings.auth_mode,
            "token": self.token(),
            "credentials": credentials.told(self.runtime.choices),
            "outages": outages.told(self.runtime),
            "mitmweb": mitmweb_url(),
            "statistics": statistics,
            "problems": self.ready.problems(),
            "recent": self.recent(),
        }


def mitmweb_url() -> str | None:
    """Without its token, which is in the terminal."""
    if "web_port" not in ctx.options:
        return None
    return f"http://{ctx.options.web_host}:{ctx.options.web_port}/"
