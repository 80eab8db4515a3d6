"""No key, token, password or passphrase is to be found in anything the proxy shows, logs or saves.

It has two ways into GigaChat, each with a client certificate: a ready token, after it a user with a
password; and an authorization key.  Its clients have keys of the settings and issued ones.
"""

import base64
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from tests.support import waiting
from tests.support.ports import free_port
from tests.support.proxy import Proxy

from gigagate.emulator.config import Credential, EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread
from gigagate.emulator.tls import issue_client_certificate

CLIENT_KEY = "sk-client-key-0123456789abcdefghij"
ADMIN_KEY = "key-of-the-admin-0123456789"
PASSWORD, PASSPHRASE = "password-of-the-robot", "passphrase-of-the-key-file"
ACCOUNT = Credential(user="robot", password=PASSWORD, certificate="gateway.bank")
WEB_PASSWORD = "password-of-the-web-interface"
CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


HELLO = [{"role": "user", "content": "Привет"}]
OTHER_APIS: list[tuple[str, dict[str, str], dict[str, object]]] = [
    (
        "/v1/messages?beta=true",
        {"X-Api-Key": CLIENT_KEY, "Anthropic-Version": "2023-06-01"},
        {"model": "claude", "max_tokens": 9, "messages": HELLO},
    ),
    (
        "/v1/responses",
        {"Authorization": f"Bearer {CLIENT_KEY}"},
        {"model": "gigachat", "input": "Привет"},
    ),
    (
        f"/v1beta/models/gemini:generateContent?key={CLIENT_KEY}",
        {"X-Goog-Api-Key": CLIENT_KEY},
        {"contents": [{"role": "user", "parts": [{"text": "Привет"}]}]},
    ),
]
"""Path, where its clients put their key, and a request."""


@dataclass
class Traces:
    """Everything that could have kept a secret: name -> content."""

    contents: dict[str, bytes]
    access_tokens: list[str]
    issued: list[str]
    """Keys of clients, made and changed while the proxy ran."""
    private_key: str
    """A line of the client certificate's."""

    def containing(self, secret: str) -> list[str]:
        wanted = secret.encode()
        forms = (wanted, wanted.hex().encode(), wanted.hex().upper().encode())
        return [name for name, content in self.contents.items() if any(f in content for f in forms)]


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traces]:
    folder = tmp_path_factory.mktemp("secrets")
    web = f"http://127.0.0.1:{(web_port := free_port())}"
    config = EmulatorConfig(credentials=(ACCOUNT,), client_certificate="required", concurrency=0)
    secrets = tmp_path_factory.mktemp("outside")
    with EmulatorThread(config, state_dir=secrets / "emulator") as emulator:
        arguments = [
            "-w",
            str(folder / "flows"),
            "--web-port",
            str(web_port),
            "--no-web-open-browser",
        ]
        for option in (
            f"web_password={WEB_PASSWORD}",
            f"hardump={folder / 'flows.har'}",
            "termlog_verbosity=debug",
            "store_streamed_bodies=true",
        ):
            arguments += ["--set", option]
        keys = {
            "GIGAGATE_CLIENT_KEYS": f"driver:{CLIENT_KEY}",
            "GIGAGATE_ADMIN_KEY": ADMIN_KEY,
            **certificate(emulator, secrets),
        }
        user = {
            "GIGACHAT_AUTH_KEY": "",
            "GIGACHAT_ACCESS_TOKEN": emulator._state.office.issue(ACCOUNT, 1800)[0],
            "GIGACHAT_USER": "robot",
            "GIGACHAT_PASSWORD": PASSWORD,
            "SSLKEYLOGFILE": str(folder / "tls-keys"),
        }
        web_proxy = Proxy(emulator, folder, *arguments, verb="web", environment=keys | user)
        contents: dict[str, bytes] = {}
        with web_proxy as proxy:
            drive(proxy, emulator)
            contents |= look_at_mitmweb(web, folder)
            contents |= ask_the_proxy(proxy)
            issued = clients_come_and_go(proxy, contents)
        tell_of_flows(web_proxy, folder, contents)
        with Proxy(
            emulator,
            folder,
            *("--set", "flow_detail=4", "--set", "termlog_verbosity=debug"),
            environment=keys,
        ) as proxy:
            drive(proxy, emulator)
            for one in ("doctor", "status"):
                contents[f"{one} with a key"] = run(proxy, one, "--json")
        for file in folder.rglob("*"):
            if file.is_file() and "tokens" not in file.name:
                contents[str(file.relative_to(folder))] = file.read_bytes()
        private_key = (secrets / "client.key").read_text().splitlines()[1]
        yield Traces(contents, access_tokens(emulator), issued, private_key)


def certificate(emulator: Emulator, folder: Path) -> dict[str, str]:
    """Files that only the proxy reads."""
    chain, key = issue_client_certificate(folder / "emulator", ACCOUNT.certificate)
    sealed = load_pem_private_key(key, None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.encode())
    )
    (folder / "client.pem").write_bytes(chain)
    (folder / "client.key").write_bytes(sealed)
    return {
        "GIGACHAT_CERT_FILE": str(folder / "client.pem"),
        "GIGACHAT_KEY_FILE": str(folder / "client.key"),
        "GIGACHAT_KEY_FILE_PASSWORD": PASSPHRASE,
    }


def clients_come_and_go(proxy: Proxy, contents: dict[str, bytes]) -> list[str]:
    """The keys that were issued; each is shown once, to whoever asked for it."""
    issued = []
    for verb in ("add", "rotate"):
        told = json.loads(run(proxy, "clients", verb, "anna", "--json"))
        issued.append(str(told["key"]))
        headers = {"Authorization": f"Bearer {told['key']}"}
        url = f"{proxy.base_url}/chat/completions"
        waiting.until(
            lambda url=url, headers=headers: (
                requests.post(url, json=CHAT, headers=headers, timeout=20).status_code == 200
            ),
            seconds=20,
        )
    contents["clients list"] = run(proxy, "clients", "list", "--json")
    contents["clients revoke"] = run(proxy, "clients", "revoke", "anna")
    session = requests.Session()
    session.post(f"{proxy.url}/admin/login", data={"key": ADMIN_KEY}, timeout=20)
    api = f"{proxy.url}/admin/api"
    for path in ("health", "overview", "clients", "sessions"):
        contents[f"panel {path}"] = session.get(f"{api}/{path}", timeout=20).content
    for one in json.loads(contents["panel sessions"])["sessions"]:
        asked = f"session?id={one['id']}"
        contents[f"panel {asked}"] = session.get(f"{api}/{asked}", timeout=20).content
    return issued


def tell_of_flows(proxy: Proxy, folder: Path, contents: dict[str, bytes]) -> None:
    """Reports as pages that are kept beside the flows, and for programs; and a replay."""
    flows, har = str(folder / "flows"), str(folder / "flows.har")
    run(proxy, "report", flows, "-o", str(folder / "report.html"))
    run(proxy, "report", har, "--anonymous", "-o", str(folder / "anonymous.html"))
    run(proxy, "report", flows, har, "--compare", "-o", str(folder / "compared.html"))
    contents["report"] = run(proxy, "report", flows, "--json")
    contents["replay"] = run(proxy, "replay", flows, "--then")


def run(proxy: Proxy, *words: str) -> bytes:
    command = [sys.executable, "-m", "gigagate", *words]
    ended = subprocess.run(command, env=proxy.environment, capture_output=True, timeout=60)
    assert ended.stdout, ended.stderr
    return ended.stdout + ended.stderr


def drive(proxy: Proxy, emulator: Emulator) -> None:
    headers = {
        "Authorization": f"Bearer {CLIENT_KEY}",
        "X-Api-Key": CLIENT_KEY,
        "Cookie": f"session={CLIENT_KEY}",
    }
    url = f"{proxy.base_url}/chat/completions"
    assert requests.post(url, json=CHAT, headers=headers, timeout=20).status_code == 200
    emulator.revoke_tokens()
    answer = requests.post(url, json=CHAT | {"stream": True}, headers=headers, timeout=20)
    assert "[DONE]" in answer.text
    echo = f"token was {access_tokens(emulator)[-1]}"
    emulator.faults.add(
        path="/chat/completions", status=422, body=json.dumps({"status": 422, "message": echo})
    )
    assert requests.post(url, json=CHAT, headers=headers, timeout=20).status_code == 422
    for path, keys, asked in OTHER_APIS:
        answer = requests.post(proxy.url + path, json=asked, headers=keys, timeout=20)
        assert answer.status_code == 200, answer.text
        emulator.faults.add(
            path="/chat/completions", status=422, body=json.dumps({"status": 422, "message": echo})
        )
        answer = requests.post(proxy.url + path, json=asked, headers=keys, timeout=20)
        assert answer.status_code == 422, answer.text
    requests.get(f"{proxy.base_url}/models?key={CLIENT_KEY}", headers=headers, timeout=20)
    content = {"contents": [{"parts": [{"text": "Привет"}]}]}
    for method in ("generateContent", "streamGenerateContent"):
        google = f"{proxy.url}/v1beta/models/gemini-pro:{method}?alt=json&key={CLIENT_KEY}"
        by_google = {"X-Goog-Api-Key": CLIENT_KEY}
        assert requests.post(google, json=content, headers=by_google, timeout=20).ok
    wrong = f"{proxy.url}/v1beta/models/gemini-pro:nothing?key={CLIENT_KEY}"
    assert CLIENT_KEY not in requests.post(wrong, json={}, timeout=20).text
    requests.get(f"{proxy.url}/nowhere", headers=headers, timeout=20)
    key = f"Authorization: Bearer {CLIENT_KEY}"
    for raw in (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n{key}\r\n",
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n{key}",
        f"POST /v1/chat/completions HTTP/1.1\r\n{key}\r\nContent-Length: x\r\n\r\n",
        f"POST /v1/chat/completions HTTP/1.1\r\n{key}\r\nno colon {CLIENT_KEY}\r\n\r\n",
        f"GARBAGE\r\n{key}\r\n\r\n",
        f"CONNECT evil:443 HTTP/1.1\r\n{key}\r\n\r\n",
        f"GET http://evil/ HTTP/1.1\r\nHost: localhost\r\n{key}\r\n\r\n",
    ):
        send_raw(proxy.port, raw.encode())


def send_raw(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


def look_at_mitmweb(web: str, folder: Path) -> dict[str, bytes]:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {WEB_PASSWORD}"

    def get(path: str) -> bytes:
        answer = session.get(web + path, timeout=20)
        assert answer.status_code == 200, (path, answer.text)
        return answer.content

    seen = {path: get(path) for path in ("/flows", "/events", "/options", "/state", "/flows/dump")}
    views = [view for view in json.loads(seen["/state"])["contentViews"] if "gigachat" in view]
    assert len(views) == 8
    flows = json.loads(seen["/flows"])
    assert len(flows) >= 5
    for flow in flows:
        for side in ("request", "response"):
            if flow.get(side):
                path = f"/flows/{flow['id']}/{side}/content.data"
                answer = session.get(web + path, timeout=20)
                seen[path] = answer.content
                for view in views:
                    path = f"/flows/{flow['id']}/{side}/content/{quote(view)}.json"
                    seen[path] = get(path)
        for command in ("gigachat.explain", "gigachat.fixture", "export curl", "export raw"):
            seen[f"{command} {flow['id']}"] = run_command(web, command, flow["id"], folder)
    return seen


def run_command(web: str, command: str, flow_id: str, folder: Path) -> bytes:
    """What it answers, and the file it writes (which is searched like any other)."""
    name, *form = command.split()
    name = "export.file" if name == "export" else name
    arguments = [*form, f"@{flow_id}"]
    if name != "gigachat.explain":
        arguments.append(str(folder / f"{'-'.join([name, *form])}-{flow_id}"))
    headers = {"Authorization": f"Bearer {WEB_PASSWORD}", "X-XSRFToken": "0" * 32}
    cookies = {"_mitmproxy_xsrf": "0" * 32}
    return requests.post(
        f"{web}/commands/{name}",
        json={"arguments": arguments},
        headers=headers,
        cookies=cookies,
        timeout=20,
    ).content


def ask_the_proxy(proxy: Proxy) -> dict[str, bytes]:
    """What it tells about itself, by HTTP and on the command line."""
    key = {"Authorization": f"Bearer {CLIENT_KEY}"}
    seen = {
        f"{path} {accept}": requests.get(
            proxy.url + path, headers={"Accept": accept, **key}, timeout=20
        ).content
        for path in ("/", "/stats", "/metrics", "/ready")
        for accept in ("application/json", "text/html")
    }
    for verb in ("status", "stats", "token", "models", "doctor"):
        seen[verb] = run(proxy, verb, "--json")
    return seen


def access_tokens(emulator: Emulator) -> list[str]:
    """As GigaChat saw them."""
    return list(
        dict.fromkeys(
            value.removeprefix("Bearer ")
            for received in emulator.log
            for name, value in received.headers
            if name.lower() == "authorization" and value.startswith("Bearer ")
        )
    )


def test_the_search_finds_what_is_there(traces: Traces) -> None:
    assert len(traces.access_tokens) >= 4, "a ready one, the user's, the key's"
    assert b"anna" in traces.contents["clients list"]
    for name in ("report", "report.html", "panel overview"):
        assert b"GigaChat-2-Max" in traces.contents[name]
    assert traces.containing("chat/completions")
    assert {"/flows", "/events", "flows", "flows.har"} <= traces.contents.keys()
    assert b"gen_ai_client_token_usage" in traces.contents["/metrics application/json"]
    assert b"GigaChat-2-Max" in traces.contents["doctor"]
    assert "Привет".encode() in traces.contents["flows"]
    assert "tls-keys" in traces.contents
    assert "Привет".encode() in traces.contents["report.html"]
    assert "Привет" in json.loads(traces.contents["report"])[0]["title"]
    assert any(
        "Привет".encode() in traces.contents[name] for name in traces.contents if "session?" in name
    )
    for part in ("export.file-curl", "export.file-raw", "gigachat.fixture", "as%20gigachat%20sent"):
        assert any(part in name for name in traces.containing("chat")), part


def test_no_access_token_anywhere(traces: Traces) -> None:
    for token in traces.access_tokens:
        assert traces.containing(token) == []


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(ACCOUNT.key, id="authorization key"),
        pytest.param(CLIENT_KEY, id="client key"),
        pytest.param(ADMIN_KEY, id="admin key"),
        pytest.param(PASSWORD, id="password"),
        pytest.param(base64.b64encode(f"robot:{PASSWORD}".encode()).decode(), id="login"),
        pytest.param(PASSPHRASE, id="passphrase"),
    ],
)
def test_no_other_secret_anywhere(traces: Traces, secret: str) -> None:
    assert traces.containing(secret) == []


def test_no_private_key_and_no_key_issued_to_a_client_anywhere(traces: Traces) -> None:
    assert len(set(traces.issued)) == 2
    for secret in (*traces.issued, traces.private_key):
        assert traces.containing(secret) == []
