"""GigaChat through a company's proxy: real ones, and one that refuses in every way there is."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.connect_proxy import NAMES, ConnectProxy, ProxyProcess, mitmproxy, tinyproxy
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part
from tests.support.samples import data_url
from tests.support.waiting import until

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

USER, PASSWORD = "ivanov", "p@ss-of-ivanov"
SIMPLE = "SesameOfIvanov"
"""tinyproxy takes letters and digits only."""
WITH_PASSWORD = f"{USER}:p%40ss-of-ivanov@"
CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
PICTURE = {
    "model": "gigachat",
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Что это?"},
                {"type": "image_url", "image_url": {"url": data_url()}},
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("emulator")
    with EmulatorThread(EmulatorConfig(concurrency=0), state_dir=folder) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def anew(emulator: Emulator) -> Iterator[None]:
    yield
    emulator.faults.clear()
    emulator.switch(chunk_delay=0)
    emulator.log.clear()


def through(url: str) -> dict[str, str]:
    return {"GIGAGATE_UPSTREAM_PROXY": url}


def chat(proxy: Proxy, body: object = CHAT, **more: object) -> requests.Response:
    url = f"{proxy.base_url}/chat/completions"
    return requests.post(url, json=body, timeout=40, **more)  # type: ignore[arg-type]


def everything_works(emulator: Emulator, proxy: Proxy) -> None:
    assert chat(proxy).status_code == 200
    with chat(proxy, CHAT | {"stream": True}, stream=True) as stream:
        lines = [line for line in stream.iter_lines() if line]
    assert lines[-1] == b"data: [DONE]"
    assert chat(proxy, PICTURE).status_code == 200
    assert any(one.path.endswith("/files") for one in emulator.log)


def retries_work(emulator: Emulator, proxy: Proxy) -> None:
    emulator.faults.add(path="/chat", status=503, body="")
    assert chat(proxy).status_code == 200
    emulator.faults.add(path="/chat", close="before")
    assert chat(proxy).status_code == 200


def a_client_may_leave(emulator: Emulator, proxy: Proxy) -> None:
    emulator.switch(chunk_delay=0.2, chunk_chars=2)
    emulator.log.clear()
    with chat(proxy, CHAT | {"stream": True}, stream=True) as stream:
        assert next(stream.iter_lines())
    until(lambda: emulator.log[-1].client_closed, seconds=20)
    emulator.switch(chunk_delay=0, chunk_chars=12)
    assert chat(proxy).status_code == 200


def is_told(proxy: Proxy, company: ProxyProcess) -> None:
    """The way, and nothing that is secret."""
    address = f"127.0.0.1:{company.port}"
    assert f"GigaChat is reached through the proxy {address} (GIGAGATE_UPSTREAM_PROXY)" in (
        proxy.output()
    )
    for secret in (PASSWORD, "p%40ss", SIMPLE):
        assert secret not in proxy.output()


def test_through_mitmproxy_with_a_password(emulator: Emulator, tmp_path: Path) -> None:
    arguments = ("--set", f"proxyauth={USER}:{PASSWORD}", "--set", "ignore_hosts=.*")
    with mitmproxy(tmp_path, *arguments) as company:
        url = company.url.replace("://", f"://{WITH_PASSWORD}")
        with Proxy(emulator, tmp_path, environment=through(url)) as proxy:
            everything_works(emulator, proxy)
            retries_work(emulator, proxy)
            a_client_may_leave(emulator, proxy)
            is_told(proxy, company)
        company.tells("server connect localhost")


def test_through_tinyproxy_with_a_password(emulator: Emulator, tmp_path: Path) -> None:
    program = str(require_real_part("tinyproxy"))
    with tinyproxy(tmp_path, program, USER, SIMPLE) as company:
        url = company.url.replace("://", f"://{USER}:{SIMPLE}@")
        with Proxy(emulator, tmp_path, environment=through(url)) as proxy:
            everything_works(emulator, proxy)
            retries_work(emulator, proxy)
            a_client_may_leave(emulator, proxy)
            is_told(proxy, company)


def test_a_company_that_looks_into_tls_and_resolves_names_itself(
    emulator: Emulator, tmp_path: Path
) -> None:
    """By the variables that other programs obey, with the company's own authority."""
    arguments = ("-s", str(NAMES), "--set", f"ssl_verify_upstream_trusted_ca={emulator.ca_file}")
    with mitmproxy(tmp_path, *arguments) as company:
        environment = {
            "HTTPS_PROXY": company.url,
            "NO_PROXY": "other.test",
            "GIGACHAT_BASE_URL": emulator.base_url.replace("localhost", "gigachat.test"),
            "GIGACHAT_AUTH_URL": emulator.auth_url.replace("localhost", "gigachat.test"),
            "GIGACHAT_CA_BUNDLE_FILE": str(tmp_path / "company" / "mitmproxy-ca-cert.pem"),
        }
        with Proxy(emulator, tmp_path, environment=environment) as proxy:
            everything_works(emulator, proxy)
            proxy.tells("(HTTPS_PROXY)")
        with Proxy(
            emulator,
            tmp_path,
            environment=environment | {"NO_PROXY": "test"},
            settings={"deadlines": {"retry": 1}},
        ) as proxy:
            assert chat(proxy).status_code == 503
            assert "through the proxy" not in proxy.output()
        each_credential_has_its_way(emulator, tmp_path, company, environment)


def each_credential_has_its_way(
    emulator: Emulator, folder: Path, company: ProxyProcess, environment: dict[str, str]
) -> None:
    """One in this machine's own network, the other behind the company's proxy."""
    (authorities := folder / "authorities.pem").write_text(
        Path(environment["GIGACHAT_CA_BUNDLE_FILE"]).read_text() + emulator.ca_file.read_text()
    )
    beyond = {"base_url": environment["GIGACHAT_BASE_URL"], "models": ["GigaChat-2"]}
    here = {"base_url": emulator.base_url, "models": ["GigaChat-2-Max"]}
    for first, variables in (
        ({"beyond": beyond, "here": here}, {}),
        ({"here": here, "beyond": beyond}, {"GIGACHAT_BASE_URL": emulator.base_url}),
    ):
        variables = (
            environment
            | variables
            | {
                "GIGACHAT_CA_BUNDLE_FILE": str(authorities),
                "GIGACHAT_AUTH_KEY": "",
                "GIGACHAT_AUTH_KEY__BEYOND": emulator.authorization_key,
                "GIGACHAT_AUTH_KEY__HERE": emulator.authorization_key,
            }
        )
        settings = {"credentials": first, "deadlines": {"connect": 1, "retry": 1}}
        with Proxy(emulator, folder, environment=variables, settings=settings) as proxy:
            for model in ("GigaChat-2-Max", "GigaChat-2"):
                assert chat(proxy, CHAT | {"model": model}).status_code == 200
            assert chat(proxy, PICTURE | {"model": "GigaChat-2-Max"}).status_code == 200
            proxy.tells("(HTTPS_PROXY)")


@pytest.fixture(scope="module")
def refusing(
    emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ConnectProxy, Proxy]]:
    settings = {"deadlines": {"retry": 3, "connect": 1}, "limits": {"slots": 2}}
    folder = tmp_path_factory.mktemp("refusing")
    with ConnectProxy() as company:
        with Proxy(emulator, folder, environment=through(company.url), settings=settings) as proxy:
            assert chat(proxy).status_code == 200
            yield company, proxy


def api_port(emulator: Emulator) -> str:
    return emulator.base_url.split(":")[2].split("/")[0]


def said(status: int, more: str = "") -> bytes:
    return f"HTTP/1.1 {status} No\r\nContent-Length: 2\r\n{more}\r\nno".encode()


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (said(407), 502, "it asks for a user and a password"),
        (said(403), 502, "it forbids that address (status 403)"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", 502, "it does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\n\x15\x03", 502, "it says more than was asked"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000, 502, "it answers without end"),
    ],
)
def test_a_refusal_is_told_at_once(
    emulator: Emulator,
    refusing: tuple[ConnectProxy, Proxy],
    answer: bytes,
    status: int,
    words: str,
) -> None:
    company, proxy = refusing
    company.answers = {api_port(emulator): [answer] * 9}
    refused = chat(proxy)
    assert refused.status_code == status
    assert refused.json()["error"]["code"] == "proxy_refused"
    told = refused.json()["error"]["message"]
    assert told.startswith(f"The proxy 127.0.0.1:{company.port} (GIGAGATE_UPSTREAM_PROXY) ")
    assert words in told
    assert len(company.answers[api_port(emulator)]) == 8
    company.answers = {}
    assert chat(proxy).status_code == 200


@pytest.mark.parametrize("answer", [said(502), said(503), b"HTTP/1.1 2", b""])
def test_what_may_pass_is_tried_again(
    emulator: Emulator, refusing: tuple[ConnectProxy, Proxy], answer: bytes
) -> None:
    """b"": no answer at all, until deadlines.connect."""
    company, proxy = refusing
    company.answers = {api_port(emulator): [answer]}
    assert chat(proxy).status_code == 200
    assert not company.answers[api_port(emulator)]


def test_what_lasts_is_told_with_the_proxys_name(
    emulator: Emulator, refusing: tuple[ConnectProxy, Proxy]
) -> None:
    company, proxy = refusing
    company.answers = {api_port(emulator): [said(502)] * 50}
    refused = chat(proxy)
    company.answers = {}
    assert refused.status_code == 503
    assert "it cannot reach that address (status 502)" in refused.json()["error"]["message"]


def test_oauth_that_is_refused_the_way_says_so(emulator: Emulator, tmp_path: Path) -> None:
    with ConnectProxy() as company:
        company.answers = {api_port(emulator): [said(407)] * 50}
        with Proxy(emulator, tmp_path, environment=through(company.url)) as proxy:
            refused = chat(proxy)
            found = json.loads(doctor(proxy))
    assert refused.status_code == 502
    assert refused.json()["error"]["code"] == "token_unavailable"
    assert "refuses the way to localhost: it asks for a user" in refused.json()["error"]["message"]
    told = {one["what"]: one["told"] for one in found}
    assert told["GigaChat"].startswith(f"the proxy 127.0.0.1:{company.port}")


def test_a_proxy_that_is_not_there_is_named(emulator: Emulator, tmp_path: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        settings = {"deadlines": {"retry": 1}}
        with Proxy(emulator, tmp_path, environment=through(url), settings=settings) as proxy:
            refused = chat(proxy)
    assert refused.status_code == 503
    assert f"the proxy {url.removeprefix('http://')}" in refused.json()["error"]["message"]
    assert "cannot be reached" in refused.json()["error"]["message"]


def test_doctor_says_which_way_is_taken(emulator: Emulator, tmp_path: Path) -> None:
    with ConnectProxy() as company:
        proxy = Proxy(emulator, tmp_path, environment=through(company.url))
        told = {one["what"]: one["told"] for one in json.loads(doctor(proxy))}
    for what in ("GigaChat", "OAuth host"):
        assert told[what].endswith(
            f"answers through the proxy 127.0.0.1:{company.port} (GIGAGATE_UPSTREAM_PROXY)"
        )


def doctor(proxy: Proxy) -> str:
    command = [sys.executable, "-m", "gigagate", "doctor", "--json"]
    return subprocess.run(
        command, env=proxy.environment, capture_output=True, text=True, timeout=60, check=False
    ).stdout
