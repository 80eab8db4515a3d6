"""Large requests, packed and plain: answered right, refused right, and left in the midst of it."""

import gzip
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from tests.support.proxy import Proxy
from tests.support.samples import PNG, data_url

from gigagate.emulator import Emulator

PICTURE = {"type": "image_url", "image_url": {"url": data_url(PNG + bytes(5_000_000))}}
CHAT = {
    "model": "gigachat",
    "messages": [{"role": "user", "content": [{"type": "text", "text": "Что это?"}, PICTURE]}],
}
LARGE = json.dumps(CHAT).encode()


def post(proxy: Proxy, body: bytes, **headers: str) -> requests.Response:
    url = f"{proxy.base_url}/chat/completions"
    given = {"Content-Type": "application/json", **headers}
    return requests.post(url, data=body, headers=given, timeout=60)


@pytest.mark.parametrize("packed", [False, True])
def test_they_are_answered(proxy: Proxy, packed: bool) -> None:
    headers = {"Content-Encoding": "gzip"} if packed else {}
    noise = json.dumps(CHAT | {"user": "a" * 9_000_000, "metadata": {"a": "b"}}).encode()
    with ThreadPoolExecutor(3) as threads:
        sent = [gzip.compress(body) if packed else body for body in (LARGE, noise, LARGE)]
        answers = list(threads.map(lambda body: post(proxy, body, **headers), sent))
    assert [answer.status_code for answer in answers] == [200] * 3


@pytest.mark.parametrize(
    ("body", "coding", "status"),
    [
        (LARGE[:-1], "identity", 400),
        (LARGE, "gzip", 400),
        (LARGE, "br", 400),
        (json.dumps({"model": "a", "messages": [{}] * 700_000}).encode(), "identity", 400),
    ],
    ids=["torn", "not packed", "another coding", "no messages"],
)
def test_they_are_refused_in_openais_form(
    proxy: Proxy, body: bytes, coding: str, status: int
) -> None:
    answer = post(proxy, body, **{"Content-Encoding": coding})
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_who_leaves_while_they_are_read_leaves_nothing_behind(
    proxy: Proxy, emulator: Emulator
) -> None:
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(LARGE)}\r\n\r\n"
    ).encode()
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.sendall(head + LARGE)
    small = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
    assert post(proxy, json.dumps(small).encode()).status_code == 200
    assert "Traceback" not in proxy.output()
