"""A flow replayed from mitmweb is translated once and signed anew; elsewhere it goes nowhere."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.proxy import Proxy, free_port

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

PASSWORD = "password-of-the-web-interface"
PARTS = [{"type": "text", "text": "раз"}, {"type": "text", "text": "два"}]


class Web:
    """mitmweb's REST interface."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {PASSWORD}"
        self.session.headers["X-XSRFToken"] = "0" * 32
        self.session.cookies["_mitmproxy_xsrf"] = "0" * 32

    def flows(self) -> list[dict]:
        return self.session.get(self.url + "/flows", timeout=10).json()

    def call(self, method: str, path: str, **arguments) -> None:
        answer = self.session.request(method, self.url + path, timeout=10, **arguments)
        assert answer.status_code < 300, answer.text

    def replay(self, flow_id: str) -> dict:
        """Replays and returns the flow once it has ended."""
        self.call("POST", f"/flows/{flow_id}/replay")
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            flow = next(flow for flow in self.flows() if flow["id"] == flow_id)
            if (flow.get("response") or {}).get("timestamp_end") or flow.get("error"):
                return flow
            time.sleep(0.05)
        raise AssertionError("the replay did not end")

    def answer(self, flow_id: str) -> bytes:
        path = f"/flows/{flow_id}/response/content.data"
        return self.session.get(self.url + path, timeout=10).content


Setup = tuple[Emulator, Proxy, Web]


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    folder = tmp_path_factory.mktemp("replay")
    web_port = free_port()
    arguments = ["--web-port", str(web_port), "--no-web-open-browser"]
    arguments += ["--set", f"web_password={PASSWORD}"]
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, *arguments, verb="web") as proxy:
            yield emulator, proxy, Web(f"http://127.0.0.1:{web_port}")


def chats(emulator: Emulator) -> list:
    return [received for received in emulator.log if "chat" in received.target]


def sent_flow(setup: Setup, **more: object) -> str:
    """Sends a chat as a client, and returns its flow's id."""
    _, proxy, web = setup
    known = {flow["id"] for flow in web.flows()}
    body = {"model": "gigachat", "messages": [{"role": "user", "content": PARTS}], **more}
    answer = requests.post(f"{proxy.base_url}/chat/completions", json=body, timeout=20)
    assert answer.status_code == 200
    (flow_id,) = {flow["id"] for flow in web.flows()} - known
    return flow_id


@pytest.mark.parametrize("stream", [False, True])
def test_a_replayed_flow_is_translated_and_signed_anew(setup: Setup, stream: bool) -> None:
    emulator, _, web = setup
    flow_id = sent_flow(setup, stream=stream)
    emulator.revoke_tokens()
    emulator.log.clear()
    flow = web.replay(flow_id)
    assert flow["response"]["status_code"] == 200
    first_attempt, second = chats(emulator)
    assert (first_attempt.status, second.status) == (401, 200)
    assert second.json["messages"] == [{"role": "user", "content": "раз\nдва"}]
    assert second.json["model"] == "GigaChat-2-Max"
    assert b"chat.completion" in web.answer(flow_id)


def test_an_edited_flow_is_translated_from_its_edited_body(setup: Setup) -> None:
    emulator, _, web = setup
    flow_id = sent_flow(setup)
    edited = {"model": "gigachat-pro", "messages": [{"role": "user", "content": PARTS[:1]}]}
    body = {"request": {"content": json.dumps(edited)}}
    web.call("PUT", f"/flows/{flow_id}", json=body)
    emulator.log.clear()
    assert web.replay(flow_id)["response"]["status_code"] == 200
    (received,) = chats(emulator)
    assert received.json["model"] == "GigaChat-2-Pro"
    assert received.json["messages"] == [{"role": "user", "content": "раз"}]


@pytest.mark.parametrize("change", [{"host": "localhost"}, {"port": None}, {"scheme": "http"}])
def test_a_flow_sent_elsewhere_goes_nowhere(
    setup: Setup, tmp_path: Path, change: dict[str, object]
) -> None:
    emulator, _, web = setup
    with EmulatorThread(state_dir=tmp_path) as elsewhere:
        port = int(elsewhere.base_url.split(":")[2].split("/")[0])
        target = {"host": "127.0.0.1", "port": port} if "host" in change else dict(change)
        if "port" in target:
            target["port"] = port
        flow_id = sent_flow(setup)
        web.call("PUT", f"/flows/{flow_id}", json={"request": target})
        emulator.log.clear()
        flow = web.replay(flow_id)
        assert flow["response"]["status_code"] == 400
        assert b"only" in web.answer(flow_id)
        assert chats(emulator) == []
        assert elsewhere.log == []


@pytest.mark.parametrize(
    "options",
    [
        {"ssl_insecure": True},
        {"proxy_debug": True},
        {"mode": ["regular"]},
        {"listen_host": "0.0.0.0"},
        {"keep_host_header": False},
        {"validate_inbound_headers": False},
    ],
)
def test_mitmwebs_option_page_cannot_weaken_the_proxy(setup: Setup, options: dict) -> None:
    _, _, web = setup
    answer = web.session.put(web.url + "/options", json=options, timeout=10)
    assert answer.status_code == 400, answer.text
    ((name, value),) = options.items()
    kept = web.session.get(web.url + "/options", timeout=10).json()[name]["value"]
    assert kept != value
    sent_flow(setup)
