"""What Prometheus is told.

Names and labels are OpenTelemetry's semantic conventions for generative AI where they have one
(their dots become underscores, their unit a suffix), and begin with gigagate_ otherwise.  Every
label has a bounded set of values, and none holds a prompt or a key.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from gigagate import __version__
from gigagate.core.pivot import Usage
from gigagate.telemetry.finished import Finished

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

OPERATIONS = frozenset({"embeddings"})
"""Those with a gen_ai.operation.name of their own; a model's other work is "chat"."""
OPERATION = ("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model")
PROVIDER = "gigachat"

SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
FIRST_TOKEN_SECONDS = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5),
    *(0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)
TOKEN_SECONDS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
TOKENS = tuple(4**power for power in range(11))
"""The buckets that the conventions advise; of tokens, as far as GigaChat's contexts reach."""


type Values = Mapping[tuple[str, ...], float]
"""Values of labels -> the number."""


class Metrics:
    def __init__(self) -> None:
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        prometheus_client.ProcessCollector(registry=registry)
        Info("gigagate", "This proxy.", registry=registry).info({"version": __version__})

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(name, about, labels, registry=registry)

        def counters(name: str, about: str, *labels: str) -> Callable[..., Counter]:
            """One for each combination of labels; looking it up is most of the work, so once."""
            return functools.cache(counter(name, about, *labels).labels)

        def histograms(
            name: str, about: str, buckets: tuple[float, ...], *labels: str
        ) -> Callable[..., Histogram]:
            return functools.cache(
                Histogram(name, about, labels, buckets=buckets, registry=registry).labels
            )

        self._duration = histograms(
            "gen_ai_server_request_duration_seconds",
            "From a request's first byte to the last one of its answer.",
            SECONDS,
            *OPERATION,
            "error_type",
        )
        self._first_token = histograms(
            "gen_ai_server_time_to_first_token_seconds",
            "From a request's last byte until its streamed answer began.",
            FIRST_TOKEN_SECONDS,
            *OPERATION,
        )
        self._token_time = histograms(
            "gen_ai_server_time_per_output_token_seconds",
            "Between two tokens of a streamed answer, on average.",
            TOKEN_SECONDS,
            *OPERATION,
        )
        self._token_usage = histograms(
            "gen_ai_client_token_usage",
            "Tokens of one request (input, those found in the cache included) and of its answer.",
            TOKENS,
            *OPERATION,
            "gen_ai_token_type",
        )

        by_client = ("client", "model")
        self._requests = counters(
            "gigagate_requests",
            "Requests ended.",
            *by_client,
            *("dialect", "endpoint", "api", "status"),
        )
        self._errors = counters(
            "gigagate_errors", "Requests that failed, by the error's code.", "code", "dialect"
        )
        self._tokens = counters(
            "gigagate_tokens", "Tokens: prompt, of them cached, completion.", *by_client, "type"
        )
        self._roubles = counters(
            "gigagate_roubles", "Cost by the prices in the settings.", *by_client
        )
        self._messages = counter("gigagate_messages", "Messages that clients sent.")
        self._converted = counter(
            "gigagate_messages_converted", "Messages that GigaChat does not take as they are."
        )
        self._rewrites = counters("gigagate_rewrites", "Changes made to requests.", "kind")
        self._retries = counter("gigagate_retries", "Requests to GigaChat that were repeated.")
        self._queue = counter("gigagate_queue_seconds", "Time spent waiting for a slot.")
        self._events = counters("gigagate_events", "Troubles an admin must know of.", "event")

    def gauge(self, name: str, about: str, value: Callable[[], float]) -> None:
        """`value` is asked at each scrape."""
        Gauge(name, about, registry=self.registry).set_function(value)

    def counter(self, name: str, about: str, value: Callable[[], float]) -> None:
        """A `gauge` of what only grows."""
        self.registry.register(_Counted(name, about, value))

    def labelled(
        self, name: str, about: str, labels: Sequence[str], values: Callable[[], Values]
    ) -> None:
        """A `gauge` for each set of labels; a name that ends in _total is a counter."""
        self.registry.register(_Labelled(name, about, labels, values))

    def count_event(self, event: str) -> None:
        self._events(event).inc()

    def observe(self, finished: Finished) -> None:
        by_client = (finished.client, finished.model or "")
        asked = (finished.dialect, finished.endpoint, finished.api, str(finished.status))
        self._requests(*by_client, *asked).inc()
        if finished.error:
            self._errors(finished.error, finished.dialect).inc()
        _add(self._messages, finished.messages)
        _add(self._converted, finished.messages_converted)
        for note in finished.notes:
            self._rewrites(note.kind).inc()
        _add(self._retries, finished.retries)
        _add(self._queue, finished.queue_seconds)
        if finished.usage:
            for kind, amount in finished.usage._asdict().items():
                _add(self._tokens(*by_client, kind), amount)
            _add(self._roubles(*by_client), finished.roubles)
        if finished.model:
            self._observe_model(finished, finished.model)

    def _observe_model(self, finished: Finished, model: str) -> None:
        done = finished.operation if finished.operation in OPERATIONS else "chat"
        operation = (done, PROVIDER, model)
        self._duration(*operation, finished.error or "").observe(finished.seconds)
        if usage := finished.usage:
            self._token_usage(*operation, "input").observe(usage.prompt)
            self._token_usage(*operation, "output").observe(usage.completion)
        if finished.first_byte_seconds is not None:
            self._first_token(*operation).observe(finished.first_byte_seconds)
            if usage and usage.completion > 1 and not finished.error:
                self._token_time(*operation).observe(_per_token(finished, usage))

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _Counted(Collector):
    """A counter that somebody else keeps."""

    def __init__(self, name: str, about: str, value: Callable[[], float]) -> None:
        self._name, self._about, self._value = name, about, value

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(self._name, self._about, value=self._value())


class _Labelled(Collector):
    def __init__(
        self, name: str, about: str, labels: Sequence[str], values: Callable[[], Values]
    ) -> None:
        self._name, self._about, self._labels, self._values = name, about, labels, values

    def collect(self) -> Iterator[Metric]:
        counts = self._name.endswith("_total")
        kind = CounterMetricFamily if counts else GaugeMetricFamily
        family = kind(self._name.removesuffix("_total"), self._about, labels=self._labels)
        for labels, value in self._values().items():
            family.add_metric(labels, value)
        yield family


def _add(counter: Counter, amount: float) -> None:
    """Nothing is added in most requests, and even that takes a lock."""
    if amount:
        counter.inc(amount)


def _per_token(finished: Finished, usage: Usage) -> float:
    assert finished.first_byte_seconds is not None
    return max(0.0, finished.seconds - finished.first_byte_seconds) / (usage.completion - 1)
