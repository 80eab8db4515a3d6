"""What the proxy tells about itself, to whom, and that every request is accounted for once."""

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from tests.support import waiting
from tests.support.proxy import Proxy

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

KEY = "key-of-anna-0123456789"
KEYS = {"GIGAGATE_CLIENT_KEYS": f"anna:{KEY}"}
PAGES = ("/", "/stats", "/metrics")
BROWSER = {"Accept": "text/html,application/xhtml+xml"}
NO_RETRIES = {"deadlines": {"retry": 1e-9}}


def chat(model: str = "gpt-4o", **more: object) -> dict:
    parts = [{"type": "text", "text": "Секретный вопрос"}]
    return {"model": model, "messages": [{"role": "user", "content": parts}], **more}


eventually = partial(waiting.until, seconds=10)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with EmulatorThread(state_dir=tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def no_faults(emulator: Emulator) -> Iterator[None]:
    yield
    emulator.faults.clear()


@pytest.fixture(scope="module")
def proxy(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Open to everybody."""
    with Proxy(emulator, tmp_path_factory.mktemp("open"), settings=NO_RETRIES) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def locked(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Asks for a client key."""
    with Proxy(emulator, tmp_path_factory.mktemp("locked"), environment=KEYS) as proxy:
        yield proxy


def stats(proxy: Proxy) -> dict:
    told: dict = requests.get(f"{proxy.url}/stats", timeout=20).json()
    return told


def metric(proxy: Proxy, name: str, **labels: str) -> float:
    text = requests.get(f"{proxy.url}/metrics", timeout=20).text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


WAYS_TO_END = [
    (chat(), {}, 200, None),
    (chat(stream=True), {}, 200, None),
    ({"model": "gigachat"}, {}, 400, "invalid_request"),
    (chat(), {"status": 402, "body": "{}"}, 402, "insufficient_quota"),
    (chat(), {"status": 500, "body": "{}"}, 500, "upstream_failed"),
    (chat(), {"close": "before"}, 502, "upstream_protocol_error"),
    (chat(stream=True), {"close": "mid_stream"}, 200, "upstream_protocol_error"),
]


@pytest.mark.parametrize(("body", "fault", "status", "error"), WAYS_TO_END)
def test_a_request_is_counted_once_however_it_ends(
    proxy: Proxy, emulator: Emulator, body: dict, fault: dict, status: int, error: str | None
) -> None:
    before = stats(proxy)
    if fault:
        emulator.faults.add(path="/chat/completions", times=2, **fault)
    answer = requests.post(f"{proxy.base_url}/chat/completions", json=body, timeout=20)
    assert answer.status_code == status
    eventually(lambda: stats(proxy)["requests"] > before["requests"])
    after = stats(proxy)
    assert after["requests"] == before["requests"] + 1
    assert after["errors"] == before["errors"] + (error is not None)
    if error is not None:
        assert metric(proxy, "gigagate_errors_total", code=error) >= 1
    assert metric(proxy, "gigagate_requests_total") == after["requests"]
    assert metric(proxy, "gigagate_requests_in_progress") == 0


def test_a_client_that_leaves_is_counted_too(proxy: Proxy, emulator: Emulator) -> None:
    before = stats(proxy)["requests"]
    emulator.faults.add(path="/chat/completions", hang=True)
    with pytest.raises(requests.Timeout):
        requests.post(f"{proxy.base_url}/chat/completions", json=chat(), timeout=0.3)
    eventually(lambda: stats(proxy)["requests"] == before + 1)
    assert metric(proxy, "gigagate_requests_total", status="499") == 1
    assert metric(proxy, "gigagate_errors_total", code="client_gone") == 1


def test_questions_about_the_proxy_are_not_counted(proxy: Proxy) -> None:
    before = stats(proxy)["requests"]
    for page in (*PAGES, "/health", "/ready"):
        assert requests.get(proxy.url + page, timeout=20).status_code == 200
    assert stats(proxy)["requests"] == before
    assert "/metrics" not in proxy.output()


def test_stats_tell_messages_tokens_and_rewrites(proxy: Proxy) -> None:
    before = stats(proxy)
    for _ in range(2):
        requests.post(f"{proxy.base_url}/chat/completions", json=chat(), timeout=20)
    after = stats(proxy)
    assert after["messages"] == before["messages"] + 2
    assert after["messages_converted"] == before["messages_converted"] + 2
    assert after["tokens_prompt"] > before["tokens_prompt"]
    assert after["tokens_cached"] > before["tokens_cached"]
    assert after["rewrites"]["model"] == before["rewrites"]["model"] + 2
    assert after["models"]["GigaChat-2-Max"]["tokens_completion"] > 0


def test_no_label_holds_what_a_client_makes_up(proxy: Proxy) -> None:
    body = chat(model="GigaChat-of-my-own-invention")
    requests.post(f"{proxy.base_url}/chat/completions", json=body, timeout=20)
    requests.get(f"{proxy.base_url}/path-of-my-own-invention", timeout=20)
    text = requests.get(f"{proxy.url}/metrics", timeout=20).text
    assert "of-my-own-invention" not in text + json.dumps(stats(proxy))
    assert "Секретный вопрос" not in text


def test_stats_outlive_the_process_and_prices_are_in_them(
    emulator: Emulator, tmp_path: Path
) -> None:
    settings = {"prices": {"gigachat-2-max": 1_000_000}}
    with Proxy(emulator, tmp_path, settings=settings) as first:
        requests.post(f"{first.base_url}/chat/completions", json=chat(), timeout=20)
    with Proxy(emulator, tmp_path, settings=settings) as second:
        told = stats(second)
        requests.post(f"{second.base_url}/chat/completions", json=chat(), timeout=20)
        assert stats(second)["requests"] == 2
    assert told["requests"] == 1
    spent = told["tokens_prompt"] - told["tokens_cached"] + told["tokens_completion"]
    assert told["roubles"] == spent > 0


def test_ready_says_why_not(emulator: Emulator, tmp_path: Path) -> None:
    wrong = {"GIGACHAT_AUTH_KEY": "aWQ6d3Jvbmc="}
    with Proxy(emulator, tmp_path, environment=wrong) as proxy:
        calls = len(emulator.log)
        for _ in range(5):
            answer = requests.get(f"{proxy.url}/ready", timeout=20)
            assert answer.status_code == 503
            (reason,) = answer.json()["reasons"]
            assert "GIGACHAT_AUTH_KEY" in reason
        assert sum("oauth" in r.target for r in list(emulator.log)[calls:]) == 1


def test_ready_once_a_token_is_there(proxy: Proxy) -> None:
    answer = requests.get(f"{proxy.url}/ready", timeout=20)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize("page", PAGES)
def test_with_client_keys_every_page_asks_for_one(locked: Proxy, page: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, BROWSER):
        refused = requests.get(locked.url + page, headers=headers, timeout=20)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic ")
        assert refused.json()["error"]["code"] == "invalid_api_key"
    bearer = {"Authorization": f"Bearer {KEY}"}
    assert requests.get(locked.url + page, headers=bearer, timeout=20).status_code == 200
    assert requests.get(locked.url + page, auth=("me", KEY), timeout=20).status_code == 200


def test_health_and_readiness_are_open(locked: Proxy) -> None:
    for page in ("/health", "/ready"):
        assert requests.get(locked.url + page, timeout=20).status_code == 200


def test_a_client_is_counted_by_the_name_of_its_key(locked: Proxy) -> None:
    bearer = {"Authorization": f"Bearer {KEY}"}
    url = f"{locked.base_url}/chat/completions"
    requests.post(url, json=chat(), headers=bearer, timeout=20)
    told = requests.get(f"{locked.url}/stats", headers=bearer, timeout=20).json()
    assert told["clients"]["anna"]["tokens_prompt"] > 0
    locked.tells("for anna")
    assert KEY not in locked.output()


def page_of(proxy: Proxy, session: requests.Session, query: str = "") -> str:
    answer = session.get(f"{proxy.url}/{query}", headers=BROWSER, timeout=20)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def form_token(page: str) -> str:
    (found,) = re.findall(r'name="form_token" value="([^"]+)"', page)
    return found


def oauth_calls(proxy: Proxy) -> float:
    return metric(proxy, "gigagate_oauth_calls_total")


def press(proxy: Proxy, token: str, **headers: str) -> requests.Response:
    return requests.post(
        f"{proxy.url}/token/refresh?lang=ru",
        data={"form_token": token},
        headers=headers,
        timeout=20,
        allow_redirects=False,
    )


def test_the_button_of_the_status_page_renews_the_token(proxy: Proxy) -> None:
    page = page_of(proxy, requests.Session())
    before = oauth_calls(proxy)
    pressed = press(
        proxy, form_token(page), **{"Origin": proxy.url, "Sec-Fetch-Site": "same-origin"}
    )
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/?lang=ru")
    assert oauth_calls(proxy) == before + 1


FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost:1"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_other_page_can_press_it(proxy: Proxy, headers: dict[str, str]) -> None:
    token = form_token(page_of(proxy, requests.Session()))
    before = oauth_calls(proxy)
    assert press(proxy, token, **headers).status_code == 403
    assert oauth_calls(proxy) == before


@pytest.mark.parametrize("token", ["", "wrong", "ключ"])
def test_without_the_pages_own_token_it_does_nothing(proxy: Proxy, token: str) -> None:
    before = oauth_calls(proxy)
    assert press(proxy, token, Origin=proxy.url).status_code == 403
    assert oauth_calls(proxy) == before


def test_with_client_keys_the_button_needs_one_too(locked: Proxy) -> None:
    assert press(locked, "x").status_code == 401


def test_the_page_is_json_for_programs_and_speaks_the_readers_language(proxy: Proxy) -> None:
    assert requests.get(proxy.url, timeout=20).json()["service"] == "GigaGate"
    russian = requests.Session()
    russian.headers["Accept-Language"] = "ru-RU,ru"
    assert "Токен доступа" in page_of(proxy, russian)
    assert "Access token" in page_of(proxy, russian, "?lang=en")


def test_json_lines_are_json_and_hold_no_prompt(emulator: Emulator, tmp_path: Path) -> None:
    with Proxy(emulator, tmp_path, settings={"log": {"format": "json"}}) as proxy:
        requests.post(f"{proxy.base_url}/chat/completions", json=chat(), timeout=20)
        eventually(lambda: "finish_reason" in proxy.output())
        lines = [json.loads(line) for line in proxy.output().splitlines()]
    (told,) = [line for line in lines if line.get("path") == "/v1/chat/completions"]
    assert told["status"] == 200
    assert told["tokens"]["prompt"] > 0
    assert "Секретный вопрос" not in proxy.output()


def test_verbose_shows_rewrites_and_prompts_are_logged_on_request_only(
    emulator: Emulator, tmp_path: Path
) -> None:
    with Proxy(emulator, tmp_path, "--verbose") as proxy:
        requests.post(f"{proxy.base_url}/chat/completions", json=chat(), timeout=20)
        eventually(lambda: "model 'gpt-4o' -> GigaChat-2-Max" in proxy.output())
        assert "Секретный вопрос" not in proxy.output()
    with Proxy(emulator, tmp_path, settings={"log": {"prompts": True}}) as proxy:
        body = chat(stream=True)
        requests.post(f"{proxy.base_url}/chat/completions", json=body, timeout=20)
        eventually(lambda: "> Секретный вопрос" in proxy.output())
        proxy.tells("< ")


class Hook(BaseHTTPRequestHandler):
    received: list[dict]

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        type(self).received.append(json.loads(self.rfile.read(length)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_the_webhook_is_told_once_of_a_rejected_key(emulator: Emulator, tmp_path: Path) -> None:
    kind = type("OneHook", (Hook,), {"received": []})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        settings = {"webhook": f"http://127.0.0.1:{server.server_address[1]}/hook"}
        wrong = {"GIGACHAT_AUTH_KEY": "aWQ6d3Jvbmc="}
        with Proxy(emulator, tmp_path, settings=settings, environment=wrong) as proxy:
            for _ in range(3):
                url = f"{proxy.base_url}/chat/completions"
                key = {"Authorization": "Bearer sk-key-of-the-client"}
                answer = requests.post(url, json=chat(), headers=key, timeout=20)
                assert answer.status_code == 401
            eventually(lambda: bool(kind.received))
            assert metric(proxy, "gigagate_events_total", event="credentials_rejected") == 3
        server.shutdown()
        thread.join()
    (told,) = kind.received
    assert told["event"] == "credentials_rejected"
    assert told["count"] == 1
    assert told.keys() == {"event", "message", "time", "count"}
    for secret in ("aWQ6d3Jvbmc=", "sk-key-of-the-client", "Секретный"):
        assert secret not in json.dumps(told, ensure_ascii=False)
