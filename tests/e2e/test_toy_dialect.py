"""A further dialect is one file and one line of the registry: a made-up one, in a real proxy.

Nothing in addons/ knows of it.  What it says, where its clients put their key, how it streams and
how it fails is its own; slots, retries, views, log and metrics come by themselves.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from tests.support.mitmweb import Web, arguments
from tests.support.ports import free_port
from tests.support.proxy import ENTRY, ROOT, Proxy
from tests.support.toy_dialect import DRIPS, TOY_JSON

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

KEY = "toy-key-0123456789abcdefghijklmnop"
TOY = ROOT / "tests" / "support" / "toy_proxy.py"
MITMWEB = (str(Path(sys.executable).with_name("mitmweb")), "-s", str(ENTRY), "-s", str(TOY))
CHATS = "/chat/completions"
MOST = 20_000


class Setup(NamedTuple):
    emulator: Emulator
    proxy: Proxy
    web: Web

    def say(self, words: object = "Привет", key: str = KEY, **more: object) -> requests.Response:
        asked = {"mind": "gigachat", "words": words, **more}
        url = f"{self.proxy.url}/toy/say"
        return requests.post(url, json=asked, headers={"X-Toy-Key": key}, timeout=20)

    def drips(self, answer: requests.Response) -> list[dict[str, Any]]:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == DRIPS
        assert len(answer.headers["toy-number"]) == 32
        return [json.loads(line) for line in answer.content.splitlines()]


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    folder = tmp_path_factory.mktemp("toy")
    port = free_port()
    environment = {
        "PYTHONPATH": f"{ROOT / 'addons'}:{ROOT}",
        "GIGAGATE_CLIENT_KEYS": f"anna:{KEY}",
    }
    settings = {"keep_alive_seconds": 1, "limits": {"body_bytes": MOST}}
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(
            emulator,
            folder,
            *arguments(port),
            command=MITMWEB,
            environment=environment,
            settings=settings,
        ) as proxy:
            web = Web(f"http://127.0.0.1:{port}")
            yield Setup(emulator, proxy, web)


def oops(answer: requests.Response, status: int, why: str) -> dict[str, Any]:
    """An error, told by the dialect's own envelope."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == TOY_JSON
    assert len(answer.headers["toy-number"]) == 32
    assert answer.headers["toy-oops"] == why
    told: dict[str, Any] = answer.json()
    assert (told.keys(), told["why"]) == ({"oops", "why", "where"}, why)
    return told


def test_a_whole_answer(setup: Setup) -> None:
    answer = setup.say()
    assert answer.headers["content-type"] == TOY_JSON
    assert answer.json()["said"]
    assert answer.json()["cost"] > 0


def test_a_stream(setup: Setup) -> None:
    first, *words, last = setup.drips(setup.say(drip=True))
    assert first["drip"] == "begin"
    assert "".join(word["word"] for word in words) == setup.say().json()["said"]
    assert (last["drip"], last["cost"] > 0) == ("end", True)


def test_a_wrong_request_is_refused_in_its_own_words(setup: Setup) -> None:
    told = oops(setup.say(words=7), 400, "invalid_request")
    assert told["where"] == "words"
    assert "words must be a string" in told["oops"]


def test_a_wrong_path_too(setup: Setup) -> None:
    answer = requests.post(f"{setup.proxy.url}/toy/sing", headers={"X-Toy-Key": KEY}, timeout=20)
    assert "POST /v1/toy/say" in oops(answer, 404, "not_found")["oops"]


@pytest.mark.parametrize("headers", [{}, {"X-Toy-Key": "no"}, {"X-Goog-Api-Key": KEY}])
def test_who_has_no_key_where_this_api_puts_it_is_refused(
    setup: Setup, headers: dict[str, str]
) -> None:
    answer = requests.post(f"{setup.proxy.url}/toy/say", json={}, headers=headers, timeout=20)
    oops(answer, 401, "invalid_api_key")


def test_too_large_a_request_is_refused(setup: Setup) -> None:
    oops(setup.say("x" * MOST), 413, "request_too_large")


def test_gigachats_error_is_told_in_its_form(setup: Setup) -> None:
    setup.emulator.faults.add(path=CHATS, status=422, body='{"message": "Invalid params"}')
    assert "Invalid params" in oops(setup.say(), 422, "upstream_rejected")["oops"]


def test_a_stream_that_breaks_off_ends_in_its_form(setup: Setup) -> None:
    setup.emulator.faults.add(path=CHATS, close="mid_stream", after_events=3)
    *_, last = setup.drips(setup.say(drip=True))
    assert (last["drip"], last["why"]) == ("oops", "upstream_protocol_error")


def test_a_stream_that_waits_shows_life_in_its_form(setup: Setup) -> None:
    setup.emulator.faults.add(path=CHATS, delay=2.5)
    drips = [drip["drip"] for drip in setup.drips(setup.say(drip=True))]
    assert drips[0] == "hm"
    assert drips[-1] == "end"


def test_a_refused_token_is_not_seen(setup: Setup) -> None:
    setup.emulator.revoke_tokens()
    assert setup.say().status_code == 200


def shown(setup: Setup, answer: requests.Response) -> dict[str, Any]:
    def is_it(flow: dict[str, Any]) -> bool:
        told = dict((flow.get("response") or {}).get("headers", ()))
        ended = (flow.get("response") or {}).get("timestamp_end")
        return bool(ended) and told.get("toy-number") == answer.headers["toy-number"]

    return setup.web.wait_for_flow(is_it)


@pytest.mark.parametrize("drip", [False, True])
def test_people_see_the_conversation_and_its_answer(setup: Setup, drip: bool) -> None:
    answer = setup.say("Сколько будет два и два?", drip=drip)
    flow = shown(setup, answer)
    name, text = setup.web.view(flow["id"], "request")
    assert name == "GigaChat: conversation"
    assert "── messages[0] · user ──\nСколько будет два и два?" in text
    name, text = setup.web.view(flow["id"], "response")
    assert name == "GigaChat: answer"
    assert "prompt tokens" in text
    assert ("A stream of" in text) is drip
    _, text = setup.web.view(flow["id"], "request", "GigaChat: what changed")
    assert '"model": "GigaChat-2-Max"' in text
    assert " GigaChat-2-Max " in flow["comment"]


def test_nobody_is_shown_the_key(setup: Setup) -> None:
    flow = shown(setup, setup.say())
    assert ["x-toy-key", "[hidden]"] in [[n.lower(), v] for n, v in flow["request"]["headers"]]
    assert KEY not in json.dumps(setup.web.flows())
    assert KEY not in setup.proxy.output()


def test_it_is_a_line_of_the_log_and_a_label_of_the_metrics(setup: Setup) -> None:
    setup.say()
    setup.say(words=7)
    setup.proxy.tells("200  POST /toy/say GigaChat-2-Max stop, ")
    setup.proxy.tells("400  POST /toy/say invalid_request, ")
    told = requests.get(
        f"{setup.proxy.url}/metrics", headers={"Authorization": f"Bearer {KEY}"}, timeout=20
    ).text
    assert 'client="anna",dialect="toy",endpoint="/toy/say"' in told
    assert 'gigagate_errors_total{code="invalid_request",dialect="toy"}' in told


def test_nothing_else_knows_of_it() -> None:
    texts = [path.read_text() for path in (ROOT / "addons").rglob("*.py")]
    assert texts
    assert [text for text in texts if "toy" in text.lower()] == []
    registry = TOY.read_text().splitlines()
    assert [line for line in registry if "TOY" in line and "import" not in line] == [
        "routes.DIALECTS = (TOY, *routes.DIALECTS)"
    ]
