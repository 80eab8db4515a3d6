"""An error of ours never sends a request upstream, and the client learns of it in JSON."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.faulty_proxy import CHAT, FaultyProxy, faulty_proxy
from tests.support.proxy import ENTRY, MITMDUMP, Proxy
from tests.support.samples import data_url

from gigagate.emulator.thread import EmulatorThread

BEFORE_GIGACHAT = [
    "gigagate.hooks.door.door:Door.requestheaders",
    "gigagate.hooks.door.door:Door.admit",
    "gigagate.hooks.door.door:Door.identify",
    "gigagate.hooks.door.door:Door.request",
    "gigagate.hooks.calls.prepare:Calls.prepare",
    "gigagate.hooks.calls.prepare:Calls.account_of",
    "gigagate.hooks.calls.prepare:Calls.headers",
    "gigagate.hooks.door.client_secrets:remove",
    "gigagate.hooks.about.endpoints:LocalEndpoints.requestheaders",
    "gigagate.hooks.about.endpoints:LocalEndpoints.request",
    "gigagate.hooks.wire.layers:Layers.choose",
    "gigagate.accounts.token_wait:TokenWait.now",
    "gigagate.hooks.wire.http_layer:GigaHttpLayer.name_upstream",
    "gigagate.hooks.wire.http_layer:GigaHttpLayer.make_stream",
    "gigagate.hooks.wire.http_layer:GigaHttpLayer.get_connection",
    "gigagate.hooks.wire.http_layer:GigaHttpLayer.event_to_child",
    "gigagate.hooks.wire.stream:GigaStream.state_consume_request_body",
    "gigagate.hooks.wire.stream:GigaStream.request_is_complete",
    "gigagate.hooks.wire.stream:GigaStream.attempt",
    "gigagate.hooks.wire.stream:GigaStream.wire_request",
    "gigagate.exchange:Exchange.__init__",
    "gigagate.exchange:Exchange.upstream_request",
    "gigagate.gigachat.v1.request:chat_completion",
    "mitmproxy.proxy.layers.http:HttpStream.state_wait_for_request_headers",
]

AFTER_GIGACHAT = [
    "gigagate.hooks.wire.stream:GigaStream.state_wait_for_response_headers",
    "gigagate.hooks.wire.stream:GigaStream.state_collect_answer",
    "gigagate.hooks.wire.stream:GigaStream.upstream_has_answered",
    "gigagate.hooks.wire.client_side:ClientStream.answer_whole",
    "gigagate.exchange:Exchange.begins_stream",
    "gigagate.exchange:Exchange.answer",
    "gigagate.gigachat.v1.response:chat_completion",
]

ON_THE_STREAM = [
    "gigagate.hooks.wire.client_side:ClientStream.begin_stream",
    "gigagate.hooks.wire.stream:GigaStream.state_stream_answer",
    "gigagate.exchange:Exchange.stream_headers",
]

WITH_FILES = [
    "gigagate.hooks.calls.files:attach_known",
    "gigagate.hooks.calls.files:attach",
    "gigagate.files.uploads:Uploads.ids",
    "gigagate.files.client:FileClient.upload",
    "gigagate.core.multipart:write",
    "gigagate.core.attachment:with_ids",
]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyProxy]:
    with faulty_proxy(tmp_path_factory.mktemp("fail-closed")) as faulty:
        yield faulty


def test_without_a_fault_the_request_reaches_gigachat(faulty: FaultyProxy) -> None:
    assert faulty.post("").status_code == 200
    assert faulty.chats_upstream() == 1


@pytest.mark.parametrize("fault", BEFORE_GIGACHAT)
def test_a_fault_before_gigachat_answers_500_and_sends_nothing(
    faulty: FaultyProxy, fault: str
) -> None:
    answer = faulty.post(fault)
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "injected" not in answer.text
    assert faulty.chats_upstream() == 0
    faulty.proxy.tells("injected")


@pytest.mark.parametrize("fault", WITH_FILES)
def test_a_fault_with_a_file_answers_500_and_sends_no_chat(faulty: FaultyProxy, fault: str) -> None:
    picture = {"type": "image_url", "image_url": {"url": data_url()}}
    answer = faulty.post(fault, messages=[{"role": "user", "content": [picture]}])
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert faulty.chats_upstream() == 0


@pytest.mark.parametrize("fault", AFTER_GIGACHAT)
def test_a_fault_after_gigachat_answers_500(faulty: FaultyProxy, fault: str) -> None:
    answer = faulty.post(fault)
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"


@pytest.mark.parametrize("fault", ON_THE_STREAM)
def test_a_fault_on_a_stream_ends_it_with_an_error(faulty: FaultyProxy, fault: str) -> None:
    answer = faulty.post(fault, stream=True)
    assert '"code":"internal_error"' in answer.text.replace(": ", ":")
    assert "[DONE]" not in answer.text


def test_a_waiting_request_whose_token_hook_fails_is_refused(faulty: FaultyProxy) -> None:
    faulty.emulator.revoke_tokens()
    answer = faulty.post("gigagate.hooks.calls.waiting:Waiting.gigagate_wait")
    assert answer.status_code == 500
    assert faulty.chats_upstream() <= 1, "at most the attempt with the revoked token"


@pytest.mark.parametrize("method", ["finish", "finished"])
def test_a_fault_in_accounting_keeps_no_slot(faulty: FaultyProxy, method: str) -> None:
    """GigaChat gives one slot here; the second request would wait for the first one's."""
    fault = f"gigagate.hooks.telemetry:Telemetry.{method}"
    with requests.Session() as kept_alive:
        for _ in range(2):
            assert faulty.post_in(kept_alive, fault).status_code == 200
        state = requests.get(faulty.proxy.url, headers={"Accept": "application/json"}, timeout=20)
        assert state.json()["slots_in_use"] == 0


def test_the_proxy_still_works_afterwards(faulty: FaultyProxy) -> None:
    assert faulty.post("").status_code == 200


HALTING = "from mitmproxy.exceptions import AddonHalt\n"
FIRST = [
    "def requestheaders(flow): raise RuntimeError",
    HALTING + "async def requestheaders(flow): raise AddonHalt",
]


@pytest.mark.parametrize("plain", ["false", "true"])
@pytest.mark.parametrize("script", FIRST, ids=["fails", "halts"])
def test_a_script_before_us_that_fails_lets_nobody_in(
    tmp_path: Path, script: str, plain: str
) -> None:
    """mitmproxy does not call our hook then; `Host` and key of the client go unexamined."""
    first = tmp_path / "first.py"
    first.write_text(script.replace("): ", "):\n  if flow.request.path != '/health': "))
    environment = {"GIGAGATE_CLIENT_KEYS": "anna:a-key-of-the-clients", "GIGAGATE_PLAIN": plain}
    command = (MITMDUMP, "-s", str(first), "-s", str(ENTRY), "-w", str(tmp_path / "flows"))
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path, command=command, environment=environment) as proxy:
            key = {"Authorization": "Bearer some-secret"}
            answer = requests.post(
                f"{proxy.base_url}/chat/completions", json=CHAT, headers=key, timeout=20
            )
            about_itself = requests.get(f"{proxy.url}/stats", headers=key, timeout=20)
        assert about_itself.status_code == 401
        assert answer.status_code == 500
        assert answer.json()["error"]["code"] == "internal_error"
        assert list(emulator.log) == []
    assert b"/v1/chat/completions" in (tmp_path / "flows").read_bytes()
    assert b"some-secret" not in (tmp_path / "flows").read_bytes()
