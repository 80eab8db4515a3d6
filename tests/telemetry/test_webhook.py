"""An admin is told once, in the end, and nobody waits for it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gigagate import outbound
from gigagate.telemetry.webhook import EVENTS, PAUSES, QUIET_SECONDS, Notice, Webhook, deliver

REJECTED = EVENTS["upstream_credentials_rejected"]
QUOTA = EVENTS["insufficient_quota"]
URL = "https://hooks.example/secret-path"


class Hand:
    """Delivers by hand: what would be sent is here, once the thread has got it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sent: list[Notice] = []
        self.slept: list[float] = []
        self.failures = 0
        self.arrived = threading.Semaphore(0)
        self.webhook = Webhook(URL, send=self.send, clock=lambda: self.now, sleep=self.slept.append)

    def send(self, url: str, message: Notice) -> None:
        assert url == URL
        if self.failures:
            self.failures -= 1
            raise outbound.NotReached("no way to hooks.example")
        self.sent.append(message)
        self.arrived.release()

    def wait(self) -> None:
        assert self.arrived.acquire(timeout=20)


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_an_event_is_told_with_its_words(hand: Hand) -> None:
    hand.webhook.tell(REJECTED)
    hand.wait()
    assert hand.sent == [
        {
            "event": "credentials_rejected",
            "message": REJECTED.message,
            "time": 1000.0,
            "count": 1,
        }
    ]


def test_repetitions_within_ten_minutes_are_counted_into_the_next_message(hand: Hand) -> None:
    for _ in range(5):
        hand.webhook.tell(REJECTED)
    hand.webhook.tell(QUOTA)
    hand.wait()
    hand.wait()
    hand.now += QUIET_SECONDS
    hand.webhook.tell(REJECTED)
    hand.wait()
    told = [(message["event"], message["count"]) for message in hand.sent]
    assert told == [
        ("credentials_rejected", 1),
        ("quota_exhausted", 1),
        ("credentials_rejected", 5),
    ]


def test_one_that_is_closed_delivers_what_waits_and_leaves_no_thread(hand: Hand) -> None:
    hand.webhook.tell(REJECTED)
    hand.webhook.close()
    hand.wait()
    assert hand.webhook._thread is not None
    hand.webhook._thread.join(20)
    assert not hand.webhook._thread.is_alive()


def test_a_clock_set_back_does_not_silence(hand: Hand) -> None:
    hand.webhook.tell(REJECTED)
    hand.wait()
    hand.now -= 100_000
    hand.webhook.tell(REJECTED)
    hand.wait()
    assert len(hand.sent) == 2


def test_a_failed_delivery_is_tried_again_with_longer_pauses(hand: Hand) -> None:
    hand.failures = 2
    hand.webhook.tell(REJECTED)
    hand.wait()
    assert hand.slept == list(PAUSES[:2])
    assert len(hand.sent) == 1


def test_giving_up_is_logged_without_the_address(
    hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    hand.failures = 100
    message: Notice = {"event": "e", "message": "m", "time": 0, "count": 1}
    hand.webhook.deliver(message)
    assert hand.slept == list(PAUSES)
    assert "hooks.example" in caplog.text
    assert "secret-path" not in caplog.text


class Listener(BaseHTTPRequestHandler):
    received: list[dict]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        type(self).received.append(json.loads(body))
        self.send_response(type(self).status)
        self.send_header("location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[tuple[type[Listener], str]]:
    kind = type("OneListener", (Listener,), {"received": []})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield kind, f"http://127.0.0.1:{server.server_address[1]}/hook"
        server.shutdown()
        thread.join()


MESSAGE: Notice = {"event": "e", "message": "Привет", "time": 1.5, "count": 2}


def test_the_message_is_posted_as_json(listener: tuple[type[Listener], str]) -> None:
    kind, url = listener
    deliver(url, MESSAGE)
    assert kind.received == [MESSAGE]


@pytest.mark.parametrize("status", [307, 404, 500])
def test_a_refusal_is_a_failed_delivery_and_redirects_are_not_followed(
    listener: tuple[type[Listener], str], status: int
) -> None:
    kind, url = listener
    kind.status = status
    with pytest.raises(outbound.NotReached, match=str(status)):
        deliver(url, MESSAGE)
    assert len(kind.received) == 1
