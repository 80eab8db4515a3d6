import json
import logging

import pytest
from tests.support.finished import finished

from gigagate.core.notes import Note
from gigagate.telemetry import log_line
from gigagate.telemetry.finished import CLIENT_GONE
from gigagate.telemetry.json_lines import JsonLines

START = "POST /v1/chat/completions GigaChat-2-Max"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, f"200  {START} stop, 1200+45 tokens (1000 cached), 812 ms, 1 rewrite"),
        (
            {"client": "anna", "notes": (), "seconds": 75.25},
            f"200  {START} stop, 1200+45 tokens (1000 cached), 75.2 s, for anna",
        ),
        (
            {"status": 503, "error": "upstream_unavailable", "usage": None, "retries": 3},
            f"503  {START} upstream_unavailable, 812 ms, repeated 3 times, 1 rewrite",
        ),
        (
            {"status": CLIENT_GONE, "error": "client_gone", "usage": None, "notes": ()},
            f"gone {START} client_gone, 812 ms",
        ),
        (
            {"status": 400, "error": "invalid_request", "message": "temperature:\nwrong"}
            | {"finish_reason": None, "usage": None, "notes": ()},
            f"400  {START} invalid_request, 812 ms: temperature: wrong",
        ),
        (
            {"status": 503, "error": "upstream_unavailable", "message": "No way."}
            | {"usage": None, "notes": (), "away": "away since 12:03:04"},
            f"503  {START} upstream_unavailable, 812 ms: away since 12:03:04: No way.",
        ),
        (
            {"model": None, "finish_reason": None, "usage": None, "notes": (), "retries": 1},
            "200  POST /v1/chat/completions, 812 ms, repeated",
        ),
    ],
)
def test_the_line_says_what_a_person_wants_to_know(changes: dict, line: str) -> None:
    assert log_line.text(finished(**changes)) == line


def test_rewrites_are_told_when_asked_for() -> None:
    one = finished(notes=(Note("model", "model 'gpt-4o' -> GigaChat-2-Max"),))
    assert "rewrites" not in log_line.fields(one, rewrites=False)
    assert log_line.fields(one, rewrites=True)["rewrites"] == ["model 'gpt-4o' -> GigaChat-2-Max"]


def test_what_is_asked_for_with_verbose_is_all_that_is_known() -> None:
    message = "What happened. " * 40
    one = finished(message=message, tried=("upstream_timeout",), queue_seconds=2.5)
    assert log_line.text(one).endswith("…")
    assert log_line.detail(one) == [
        "2 text parts joined",
        message,
        "failed before: upstream_timeout",
        "waited 2500 ms for a slot",
    ]
    assert log_line.detail(finished()) == ["2 text parts joined"]


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("gigagate.x", logging.WARNING, "f", 1, message, (), None)
    made.__dict__ |= extra
    return made


def test_a_json_line_is_one_object_with_the_fields_of_the_request() -> None:
    fields = log_line.fields(finished(client="anna"), rewrites=False)
    line = JsonLines().format(record("a\nb", fields=fields))
    assert "\n" not in line
    told = json.loads(line)
    assert told["level"] == "warning"
    assert told["client"] == "anna"
    assert told["tokens"] == {"prompt": 1200, "completion": 45, "cached": 1000}
    assert told["ms"] == 812


def test_a_json_line_masks_keys_in_its_fields() -> None:
    secret = "sk-0123456789abcdefghijklmnop"
    line = JsonLines().format(record("x", fields={"model": secret}))
    assert secret not in line


def test_a_json_line_holds_the_traceback() -> None:
    try:
        raise RuntimeError("boom")
    except RuntimeError as error:
        failed = record("failed", exc_info=(type(error), error, error.__traceback__))
    assert "boom" in json.loads(JsonLines().format(failed))["traceback"]
