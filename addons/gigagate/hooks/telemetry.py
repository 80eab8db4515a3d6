"""Sees each finished request once and tells all who keep accounts: log, stats, metrics, events.

What the proxy answers about itself (status page, health, metrics) is no client's request and is not
counted.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from weakref import WeakSet

from mitmproxy import ctx, http
from mitmproxy.addonmanager import Loader
from mitmproxy.log import ALERT

from gigagate import routes
from gigagate.core import models
from gigagate.core.http import ANONYMOUS
from gigagate.core.report import Report
from gigagate.errors import StoreError
from gigagate.hooks import local_paths
from gigagate.hooks.answers import told
from gigagate.hooks.calls.call import UpstreamCall
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.door.budgets import Budgets
from gigagate.hooks.door.door import CLIENT
from gigagate.hooks.request_head import head_of
from gigagate.hooks.runtime import Runtime
from gigagate.settings import Settings
from gigagate.telemetry import log_line, prompts
from gigagate.telemetry.finished import CLIENT_GONE, Finished, cost
from gigagate.telemetry.json_lines import JsonLines
from gigagate.telemetry.metrics import Metrics
from gigagate.telemetry.stats import Stats
from gigagate.telemetry.stats_store import StatsStore
from gigagate.telemetry.webhook import EVENTS, SET_ASIDE, Event, Webhook, deliver
from gigagate.threads import in_thread

logger = logging.getLogger(__name__)

RECENT = 20
"""Requests the status page shows."""
SAVE_SECONDS = 10.0
VERBOSE = "gigachat_verbose"


def webhook(settings: Settings) -> Webhook | None:
    if settings.webhook is None:
        return None
    proxy = settings.upstream.ways.elsewhere(settings.webhook)
    return Webhook(settings.webhook, send=partial(deliver, proxy=proxy))


class Telemetry:
    name = "gigagate.telemetry"

    def __init__(self, runtime: Runtime, traffic: Traffic, budgets: Budgets) -> None:
        self._budgets = budgets
        self._traffic = traffic
        self._runtime = runtime
        self.stats = Stats(StatsStore(self._runtime.settings.state_dir))
        self.metrics = Metrics()
        self.recent: deque[Finished] = deque(maxlen=RECENT)
        self.listeners: list[Callable[[Finished], None]] = []
        """Told of each finished request."""
        self.in_progress: WeakSet[http.HTTPFlow] = WeakSet()
        self.saving: asyncio.Task[None] | None = None
        self.webhook: Webhook | None = None
        self.handler: logging.Handler | None = None
        """What writes the log, once mitmproxy has it."""
        self.as_text: logging.Formatter | None = None
        self._later: Callable[[Callable[[], None]], object] = _now
        self.take(self._runtime.settings)
        runtime.choices.on_set_aside = lambda: self.tell(SET_ASIDE)

    def take(self, settings: Settings) -> None:
        """Settings may change while the proxy runs."""
        self.settings = settings
        if self.webhook is None or self.webhook.url != settings.webhook:
            if self.webhook is not None:
                self.webhook.close()
            self.webhook = webhook(settings)
        self.shape_log()
        self.prices = {name.lower(): price for name, price in settings.prices.items()}
        aliases = settings.models.aliases
        known = {*models.KNOWN, *models.KNOWN_EMBEDDERS, *aliases.values(), *settings.prices}
        known |= {settings.models.default, settings.models.light, settings.models.embeddings}
        self.models: dict[str, str] = {**aliases, **{name.lower(): name for name in known}}
        """A name in lower case -> the one to count it by."""

    def load(self, loader: Loader) -> None:
        loader.add_option(VERBOSE, bool, False, "Log what was changed in each request.")
        if (termlog := ctx.master.addons.get("termlog")) is not None:
            self.handler = termlog.logger
            self.as_text = self.handler.formatter
        self.shape_log()

    def shape_log(self) -> None:
        if self.handler is not None:
            in_json = self.settings.log.format == "json"
            self.handler.formatter = JsonLines() if in_json else self.as_text

    def running(self) -> None:
        self._later = asyncio.get_running_loop().call_soon
        self.saving = asyncio.create_task(self.save_now_and_then())

    def done(self) -> None:
        if self.saving is not None:
            self.saving.cancel()
        with contextlib.suppress(StoreError):
            self.stats.save()

    async def save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            await self.save()

    async def save(self) -> None:
        try:
            await in_thread(self.stats.save, "statistics")
        except StoreError:
            pass  # told elsewhere, and tried again
        except Exception:
            logger.exception("The statistics are not saved")

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        if local_paths.of(flow.request) is None:
            self.in_progress.add(flow)

    def response(self, flow: http.HTTPFlow) -> None:
        assert flow.response is not None
        self.finish(flow, flow.response.status_code)

    def error(self, flow: http.HTTPFlow) -> None:
        """Every error of ours and of GigaChat's is an answer: here it is the client that left."""
        self.finish(flow, CLIENT_GONE)

    def finish(self, flow: http.HTTPFlow, status: int) -> None:
        if flow not in self.in_progress:
            return
        self.in_progress.discard(flow)
        call = self._traffic.calls.get(flow)
        self._later(partial(self.account, flow, call, status))

    def account(self, flow: http.HTTPFlow, call: UpstreamCall | None, status: int) -> None:
        """After the answer has been written: no client waits for it."""
        try:
            self.tell_all(flow, self.finished(flow, call, status))
        except Exception:
            logger.exception("A request is not accounted for")

    def tell_all(self, flow: http.HTTPFlow, finished: Finished) -> None:
        if self.settings is not self._runtime.settings:
            self.take(self._runtime.settings)
        self.recent.appendleft(finished)
        self.stats.count(finished)
        for listener in self.listeners:
            listener(finished)
        if finished.usage is not None:
            usage = finished.usage
            self._budgets.charge(finished.client, usage.prompt + usage.completion, finished.roubles)
        self.metrics.observe(finished)
        self.tell_admin(finished)
        self.log(flow, finished)

    def finished(self, flow: http.HTTPFlow, call: UpstreamCall | None, status: int) -> Finished:
        report = call.exchange.report if call else Report()
        request, answer = flow.request, flow.response
        model = self.model(report)
        now = time.time()
        error = report.error or _code(answer)
        first_byte = None
        if call and answer and call.exchange.wants_stream and request.timestamp_end:
            first_byte = max(0.0, answer.timestamp_start - request.timestamp_end)
        return Finished(
            time=now,
            client=(call.client if call and call.token else flow.metadata.get(CLIENT)) or ANONYMOUS,
            method=request.method,
            path=request.path.partition("?")[0],
            endpoint=report.endpoint or "other",
            api=report.api if call else "",
            dialect=report.dialect if call else routes.dialect_of(head_of(request)).name,
            operation=report.operation,
            model=model,
            status=status,
            finish_reason=report.finish_reason,
            error="client_gone" if status == CLIENT_GONE else error,
            away=self.away(error, call),
            message=report.error_message or _message(answer),
            tried=tuple(call.retries.reasons) if call else (),
            seconds=max(0.0, now - request.timestamp_start),
            first_byte_seconds=first_byte,
            queue_seconds=call.slot.waited if call and call.slot else 0.0,
            retries=len(call.retries.reasons) + (call.refused is not None) if call else 0,
            usage=report.usage,
            roubles=cost(report.usage, self.price(model)),
            messages=report.messages,
            messages_converted=report.messages_converted,
            notes=tuple(call.exchange.notes) if call else (),
        )

    def away(self, error: str | None, call: UpstreamCall | None) -> str:
        told = call.account if call else self._runtime.accounts
        servers = {"token_unavailable": told.oauth_away, "upstream_unavailable": told.away}
        server = servers.get(error or "")
        return f"away {server.since_when}" if server is not None and server.since else ""

    def model(self, report: Report) -> str | None:
        name = report.model_answered or report.model_sent or report.model_asked
        if name is None:
            return None
        return self.models.get(name.partition(":")[0].lower(), "other")

    def price(self, model: str | None) -> float:
        """Roubles for a million tokens; 0 where nobody has said."""
        name = (model or "").lower()
        if name in self.prices:
            return self.prices[name]
        return models.of(name, self.settings.models.table).price or 0

    def tell_admin(self, finished: Finished) -> None:
        if event := EVENTS.get(finished.error or ""):
            self.tell(event)

    def tell(self, event: Event) -> None:
        self.metrics.count_event(event.name)
        if self.webhook is not None:
            self.webhook.tell(event)

    def log(self, flow: http.HTTPFlow, finished: Finished) -> None:
        verbose = getattr(ctx.options, VERBOSE)
        fields = log_line.fields(finished, rewrites=verbose)
        lines = [log_line.text(finished)]
        if self.settings.log.prompts:
            reader = routes.dialect_of(head_of(flow.request)).reader
            asked = flow.request.get_content(strict=False) or b""
            answer = (flow.response and flow.response.raw_content) or b""
            fields["prompt"] = prompts.asked(reader, asked, flow.request.path)
            fields["answer"] = prompts.answered(reader, answer)
            lines += [f"  > {fields['prompt']}", f"  < {fields['answer']}"]
        if verbose:
            lines += [f"  {line}" for line in log_line.detail(finished)]
        if self.settings.log.format == "json":
            del lines[1:]
        text = "\n".join(line.replace("\n", "\n    ") for line in lines)
        logger.log(ALERT, "%s", text, extra={"fields": fields})


def _now(work: Callable[[], None]) -> None:
    work()


def _code(answer: http.Response | None) -> str | None:
    """The error's code in an answer of the proxy itself, which the exchange never saw."""
    if answer is None or answer.status_code < 400:
        return None
    error = told(answer)
    return str(answer.status_code) if error is None else error.code or error.type


def _message(answer: http.Response | None) -> str | None:
    error = told(answer)
    return None if error is None else error.message
