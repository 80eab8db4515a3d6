"""Whatever a client sends, and whatever happens upstream, the answer is JSON in OpenAI's shape."""

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.ports import free_port
from tests.support.proxy import Proxy

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}

NO_RETRIES = {"deadlines": {"retry": 1e-9}}

Pair = tuple[Emulator, Proxy]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("errors")
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(state_dir=folder / "emulator", config=config) as emulator:
        with Proxy(emulator, folder, settings=NO_RETRIES) as proxy:
            yield emulator, proxy


def error_of(answer: requests.Response) -> dict[str, object]:
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    return error


REQUESTS = [
    ("GET", "/nowhere", None, 404),
    ("POST", "/", None, 405),
    ("POST", "/health", None, 405),
    ("GET", "/v1/chat/completions", None, 405),
    ("POST", "/v1/models", b"{}", 405),
    ("POST", "/v1/responses", b"{}", 400),
    ("TRACE", "/v1/models", None, 405),
    ("POST", "/v1/chat/completions", b"", 400),
    ("POST", "/v1/chat/completions", b"{", 400),
    ("POST", "/v1/chat/completions", b"[1]", 400),
    ("POST", "/v1/chat/completions", b'"hi"', 400),
    ("POST", "/v1/chat/completions", b'{"model":"gigachat","messages":"hi"}', 400),
    ("POST", "/v1/chat/completions", b'{"model":"gigachat","messages":["hi"]}', 400),
    ("POST", "/v1/chat/completions", b'{"model":"gigachat","messages":[]}', 400),
    ("POST", "/v1/chat/completions", b'{"model":"gigachat"}', 400),
    (
        "POST",
        "/v1/chat/completions",
        b'{"model":1,"messages":[{"role":"user","content":"x"}]}',
        400,
    ),
    (
        "POST",
        "/v1/chat/completions",
        b'{"model":"gigachat","messages":[{"role":"user","content":7}]}',
        400,
    ),
    ("POST", "/v1/chat/completions", b'{"a":"\xff\xfe"}', 400),
    ("POST", "/v1/chat/completions", b"[" * 100_000, 400),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), REQUESTS)
def test_a_wrong_request_is_answered_in_json(
    pair: Pair, method: str, path: str, body: bytes | None, status: int
) -> None:
    _, proxy = pair
    answer = requests.request(method, proxy.url + path, data=body, timeout=20)
    assert answer.status_code == status, answer.text
    error_of(answer)


def test_the_field_at_fault_is_named(pair: Pair) -> None:
    _, proxy = pair
    body = {
        "model": "gigachat",
        "messages": [{"role": "user", "content": "x"}, {"role": "user", "content": 7}],
    }
    answer = requests.post(f"{proxy.base_url}/chat/completions", json=body, timeout=20)
    error = error_of(answer)
    assert error["param"] == "messages[1].content"
    assert "messages[1].content" in str(error["message"])


def test_a_wrongly_encoded_body_is_named(pair: Pair) -> None:
    _, proxy = pair
    answer = requests.post(
        f"{proxy.base_url}/chat/completions",
        data=b"not gzip",
        headers={"content-encoding": "gzip"},
        timeout=20,
    )
    assert answer.status_code == 400
    assert "gzip" in str(error_of(answer)["message"])


def test_head_has_headers_and_no_body(pair: Pair) -> None:
    _, proxy = pair
    for path, status in (("/", 200), ("/health", 200), ("/nowhere", 404)):
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
        for _ in range(2):  # the second shows that the connection is still in step
            connection.request("HEAD", path)
            answer = connection.getresponse()
            assert answer.status == status
            assert answer.headers["content-type"].startswith("application/json")
            assert int(answer.headers["content-length"]) > 0
            assert answer.read() == b""
        connection.close()


RAW = [
    b"GARBAGE\r\n\r\n",
    b"\x00\x01\x02\x03\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n",
    b"GET http://evil/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
    b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n",
]


@pytest.mark.parametrize("request_bytes", RAW)
def test_raw_nonsense_is_answered_in_json(pair: Pair, request_bytes: bytes) -> None:
    emulator, proxy = pair
    before = len(emulator.log)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
        connection.sendall(request_bytes)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert 400 <= answer.status < 500
        assert answer.headers["content-type"] == "application/json"
        assert json.loads(answer.read())["error"]["message"]
    assert len(emulator.log) == before, "nothing went upstream"


UPSTREAM_FAULTS = [
    ({"close": "before"}, 502),
    ({"close": "mid_headers"}, 502),
    ({"reset": True}, 502),
    ({"garbage": True}, 502),
    ({"html_502": True}, 502),
    ({"status": 500, "body": ""}, 500),
    ({"status": 402, "body": '{"status":402,"message":"Payment Required"}\n'}, 402),
    ({"status": 422, "body": '{"status":422,"message":"Invalid params"}\n'}, 422),
    ({"status": 429, "body": '{"status":429,"message":"Too many requests"}\n'}, 429),
]

WHOLE_ANSWER_FAULTS = [({"close": "mid_body"}, 502), ({"truncate_json": True}, 502)]


@pytest.mark.parametrize(
    ("fault", "status", "stream"),
    [
        *((fault, status, stream) for fault, status in UPSTREAM_FAULTS for stream in (False, True)),
        *((fault, status, False) for fault, status in WHOLE_ANSWER_FAULTS),
    ],
)
def test_trouble_upstream_is_answered_in_json(
    pair: Pair, fault: dict[str, object], status: int, stream: bool
) -> None:
    emulator, proxy = pair
    emulator.faults.add(path="/chat/completions", **fault)
    answer = requests.post(
        f"{proxy.base_url}/chat/completions", json=CHAT | {"stream": stream}, timeout=20
    )
    assert answer.status_code == status, answer.text
    error_of(answer)


def test_a_dead_upstream_is_answered_in_json(pair: Pair, tmp_path: Path) -> None:
    emulator, _ = pair
    dead = f"https://localhost:{free_port()}/v1"
    with Proxy(
        emulator, tmp_path, environment={"GIGACHAT_BASE_URL": dead}, settings=NO_RETRIES
    ) as proxy:
        with requests.Session() as keep_alive:
            for _ in range(2):
                answer = keep_alive.post(
                    f"{proxy.base_url}/chat/completions", json=CHAT, timeout=20
                )
                assert answer.status_code == 503
                assert error_of(answer)["code"] == "upstream_unavailable"


def test_an_untrusted_certificate_is_named(pair: Pair, tmp_path: Path) -> None:
    emulator, _ = pair
    with EmulatorThread(state_dir=tmp_path / "other") as other:
        environment = {"GIGACHAT_BASE_URL": other.base_url}
        with Proxy(emulator, tmp_path, environment=environment) as proxy:
            answer = requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=20)
            assert answer.status_code == 502
            assert "GIGACHAT_CA_BUNDLE_FILE" in str(error_of(answer)["message"])
        assert other.log == []
