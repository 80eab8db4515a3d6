"""A flow replayed from mitmweb is translated once and signed anew; elsewhere it goes nowhere."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.mitmweb import Web, arguments
from tests.support.ports import free_port
from tests.support.proxy import Proxy

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

PARTS = [{"type": "text", "text": "раз"}, {"type": "text", "text": "два"}]


Setup = tuple[Emulator, Proxy, Web]


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    folder = tmp_path_factory.mktemp("replay")
    web_port = free_port()
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, *arguments(web_port), verb="web") as proxy:
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


def test_what_is_shown_of_a_replayed_flow_is_of_the_replay_alone(setup: Setup) -> None:
    _, _, web = setup
    flow_id = sent_flow(setup)
    edited = {"model": "gigachat-pro", "messages": [{"role": "user", "content": "раз"}]}
    web.call("PUT", f"/flows/{flow_id}", json={"request": {"content": json.dumps(edited)}})
    flow = web.replay(flow_id)
    assert " GigaChat-2-Pro " in flow["comment"]
    assert "attempts" not in flow["comment"]
    _, changed = web.view(flow_id, "request", "GigaChat: what changed")
    assert "• model 'gigachat-pro' -> GigaChat-2-Pro" in changed
    assert "content parts joined" not in changed
    _, answer = web.view(flow_id, "response")
    assert answer.startswith("GigaChat-2-Pro:")


def test_a_replay_that_is_refused_shows_nothing_of_what_was_sent_before(setup: Setup) -> None:
    emulator, _, web = setup
    flow_id = sent_flow(setup)
    edited = {"model": "gigachat", "messages": []}
    web.call("PUT", f"/flows/{flow_id}", json={"request": {"content": json.dumps(edited)}})
    emulator.log.clear()
    flow = web.replay(flow_id)
    assert " 🔴 invalid_request" in flow["comment"]
    assert chats(emulator) == []
    _, changed = web.view(flow_id, "request", "GigaChat: what changed")
    assert "Nothing was sent to GigaChat" in changed


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


SECOND = "\r\nHost: localhost\r\n\r\nGET /api/v1/models HTTP/1.1\r\nX:"
EDITED = {
    "a query": {"method": "GET", "path": f"/v1/balance?a= HTTP/1.1{SECOND}"},
    "a space": {"method": "GET", "path": "/v1/balance?a=b c"},
    "a line feed": {"method": "GET", "path": "/v1/balance?a=b\nc"},
    "a media type": {
        "method": "POST",
        "path": "/v1/tokens/count",
        "headers": [["Host", "localhost"], ["Content-Type", f"text/plain{SECOND}"]],
    },
}


@pytest.mark.parametrize("name", EDITED)
def test_no_edited_flow_puts_a_second_request_on_the_wire(setup: Setup, name: str) -> None:
    emulator, _, web = setup
    flow_id = sent_flow(setup)
    web.call("PUT", f"/flows/{flow_id}", json={"request": EDITED[name]})
    emulator.log.clear()
    flow = web.replay(flow_id)
    assert flow["response"]["status_code"] in (400, 404)
    assert [received.target for received in emulator.log] == []


@pytest.mark.parametrize(
    "options",
    [
        {"ssl_insecure": True},
        {"proxy_debug": True},
        {"mode": ["regular"]},
        {"listen_host": "0.0.0.0"},
        {"keep_host_header": False},
        {"validate_inbound_headers": False},
        {"web_debug": True},
        {"web_host": "0.0.0.0", "web_password": ""},
        {"proxyauth": "anna:secret"},
    ],
)
def test_mitmwebs_option_page_cannot_weaken_the_proxy(setup: Setup, options: dict) -> None:
    _, _, web = setup
    answer = web.session.put(web.url + "/options", json=options, timeout=10)
    assert answer.status_code == 400, answer.text
    name, value = next(iter(options.items()))
    kept = web.session.get(web.url + "/options", timeout=10).json()[name]["value"]
    assert kept != value
    sent_flow(setup)


def test_a_replay_outlives_the_connection_its_flow_came_with(setup: Setup) -> None:
    """The client leaves while its request is replayed and waits for another token."""
    emulator, proxy, web = setup
    known = {flow["id"] for flow in web.flows()}
    with requests.Session() as client:
        body = {"model": "gigachat", "messages": [{"role": "user", "content": PARTS}]}
        client.post(f"{proxy.base_url}/chat/completions", json=body, timeout=20)
        (flow_id,) = {flow["id"] for flow in web.flows()} - known
        emulator.revoke_tokens()
        emulator.faults.add(path="/oauth", delay=1)
        emulator.log.clear()
        web.call("POST", f"/flows/{flow_id}/replay")
        while not chats(emulator):
            time.sleep(0.01)
    assert web.ended(flow_id)["response"]["status_code"] == 200
