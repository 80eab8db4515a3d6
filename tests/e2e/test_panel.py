"""The panel's door: who gets in, and what another page or a client's key cannot do."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.support.proxy import Proxy

from gigagate.emulator.thread import EmulatorThread

ADMIN = "an-admin-s-long-key"
CLIENT = "a-client-s-key-1234"
CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Привет"}]}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("panel")
    environment = {"GIGAGATE_ADMIN_KEY": ADMIN, "GIGAGATE_CLIENT_KEYS": f"anna:{CLIENT}"}
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder / "state", environment=environment) as proxy:
            yield proxy


def logged_in(proxy: Proxy) -> tuple[requests.Session, str]:
    """A session, and the form token of its page."""
    session = requests.Session()
    answer = session.post(f"{proxy.url}/admin/login", data={"key": ADMIN}, timeout=20)
    assert answer.status_code == 200
    found = re.search(r'"form": "([^"]+)"', answer.text)
    assert found is not None
    return session, found[1]


def test_only_the_admins_key_opens_it(proxy: Proxy) -> None:
    for key in ("", "wrong", CLIENT, "x" * 10_000):
        answer = requests.post(f"{proxy.url}/admin/login", data={"key": key}, timeout=20)
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
    session, _ = logged_in(proxy)
    assert session.get(f"{proxy.url}/admin/api/health", timeout=20).status_code == 200


def test_the_cookie_is_for_this_site_and_no_script(proxy: Proxy) -> None:
    answer = requests.post(
        f"{proxy.url}/admin/login", data={"key": ADMIN}, allow_redirects=False, timeout=20
    )
    assert answer.status_code == 303
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]
    assert ADMIN not in str(answer.headers)


@pytest.mark.parametrize(
    "path",
    ["health", "overview", "requests", "clients", "settings", "log", "models", "events", "link"],
)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {CLIENT}"},
        {"Authorization": f"Bearer {ADMIN}"},
        {"Cookie": "gigagate_admin=guessed"},
    ],
)
def test_the_api_is_closed_to_all_others(proxy: Proxy, path: str, headers: dict[str, str]) -> None:
    answer = requests.get(f"{proxy.url}/admin/api/{path}", headers=headers, timeout=20)
    assert answer.status_code == 401


def test_a_cookie_of_a_session_that_has_ended_opens_nothing(proxy: Proxy) -> None:
    session, form = logged_in(proxy)
    cookies = dict(session.cookies)
    session.post(f"{proxy.url}/admin/logout", data={"form_token": form}, timeout=20)
    answer = requests.get(f"{proxy.url}/admin/api/health", cookies=cookies, timeout=20)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-gigagate-form": "guessed"},
        {"x-gigagate-form": "FORM", "Sec-Fetch-Site": "cross-site"},
        {"x-gigagate-form": "FORM", "Origin": "https://evil.example"},
        {"x-gigagate-form": "FORM", "Host": "evil.example"},
    ],
)
@pytest.mark.parametrize("path", ["/admin/api/models", "/admin/api/token/refresh"])
def test_a_change_comes_from_the_panels_own_page(
    proxy: Proxy, path: str, headers: dict[str, str]
) -> None:
    session, form = logged_in(proxy)
    sent = {name: value.replace("FORM", form) for name, value in headers.items()}
    answer = session.post(proxy.url + path, json={"default": "Evil"}, headers=sent, timeout=20)
    assert answer.status_code == 403
    told = session.get(f"{proxy.url}/admin/api/models", timeout=20).json()
    assert told["default"] != "Evil"


def test_guessing_is_slow(tmp_path: Path) -> None:
    environment = {"GIGAGATE_ADMIN_KEY": ADMIN}
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path / "state", environment=environment) as proxy:
            codes = [
                requests.post(f"{proxy.url}/admin/login", data={"key": "x"}, timeout=20).status_code
                for _ in range(12)
            ]
            assert codes[-1] == 429
            told = requests.post(f"{proxy.url}/admin/login", data={"key": ADMIN}, timeout=20)
            assert told.status_code == 429


def test_what_it_shows_has_no_secret_and_no_prompt(proxy: Proxy) -> None:
    session, _ = logged_in(proxy)
    key = {"Authorization": f"Bearer {CLIENT}"}
    answer = requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, headers=key, timeout=20)
    assert answer.status_code == 200
    shown = ""
    for path in ("health", "overview", "requests?after=0", "settings", "log", "models"):
        shown += session.get(f"{proxy.url}/admin/api/{path}", timeout=20).text
    rows = session.get(f"{proxy.url}/admin/api/requests?after=0", timeout=20).json()["requests"]
    assert [row["client"] for row in rows][:1] == ["anna"]
    for secret in (ADMIN, CLIENT, proxy.environment["GIGACHAT_AUTH_KEY"], "Привет"):
        assert secret not in shown
    for secret in (ADMIN, CLIENT):
        assert secret not in proxy.output()


def test_models_are_changed_in_the_file_and_taken_back(proxy: Proxy) -> None:
    session, form = logged_in(proxy)
    change = {"x-gigagate-form": form}
    config = Path(proxy.environment["GIGAGATE_CONFIG"])
    before = config.read_text()
    url = f"{proxy.url}/admin/api/models"
    refused = session.post(url, json={"aliases": {"my": ""}}, headers=change, timeout=20)
    assert refused.status_code == 400
    assert config.read_text() == before
    wanted = {"default": "GigaChat-2-Pro", "aliases": {"my-*": "GigaChat-2"}}
    assert session.post(url, json=wanted, headers=change, timeout=20).status_code == 200
    assert "GigaChat-2-Pro" in config.read_text()
    undone = session.post(f"{url}/undo", headers=change, timeout=20)
    assert undone.status_code == 200
    assert config.read_text() == before


def test_the_playground_needs_no_clients_key_but_a_session(proxy: Proxy) -> None:
    session, form = logged_in(proxy)
    url = f"{proxy.base_url}/chat/completions"
    assert session.post(url, json=CHAT, timeout=20).status_code == 401
    assert (
        requests.post(url, json=CHAT, headers={"x-gigagate-form": form}, timeout=20).status_code
        == 401
    )
    answer = session.post(url, json=CHAT, headers={"x-gigagate-form": form}, timeout=20)
    assert answer.status_code == 200


def test_without_a_key_this_users_command_line_tells_the_link(tmp_path: Path) -> None:
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path / "state") as proxy:
            told = subprocess.run(
                [sys.executable, "-m", "gigagate", "panel", "--json"],
                env=proxy.environment,
                capture_output=True,
                check=True,
            )
            url = json.loads(told.stdout)["url"]
            token = url.partition("token=")[2]
            assert token not in proxy.output()
            answer = requests.get(url, allow_redirects=False, timeout=20)
            assert answer.status_code == 303
            assert token not in str(answer.headers)
            wrong = requests.get(f"{proxy.url}/admin?token=guessed", timeout=20)
            assert wrong.status_code == 401


def test_a_page_hears_of_a_request_when_it_ends(proxy: Proxy) -> None:
    session, _ = logged_in(proxy)
    url = f"{proxy.url}/admin/api/events?of=health,overview,requests,log,nothing"
    with session.get(url, stream=True, timeout=20) as stream:
        assert "text/event-stream" in stream.headers["content-type"]
        lines = stream.iter_lines(1)
        heard = {next_event(lines)[0] for _ in range(4)}
        assert heard == {"health", "overview", "requests", "log"}
        key = {"Authorization": f"Bearer {CLIENT}"}
        requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, headers=key, timeout=20)
        told: dict[str, Any] = {}
        while "requests" not in told:
            name, value = next_event(lines)
            told[name] = value
    assert [row["client"] for row in told["requests"]["requests"]] == ["anna"]
    again = f"{proxy.url}/admin/api/events?of=requests&after={told['requests']['last'] - 1}"
    with session.get(again, stream=True, timeout=20) as stream:
        _, value = next_event(stream.iter_lines(1))
    assert value == told["requests"]


def next_event(lines: Iterator[bytes]) -> tuple[str, Any]:
    """Signs of life are none."""
    for line in lines:
        if line.startswith(b"event: "):
            return line.removeprefix(b"event: ").decode(), json.loads(next(lines)[6:])
    raise AssertionError("the stream has ended")
