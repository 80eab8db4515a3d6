import random

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from tests.support.finished import finished

from gigagate.telemetry.metrics import Metrics
from gigagate.telemetry.metrics_sum import NO_SUMS, add_up, keep


def process(requests: int = 1, **more: object) -> Metrics:
    metrics = Metrics()
    metrics.gauge("gigagate_requests_in_progress", "Requests.", lambda: 2)
    for _ in range(requests):
        metrics.observe(finished(**more))
    return metrics


def text_of(metrics: Metrics) -> str:
    return metrics.text().decode()


def gauge(name: str, value: float) -> str:
    return f"# HELP {name} About.\n# TYPE {name} gauge\n{name} {value}\n"


def counter(name: str, value: float) -> str:
    return f"# HELP {name}_total About.\n# TYPE {name}_total counter\n{name}_total {value!r}\n"


def families(text: bytes | str) -> dict[str, Metric]:
    if isinstance(text, bytes):
        text = text.decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(text: bytes, name: str, **labels: str) -> float:
    return sum(
        sample.value
        for family in families(text).values()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def numbers(family: Metric) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *map(str, sorted(sample.labels.items()))): sample.value
        for sample in family.samples
    }


def test_of_one_process_nothing_is_changed() -> None:
    text = text_of(process(requests=3, seconds=0.1))
    assert add_up([text]) == text.encode()


def test_two_processes_tell_what_one_would_have_told() -> None:
    one, other = process(3), process(4, client="anna", status=503, error="upstream_unavailable")
    both = process(3)
    for _ in range(4):
        both.observe(finished(client="anna", status=503, error="upstream_unavailable"))
    told, expected = families(add_up([text_of(one), text_of(other)])), families(text_of(both))
    assert list(told) == list(expected)
    for name, family in expected.items():
        assert (told[name].type, told[name].documentation) == (family.type, family.documentation)
        if not name.startswith("process_") and name != "gigagate_requests_in_progress":
            assert numbers(told[name]) == pytest.approx(numbers(family))


def test_counters_of_the_dead_count_and_their_gauges_do_not() -> None:
    told = add_up([text_of(process(3))], [text_of(process(4, client="anna"))])
    assert value(told, "gigagate_requests_total") == 7
    assert value(told, "gigagate_requests_total", client="anna") == 4
    assert value(told, "gen_ai_server_request_duration_seconds_count") == 7
    assert value(told, "gigagate_requests_in_progress") == 2


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("gigagate_requests_in_progress", (2, 3), 5),
        ("gigagate_slots_in_use", (1, 2), 3),
        ("gigagate_queue_length", (1, 0), 1),
        ("process_resident_memory_bytes", (1000, 2000), 3000),
        ("process_open_fds", (10, 11), 21),
        ("gigagate_slots", (10, 10), 10),
        ("gigagate_store_away", (0, 1), 1),
        ("gigagate_upstream_away", (0, 1), 1),
        ("gigagate_oauth_away", (1, 0), 1),
        ("gigagate_access_token_seconds", (0, 1700), 1700),
        ("gigagate_tls_verified", (1, 0), 0),
        ("gigagate_info", (1, 1), 1),
        ("process_start_time_seconds", (2000, 1000), 1000),
    ],
)
def test_a_gauge_is_a_sum_only_where_a_sum_means_something(
    name: str, values: tuple[float, ...], expected: float
) -> None:
    assert value(add_up(gauge(name, number) for number in values), name) == expected


def test_every_exception_is_a_gauge_that_a_proxy_has_or_its_system_gives() -> None:
    names = "slots", "store_away", "upstream_away", "oauth_away", "access_token_seconds"
    of_credentials = "credential_usable", "credential_token_seconds"
    more = (*names, *of_credentials, "tls_verified")
    status_gauges = {f"gigagate_{name}" for name in more}
    there = families(text_of(process())).keys() | status_gauges
    assert there >= {name for name in NO_SUMS if not name.startswith("process_")}


def test_what_is_kept_of_many_dead_is_what_they_counted() -> None:
    texts = [text_of(process(requests)) for requests in (1, 2, 3)]
    kept = keep([keep(texts[:2]), texts[2]])
    assert value(add_up([], [kept]), "gigagate_requests_total") == 6
    assert "process_open_fds" not in kept
    assert "gigagate_requests_in_progress" not in kept


def test_no_death_lets_a_sum_fall_by_its_last_digit() -> None:
    """However the summands are grouped."""
    dice = random.Random(1)
    for _ in range(300):
        numbers = [dice.uniform(0, 10 ** dice.randint(-3, 3)) for _ in range(5)]
        a, b, c, d, e = (counter("seconds", number) for number in numbers)
        before = value(add_up([a, b], [c, d, e]), "seconds_total")
        after = value(
            add_up([a, counter("seconds", 0.0)], [keep([b, keep([c, keep([d, e])])])]),
            "seconds_total",
        )
        assert before <= after == pytest.approx(before)
