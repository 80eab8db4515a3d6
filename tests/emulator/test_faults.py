"""Each fault as a client meets it; and that it strikes once, and only where it was meant."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gigagate.emulator import ConfigError, EmulatorThread, Fault

CHAT = {"model": "GigaChat-2", "messages": [{"role": "user", "content": "Привет"}]}
STREAM = CHAT | {"stream": True}
PATH = "/chat/completions"
Connect = Callable[[EmulatorThread], httpx.Client]
SOON, PATIENT = 2.0, 20.0
"""Seconds to wait for what is expected to hang, and for what is expected to come."""


def test_a_status_replaces_the_answer_once(emulator: EmulatorThread, client: httpx.Client) -> None:
    emulator.faults.add(
        {"path": PATH, "status": 503, "headers": {"Retry-After": "3"}, "body": '{"status":503}\n'}
    )
    assert client.get("/models").status_code == 200
    answer = client.post(PATH, json=CHAT)
    assert (answer.status_code, answer.text) == (503, '{"status":503}\n')
    assert answer.headers["retry-after"] == "3"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert client.post(PATH, json=CHAT).status_code == 200


def test_a_fault_can_strike_several_times_and_one_method(
    emulator: EmulatorThread, client: httpx.Client
) -> None:
    emulator.faults.add(method="POST", times=2, status=500)
    assert client.get("/models").status_code == 200
    assert [client.post(PATH, json=CHAT).status_code for _ in range(3)] == [500, 500, 200]


def test_oauth_fails_by_the_same_means(emulator: EmulatorThread) -> None:
    emulator.faults.add(path="/oauth", status=500, body="boom")
    answer = httpx.post(emulator.auth_url)
    assert (answer.status_code, answer.text) == (500, "boom")
    assert emulator.oauth_calls == 0


def test_the_front_servers_page_is_html(emulator: EmulatorThread, client: httpx.Client) -> None:
    emulator.faults.add(html_502=True)
    answer = client.get("/models")
    assert answer.status_code == 502
    assert answer.headers["content-type"] == "text/html"
    assert answer.text.startswith("<html>\r\n<head><title>502 Bad Gateway</title></head>")


BROKEN: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"close": "before"}, httpx.RemoteProtocolError),
    ({"close": "mid_headers"}, httpx.RemoteProtocolError),
    ({"close": "mid_body"}, httpx.RemoteProtocolError),
    ({"reset": True}, httpx.ReadError),
    ({"garbage": True}, httpx.RemoteProtocolError),
    ({"hang": True}, httpx.ReadTimeout),
    ({"delay": 5}, httpx.ReadTimeout),
]


@pytest.mark.parametrize("body", [CHAT, STREAM])
@pytest.mark.parametrize(("fault", "error"), BROKEN)
def test_a_broken_answer_is_the_clients_protocol_error(
    emulator: EmulatorThread,
    client: httpx.Client,
    fault: dict[str, Any],
    error: type[Exception],
    body: dict[str, Any],
) -> None:
    emulator.faults.add(fault)
    with pytest.raises(error):
        client.post(PATH, json=body, timeout=0.3 if error is httpx.ReadTimeout else PATIENT)
    assert client.post(PATH, json=CHAT).status_code == 200


def test_half_of_the_json_is_a_whole_http_answer(
    emulator: EmulatorThread, client: httpx.Client
) -> None:
    emulator.faults.add(truncate_json=True)
    answer = client.post(PATH, json=CHAT)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|delimiter|Expecting"):
        answer.json()


def streamed(client: httpx.Client, timeout: float = PATIENT) -> tuple[str, bool]:
    """What arrived of a stream, and whether its end was proper."""
    text = ""
    try:
        with client.stream("POST", PATH, json=STREAM, timeout=timeout) as answer:
            for piece in answer.iter_text():
                text += piece
    except httpx.TransportError:
        return text, False
    return text, True


STREAMS: list[tuple[dict[str, Any], int, bool]] = [
    ({"close": "mid_stream", "after_events": 2}, 2, False),
    ({"close": "mid_stream"}, 1, False),
    ({"close": "mid_stream", "after_events": 0}, 0, False),
    ({"close": "clean", "after_events": 2}, 2, True),
    ({"reset": True, "after_events": 2}, 2, False),
    ({"hang": True, "after_events": 3}, 3, False),
]


@pytest.mark.parametrize(("fault", "events", "proper"), STREAMS)
def test_a_stream_breaks_after_so_many_whole_events(
    emulator: EmulatorThread,
    client: httpx.Client,
    fault: dict[str, Any],
    events: int,
    proper: bool,
) -> None:
    emulator.faults.add(fault)
    text, ended = streamed(client, SOON if fault.get("hang") else PATIENT)
    assert ended is proper
    assert text.count("\n\n") <= events
    if not fault.get("reset"):  # a reset may overtake what was sent before it
        assert text.count("\n\n") == events
    assert client.post(PATH, json=CHAT).status_code == 200


def test_a_stream_can_break_inside_an_event(emulator: EmulatorThread, client: httpx.Client) -> None:
    emulator.faults.add(close="mid_body", after_events=1)
    text, ended = streamed(client)
    assert not ended
    assert text.count("data: ") == 2
    assert not text.endswith("\n\n")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"status": 500, "message": "беда"}, 'data: {"status":500,"message":"беда"}\n\n'),
        ("event: error\ndata: беда\n\n", "event: error\ndata: беда\n\n"),
    ],
)
def test_an_error_event_ends_a_stream(
    emulator: EmulatorThread, client: httpx.Client, error: Any, expected: str
) -> None:
    emulator.faults.add(sse_error=error, after_events=2)
    text, ended = streamed(client)
    assert ended
    assert text.endswith(expected)
    assert "[DONE]" not in text


def test_a_stream_can_end_without_done(emulator: EmulatorThread, client: httpx.Client) -> None:
    emulator.faults.add(no_done=True)
    text, ended = streamed(client)
    assert ended
    assert "finish_reason" in text
    assert "[DONE]" not in text


def test_a_truncated_event_ends_a_stream_properly(
    emulator: EmulatorThread, client: httpx.Client
) -> None:
    emulator.faults.add(truncate_json=True)
    text, ended = streamed(client)
    assert ended
    assert not text.endswith("\n\n")


def test_faults_are_refused_when_misspelt(emulator: EmulatorThread) -> None:
    with pytest.raises(ConfigError, match="closed"):
        emulator.faults.add({"closed": "before"})
    for wrong in (
        {"status": 101},
        {"status": "500"},
        {"times": 1.5},
        {"delay": "2"},
        {"headers": []},
        {"reset": 1},
    ):
        with pytest.raises(ConfigError, match=next(iter(wrong))):
            emulator.faults.add(wrong)
    emulator.faults.add(Fault(status=500), Fault(status=501))
    assert len(emulator.faults) == 2
    emulator.faults.clear()
    assert len(emulator.faults) == 0
