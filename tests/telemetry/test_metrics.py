import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.support.finished import finished

from gigagate.core.pivot import Usage
from gigagate.telemetry.metrics import Metrics


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


FAILED = {"code": "upstream_unavailable", "dialect": "openai"}
CHAT = {
    "gen_ai_operation_name": "chat",
    "gen_ai_provider_name": "gigachat",
    "gen_ai_request_model": "GigaChat-2-Max",
}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_tokens_are_counted_as_the_conventions_say_and_by_client(metrics: Metrics) -> None:
    metrics.observe(finished(client="anna"))
    usage = "gen_ai_client_token_usage_sum"
    assert value(metrics, usage, **CHAT, gen_ai_token_type="input") == 1200
    assert value(metrics, usage, **CHAT, gen_ai_token_type="output") == 45
    by_client = {"client": "anna", "model": "GigaChat-2-Max"}
    assert value(metrics, "gigagate_tokens_total", **by_client, type="cached") == 1000
    assert value(metrics, "gigagate_roubles_total", **by_client) == 0.25


def test_duration_has_the_error_as_a_label(metrics: Metrics) -> None:
    metrics.observe(finished(seconds=2.0))
    metrics.observe(finished(seconds=1.0, status=503, error="upstream_unavailable", usage=None))
    duration = "gen_ai_server_request_duration_seconds_sum"
    assert value(metrics, duration, **CHAT, error_type="") == 2
    assert value(metrics, duration, **CHAT, error_type="upstream_unavailable") == 1
    assert value(metrics, "gigagate_errors_total", **FAILED) == 1


def test_the_api_that_the_client_speaks_is_a_label(metrics: Metrics) -> None:
    metrics.observe(finished(dialect="anthropic", endpoint="/messages", error="timeout"))
    told = metrics.text().decode()
    assert 'dialect="anthropic",endpoint="/messages"' in told
    assert 'gigagate_errors_total{code="timeout",dialect="anthropic"} 1.0' in told


def test_gigachats_api_that_was_asked_is_a_label(metrics: Metrics) -> None:
    metrics.observe(finished(api="v2"))
    counted = {"client": "anonymous", "model": "GigaChat-2-Max", "endpoint": "/chat/completions"}
    counted |= {"dialect": "openai", "status": "200"}
    assert value(metrics, "gigagate_requests_total", **counted, api="v2") == 1
    assert value(metrics, "gigagate_requests_total", **counted, api="v1") is None


def test_a_stream_tells_its_first_token_and_its_pace(metrics: Metrics) -> None:
    metrics.observe(finished(seconds=3.0, first_byte_seconds=1.0, usage=Usage(5, 11, 0)))
    assert value(metrics, "gen_ai_server_time_to_first_token_seconds_sum", **CHAT) == 1
    pace = value(metrics, "gen_ai_server_time_per_output_token_seconds_sum", **CHAT)
    assert pace == pytest.approx(0.2)


def test_a_request_without_a_model_is_no_generation(metrics: Metrics) -> None:
    metrics.observe(finished(model=None, endpoint="/models", usage=None, finish_reason=None))
    counted = {"client": "anonymous", "model": "", "endpoint": "/models", "status": "200"}
    counted |= {"dialect": "openai", "api": ""}
    assert value(metrics, "gigagate_requests_total", **counted) == 1
    assert b"gen_ai_operation_name" not in metrics.text()


def test_embeddings_are_an_operation_of_their_own(metrics: Metrics) -> None:
    metrics.observe(finished(model="Embeddings", endpoint="/embeddings", operation="embeddings"))
    assert b'gen_ai_operation_name="embeddings"' in metrics.text()


def test_gauges_and_counters_kept_by_others_are_asked_at_each_scrape(metrics: Metrics) -> None:
    numbers = [7.0]
    metrics.gauge("gigagate_a", "a", lambda: numbers[0])
    metrics.counter("gigagate_b", "b", lambda: numbers[0])
    numbers[0] = 8.0
    families = {family.name: family for family in families_of(metrics)}
    assert families["gigagate_a"].samples[0].value == 8
    assert families["gigagate_b"].type == "counter"
    assert families["gigagate_b"].samples[0].value == 8


def families_of(metrics: Metrics) -> list:
    return list(text_string_to_metric_families(metrics.text().decode()))


def test_the_path_a_client_wrote_is_in_no_label(metrics: Metrics) -> None:
    metrics.observe(finished(path="/v1/anything-a-client-writes", endpoint="other", status=404))
    assert b"anything-a-client-writes" not in metrics.text()
