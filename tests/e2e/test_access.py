"""Keys, web pages, other machines: who gets through to GigaChat, and who does not."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.ports import free_port
from tests.support.proxy import ENTRY, MITMDUMP, Proxy, settings_environment
from tests.support.waiting import until

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
KEYS = {"GIGAGATE_CLIENT_KEYS": "anna:key-of-anna,boris:key-of-boris"}
PAGE = "https://chat.example.com"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    config = EmulatorConfig(concurrency=0)
    folder = tmp_path_factory.mktemp("emulator")
    with EmulatorThread(state_dir=folder, config=config) as emulator:
        yield emulator


def chat(proxy: Proxy, stream: bool = False, **headers: str) -> requests.Response:
    return requests.post(
        f"{proxy.base_url}/chat/completions",
        json=CHAT | {"stream": stream},
        headers=headers,
        timeout=20,
    )


def bearer(key: str) -> str:
    return f"Bearer {key}"


@pytest.fixture(scope="module")
def guarded(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    settings = {"limits": {"requests_per_minute": 5}, "access": {"origins": [PAGE]}}
    folder = tmp_path_factory.mktemp("guarded")
    with Proxy(emulator, folder, settings=settings, environment=KEYS) as proxy:
        yield proxy


def test_only_a_known_key_reaches_gigachat(guarded: Proxy, emulator: Emulator) -> None:
    emulator.log.clear()
    for headers in ({}, {"Authorization": bearer("key-of-nobody")}):
        refused = chat(guarded, **headers)
        assert refused.status_code == 401
        error = refused.json()["error"]
        assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
    assert list(emulator.log) == []
    assert chat(guarded, **{"x-api-key": "key-of-boris"}).status_code == 200


def test_a_refused_body_is_not_kept(guarded: Proxy) -> None:
    large = b"a" * 20_000_000
    refused = requests.post(
        f"{guarded.base_url}/chat/completions",
        data=large,
        headers={"Authorization": bearer("key-of-nobody")},
        timeout=60,
    )
    assert refused.status_code == 401


def test_so_many_requests_a_minute_for_each_key(guarded: Proxy) -> None:
    anna = {"Authorization": bearer("key-of-anna")}
    answers = [chat(guarded, **anna) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].json()["error"]["code"] == "rate_limit_exceeded"
    assert chat(guarded, Authorization=bearer("key-of-boris")).status_code == 200
    assert requests.get(f"{guarded.url}/health", timeout=20).status_code == 200


def test_keys_are_not_in_the_log(guarded: Proxy) -> None:
    guarded.tells("anna")
    assert "key-of-" not in guarded.output()


def test_a_browser_that_asks_first_is_answered_without_a_key(
    guarded: Proxy, emulator: Emulator
) -> None:
    emulator.log.clear()
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    url = f"{guarded.base_url}/chat/completions"
    answer = requests.options(url, headers=asked, timeout=20)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "authorization, content-type"
    assert answer.headers["vary"] == "Origin"
    foreign = requests.options(url, headers=asked | {"Origin": "https://evil.example"}, timeout=20)
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers
    assert list(emulator.log) == []


@pytest.mark.parametrize("stream", [False, True])
def test_a_listed_page_may_read_answers_and_errors(
    emulator: Emulator, tmp_path: Path, stream: bool
) -> None:
    with Proxy(emulator, tmp_path, settings={"access": {"origins": [PAGE]}}) as proxy:
        answer = chat(proxy, stream, Origin=PAGE)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == PAGE
        wrong = requests.get(f"{proxy.base_url}/nothing", headers={"Origin": PAGE}, timeout=20)
        assert wrong.headers["access-control-allow-origin"] == PAGE
        assert "access-control-allow-origin" not in chat(proxy, stream).headers


def test_no_page_may_by_default(emulator: Emulator, tmp_path: Path) -> None:
    emulator.log.clear()
    with Proxy(emulator, tmp_path) as proxy:
        answer = chat(proxy, Origin=PAGE)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
    assert list(emulator.log) == []


def test_with_keys_and_a_name_other_machines_are_served(emulator: Emulator, tmp_path: Path) -> None:
    environment = KEYS | {"GIGAGATE_ALLOWED_HOSTS": "proxy.example.com"}
    arguments = ("--listen-host", "0.0.0.0")
    with Proxy(emulator, tmp_path, *arguments, environment=environment) as proxy:
        key = {"Authorization": bearer("key-of-anna")}
        assert chat(proxy, Host="proxy.example.com:4000", **key).status_code == 200
        assert chat(proxy, Host="proxy.example.com:4000").status_code == 401
        assert chat(proxy, Host="evil.example", **key).status_code == 403


def refused_start(emulator: Emulator, folder: Path, *arguments: str, **environment: str) -> str:
    """The one line it says."""
    command, *words = arguments
    ended = subprocess.run(
        [command, "-s", str(ENTRY), "-p", str(free_port()), *words],
        env=settings_environment(emulator, folder) | environment,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert ended.returncode == 2, ended.stderr
    (line,) = ended.stderr.strip().splitlines()
    return line


HOSTS = {"GIGAGATE_ALLOWED_HOSTS": "proxy.example.com"}


def test_other_machines_are_not_served_without_keys_and_names(
    emulator: Emulator, tmp_path: Path
) -> None:
    line = refused_start(emulator, tmp_path, MITMDUMP, "--listen-host", "0.0.0.0")
    assert "Set GIGAGATE_CLIENT_KEYS and GIGAGATE_ALLOWED_HOSTS," in line


def test_other_machines_need_keys_for_the_status_page_where_each_brings_its_own(
    emulator: Emulator, tmp_path: Path
) -> None:
    environment = {"GIGAGATE_AUTH_MODE": "passthrough", **HOSTS}
    line = refused_start(emulator, tmp_path, MITMDUMP, "--listen-host", "0.0.0.0", **environment)
    assert "would open the status page to the network. Set GIGAGATE_CLIENT_KEYS," in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--set", "web_host=0.0.0.0"], "Set web_password"),
        (["--set", "web_host="], "Set web_password"),
        (["--set", "web_debug=true"], "web_debug"),
        (["--set", "proxyauth=anna:secret"], "proxyauth"),
    ],
)
def test_mitmweb_is_not_shown_to_the_network(
    emulator: Emulator, tmp_path: Path, options: list[str], said: str
) -> None:
    mitmweb = str(Path(MITMDUMP).with_name("mitmweb"))
    assert said in refused_start(emulator, tmp_path, mitmweb, *options)


@pytest.mark.parametrize("options", [[], ["--set", "web_password="]])
def test_mitmweb_asks_for_its_password_even_when_none_is_given(
    emulator: Emulator, tmp_path: Path, options: list[str]
) -> None:
    port = free_port()
    arguments = ["--set", f"web_port={port}", "--set", "web_open_browser=false", *options]
    with Proxy(emulator, tmp_path, *arguments, verb="web", ready="/ready"):  # mitmweb comes last
        for path in ("/", "/flows", "/options", "/?token="):
            answer = requests.get(f"http://127.0.0.1:{port}{path}", timeout=20)
            assert answer.status_code == 403


def test_nothing_is_bound_when_the_start_is_refused(emulator: Emulator, tmp_path: Path) -> None:
    port = free_port()
    refused_start(emulator, tmp_path, MITMDUMP, "--listen-host", "0.0.0.0", "-p", str(port))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_settings_that_would_open_the_proxy_are_not_taken_over(
    emulator: Emulator, tmp_path: Path
) -> None:
    names = {"access": {"hosts": ["proxy.example.com"]}}
    arguments = ("--listen-host", "0.0.0.0")
    with Proxy(emulator, tmp_path, *arguments, settings=names, environment=KEYS) as proxy:
        Path(proxy.environment["GIGAGATE_CONFIG"]).write_text("access: {hosts: []}")
        proxy.process.send_signal(signal.SIGHUP)
        refused = "The old settings stay: Listening on 0.0.0.0"
        until(lambda: refused in proxy.output(), proxy.output, seconds=10)
        key = {"Authorization": bearer("key-of-anna")}
        assert chat(proxy, Host="proxy.example.com", **key).status_code == 200
