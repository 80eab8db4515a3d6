"""Both sides of a conversation can be seen while it runs, when it broke, and years later."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from mitmproxy import flowfilter, http
from mitmproxy.io import FlowReader
from tests.support.mitmweb import Web, arguments
from tests.support.ports import free_port
from tests.support.proxy import ENTRY, ROOT, Proxy

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

PARTS = [{"type": "text", "text": "раз"}, {"type": "text", "text": "два"}]
CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": PARTS}]}
SENT = {"model": "GigaChat-2-Max", "messages": [{"role": "user", "content": "раз\nдва"}]}
DEBUGGING = ROOT / "docs" / "debugging.md"
MITMWEB = (str(Path(sys.executable).with_name("mitmweb")), "-s", str(ENTRY))


class Setup(NamedTuple):
    emulator: Emulator
    proxy: Proxy
    web: Web
    folder: Path


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    folder = tmp_path_factory.mktemp("inspection")
    port = free_port()
    saving = ["-w", str(folder / "flows"), "--set", f"hardump={folder / 'flows.har'}"]
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, *arguments(port), *saving, verb="web") as proxy:
            yield Setup(emulator, proxy, Web(f"http://127.0.0.1:{port}"), folder)


def send(setup: Setup, **more: object) -> tuple[requests.Response, dict]:
    """Sends a chat; returns its answer and its flow."""
    known = {flow["id"] for flow in setup.web.flows()}
    url = f"{setup.proxy.base_url}/chat/completions"
    answer = requests.post(url, json=CHAT | more, timeout=20)
    return answer, setup.web.wait_for_flow(lambda flow: flow["id"] not in known and ended(flow))


def ended(flow: dict) -> object:
    return flow.get("error") or (flow.get("response") or {}).get("timestamp_end")


def upstream_request(web: Web, flow: dict) -> dict:
    _, text = web.view(flow["id"], "request", "GigaChat: as GigaChat got it")
    return json.loads(text.rpartition("\n \n")[2])


@pytest.mark.parametrize("stream", [False, True])
def test_the_right_view_is_chosen_and_both_sides_are_kept(setup: Setup, stream: bool) -> None:
    web = setup.web
    answer, flow = send(setup, stream=stream)
    flow_id = flow["id"]
    name, text = web.view(flow_id, "request")
    assert name == "GigaChat: conversation"
    assert "── messages[0] · user ──\nраз\nдва" in text
    _, text = web.view(flow_id, "request", "GigaChat: what changed")
    assert "  • content parts joined" in text
    assert '-       "content": [{"type": "text", "text": "раз"}' in text
    sent = upstream_request(web, flow)
    assert {key: sent[key] for key in SENT} == SENT
    _, text = web.view(flow_id, "request", "GigaChat: as the client sent it")
    assert json.loads(text) == CHAT | {"stream": stream}
    name, text = web.view(flow_id, "response")
    assert name == "GigaChat: answer"
    assert text.startswith("GigaChat-2-Max")
    assert " · stop · " in text
    assert ("first piece after" in text) is stream
    _, text = web.view(flow_id, "response", "GigaChat: as GigaChat sent it")
    assert text.startswith("HTTP/1.1 200")
    assert ('"object": "chat.completion"' in text) is not stream
    _, text = web.view(flow_id, "response", "GigaChat: as the client got it")
    if stream:
        assert text.replace("\n \n", "\n\n").strip() == answer.text.strip()
    else:
        assert json.loads(text) == answer.json()


def test_a_request_is_shown_as_a_step_of_its_session(setup: Setup) -> None:
    begun = {"role": "user", "content": "a task of two steps"}
    answer, first = send(setup, messages=[begun])
    said = answer.json()["choices"][0]["message"]
    _, second = send(setup, messages=[begun, said, {"role": "user", "content": "and the second"}])
    for side in ("request", "response"):
        _, text = setup.web.view(second["id"], side, "GigaChat: session")
        assert text.startswith("step 2 of 2 steps: a task of two steps\n")
        assert "user:\nand the second" in text
    _, text = setup.web.view(first["id"], "request", "GigaChat: session")
    assert text.startswith("step 1 of 2 steps")


def test_flows_of_others_are_left_alone(setup: Setup) -> None:
    requests.get(f"{setup.proxy.url}/health", timeout=20)
    requests.get(f"{setup.proxy.base_url}/models", timeout=20)
    flow = setup.web.wait_for_flow(lambda flow: flow["request"]["path"] == "/v1/models")
    assert setup.web.view(flow["id"], "response")[0] == "JSON"
    assert flow["marked"] == ""
    assert " /v1/models " in flow["comment"]
    assert all(flow["request"]["path"] != "/health" for flow in setup.web.flows())


def test_the_flow_list_says_how_it_went(setup: Setup) -> None:
    _, flow = send(setup)
    assert re.match(r"\d\d:\d\d:\d\d GigaChat-2-Max ", flow["comment"])
    assert " s stop · python-requests/" in flow["comment"]
    assert flow["marked"] == ""
    _, refused = send(setup, messages=[])
    assert "🔴 invalid_request /v1/chat/completions · python-requests/" in refused["comment"]
    assert refused["marked"] == "🔴"
    _, text = setup.web.view(refused["id"], "request", "GigaChat: what changed")
    assert text.startswith("Nothing was sent to GigaChat. messages is empty")


def test_a_repeated_request_shows_its_attempts(setup: Setup) -> None:
    setup.emulator.revoke_tokens()
    _, flow = send(setup)
    assert flow["marked"] == "🔁"
    _, text = setup.web.view(flow["id"], "response")
    assert "2 attempts: 401 after" in text
    _, text = setup.web.view(flow["id"], "response", "GigaChat: as GigaChat sent it")
    assert text.startswith("HTTP/1.1 200")


def test_a_stream_that_breaks_off_is_kept(setup: Setup) -> None:
    setup.emulator.faults.add(path="/chat/completions", close="mid_stream", after_events=3)
    _, flow = send(setup, stream=True)
    assert flow["marked"] == "🔴"
    _, text = setup.web.view(flow["id"], "response")
    assert "Error: The connection to GigaChat broke off" in text
    _, text = setup.web.view(flow["id"], "response", "GigaChat: as GigaChat sent it")
    assert text.count("data: {") == 3


def test_a_stream_that_the_client_leaves_is_kept(setup: Setup) -> None:
    setup.emulator.faults.add(path="/chat/completions", hang=True, after_events=3)
    known = {flow["id"] for flow in setup.web.flows()}
    url = f"{setup.proxy.base_url}/chat/completions"
    body = CHAT | {"stream": True}
    with requests.post(url, json=body, stream=True, timeout=20) as answer:
        lines = (line for line in answer.iter_lines() if line)
        received = [next(lines) for _ in range(4)]  # the first names the role and is the proxy's
    assert b'"role"' in received[0]
    flow = setup.web.wait_for_flow(lambda flow: flow["id"] not in known and flow.get("error"))
    assert "Client disconnected · " in flow["comment"]
    assert flow["marked"] == "👋"
    _, text = setup.web.view(flow["id"], "response")
    assert "events, cut short" in text
    _, text = setup.web.view(flow["id"], "response", "GigaChat: as GigaChat sent it")
    assert text.count("data: {") == 3


def test_explain_says_it_in_sentences(setup: Setup) -> None:
    _, flow = send(setup)
    said = setup.web.command("gigachat.explain", f"@{flow['id']}")
    assert "content parts joined" in said
    assert "The answer: 200" in said


def test_a_flow_becomes_a_fixture_that_replay_translates(setup: Setup) -> None:
    _, flow = send(setup)
    file = setup.folder / "fixture.json"
    assert "is written" in setup.web.command("gigachat.fixture", f"@{flow['id']}", str(file))
    written = json.loads(file.read_text())
    assert written["path"] == "/v1/chat/completions"
    assert "раз" not in file.read_text()
    (outcome,) = replay(setup, file)
    assert outcome["upstream"]["body"]["model"] == "GigaChat-2-Max"
    assert len(outcome["upstream"]["body"]["messages"][0]["content"]) == len("раз\nдва")


def test_saved_flows_are_replayed_without_a_network(setup: Setup) -> None:
    send(setup)
    outcomes = replay(setup, setup.folder / "flows")
    translated = [outcome["upstream"]["body"] for outcome in outcomes if "upstream" in outcome]
    assert SENT in [{key: body[key] for key in SENT} for body in translated]


def replay(setup: Setup, file: Path) -> list[dict]:
    command = [sys.executable, "-m", "gigagate", "replay", str(file), "--json"]
    environment = setup.proxy.environment | {"GIGACHAT_BASE_URL": "https://nowhere.invalid/v1"}
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_a_saved_flow_opens_elsewhere_and_replays_right(setup: Setup, tmp_path: Path) -> None:
    """In a plain mitmweb with the addon, in front of another GigaChat."""
    _, flow = send(setup, stream=True)
    saved = tmp_path / "saved"
    saved.write_bytes(setup.web.session.get(setup.web.url + "/flows/dump", timeout=20).content)
    port = free_port()
    with EmulatorThread(state_dir=tmp_path / "emulator") as elsewhere:
        loading = [*arguments(port), "-r", str(saved)]
        with Proxy(elsewhere, tmp_path, *loading, command=MITMWEB):
            web = Web(f"http://127.0.0.1:{port}")
            loaded = web.wait_for_flow(lambda found: found["id"] == flow["id"])
            assert loaded["comment"] == flow["comment"]
            assert web.view(flow["id"], "request")[0] == "GigaChat: conversation"
            assert upstream_request(web, loaded) == upstream_request(setup.web, flow)
            for side, name in (("request", "what changed"), ("response", "as GigaChat sent it")):
                view = f"GigaChat: {name}"
                assert web.view(flow["id"], side, view) == setup.web.view(flow["id"], side, view)
            assert web.replay(flow["id"])["response"]["status_code"] == 200
            (received,) = [one for one in elsewhere.log if "chat" in one.target]
            assert {key: received.json[key] for key in SENT} == SENT


def test_a_har_holds_both_sides(setup: Setup, tmp_path: Path) -> None:
    _, flow = send(setup)
    file = tmp_path / "one.har"
    setup.web.command("save.har", f"@{flow['id']}", str(file))
    (entry,) = json.loads(file.read_text())["log"]["entries"]
    assert json.loads(entry["request"]["postData"]["text"]) == CHAT
    assert json.loads(entry["_gigachat"]["request"])["model"] == "GigaChat-2-Max"
    assert '"object":"chat.completion"' in entry["_gigachat"]["response"]
    assert "content parts joined" in entry["_gigachat"]["facts"]


def test_what_is_kept_is_text_and_bytes(setup: Setup) -> None:
    send(setup, stream=True)
    with (setup.folder / "flows").open("rb") as file:
        flows = [flow for flow in FlowReader(file).stream() if isinstance(flow, http.HTTPFlow)]
    kept = [value for flow in flows for key, value in flow.metadata.items() if "gigachat." in key]
    assert kept
    assert {type(value) for value in kept} == {str, bytes}


def test_nothing_is_kept_when_nobody_looks(tmp_path: Path) -> None:
    watching = ["-s", str(ROOT / "tests" / "support" / "watch_metadata.py")]
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path, *watching) as proxy:
            url = f"{proxy.base_url}/chat/completions"
            requests.post(url, json=CHAT, timeout=20)
            assert "[DONE]" in requests.post(url, json=CHAT | {"stream": True}, timeout=20).text
    whole, streamed = [line for line in proxy.output().splitlines() if "KEPT /v1/chat" in line]
    assert whole.endswith("[] True ''")
    assert streamed.endswith("[] False ''")


def test_the_oldest_flows_go_when_there_are_too_many(tmp_path: Path) -> None:
    port = free_port()
    settings = {"inspect": {"flows": 3}}
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path, *arguments(port), verb="web", settings=settings) as proxy:
            for number in range(5):
                body = CHAT | {"model": f"model-{number}"}
                requests.post(f"{proxy.base_url}/chat/completions", json=body, timeout=20)
            web = Web(f"http://127.0.0.1:{port}")
            asked = [web.view(flow["id"], "request")[1].split()[0] for flow in web.flows()]
            assert asked == ["model-2", "model-3", "model-4"]


def test_documented_filters_find_flows(setup: Setup) -> None:
    send(setup, messages=[])
    send(setup, temperature=0)
    send(setup, stream=True)
    requests.get(f"{setup.proxy.url}/health", timeout=20)
    documented = re.findall(r"^\| `([!~][^`]+)` \|", DEBUGGING.read_text(), re.MULTILINE)
    assert len(documented) >= 5
    some = {"tool_calls": "stop", "length": "tok", "Привет": "role", "429": "400", "curl": "health"}
    with (setup.folder / "flows").open("rb") as file:
        flows = list(FlowReader(file).stream())
    for expression in documented:
        for documented_word, word in some.items():
            expression = expression.replace(documented_word, word)
        found = [flow for flow in flows if flowfilter.match(expression, flow)]
        assert 0 < len(found) < len(flows), expression
