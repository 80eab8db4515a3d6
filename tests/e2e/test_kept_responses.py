"""What a conversation leaves is found again by any process that serves it, and by nobody else."""

import gzip
import json
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet
from tests.support.agent_task import chats
from tests.support.proxy import Proxy
from tests.support.valkey import Valkey
from tests.support.waiting import until

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

MODEL = "GigaChat-2-Max"
ENOUGH = 30
"""Connections: the chance that all reach the same one of two workers is 1 in 2^29."""
PATH = "/responses"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Any:
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(config, state_dir=tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


def post(proxy: Proxy, path: str = PATH, key: str = "any", **fields: object) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}"}
    body = {"model": MODEL, **fields}
    answer = requests.post(proxy.base_url + path, json=body, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def status(proxy: Proxy, method: str, made: dict[str, Any], key: str = "any") -> int:
    """Over a connection of its own."""
    headers = {"Authorization": f"Bearer {key}"}
    url = f"{proxy.base_url}{PATH}/{made['id']}"
    return requests.request(method, url, headers=headers, timeout=30).status_code


def workers(proxy: Proxy) -> int:
    running: int = requests.get(f"{proxy.url}/ready", timeout=30).json()["workers"]["running"]
    return running


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="processes cannot share a port")
def test_each_worker_has_what_another_one_kept(emulator: Emulator, tmp_path: Path) -> None:
    keys = {"GIGAGATE_CLIENT_KEYS": "anna:key-of-anna-0123456789,boris:key-of-boris-0123456789"}
    anna, boris = "key-of-anna-0123456789", "key-of-boris-0123456789"
    with Proxy(emulator, tmp_path, "--workers", "2", environment=keys) as proxy:
        until(lambda: workers(proxy) == 2, seconds=30)
        made = post(proxy, key=anna, input="Раз")
        assert {status(proxy, "GET", made, anna) for _ in range(ENOUGH)} == {200}
        assert status(proxy, "GET", made, boris) == 404
        for number in range(ENOUGH):
            made = post(proxy, key=anna, input=f"Ещё {number}", previous_response_id=made["id"])
        assert len(chats(emulator)[-1].json["messages"]) == 2 * ENOUGH + 1
        assert status(proxy, "DELETE", made, anna) == 200
        assert {status(proxy, "GET", made, anna) for _ in range(ENOUGH)} == {404}
    kept = (tmp_path / "kept-responses.sqlite3").read_bytes()
    assert "Ещё".encode() not in kept


def test_a_packed_request_refers_to_what_is_kept_too(emulator: Emulator, tmp_path: Path) -> None:
    with Proxy(emulator, tmp_path) as proxy:
        made = post(proxy, input="Раз")
        body = {"model": MODEL, "input": "Два", "previous_response_id": made["id"]}
        packed = gzip.compress(json.dumps(body).encode())
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        answer = requests.post(proxy.base_url + PATH, packed, headers=headers, timeout=30)
        assert answer.status_code == 200
        assert len(chats(emulator)[-1].json["messages"]) == 3


def machine(stack: ExitStack, emulator: Emulator, folder: Path, environment: Any) -> Proxy:
    shared = {"responses": {"store": "shared"}}
    made = Proxy(emulator, folder, environment=environment, settings=shared)
    return stack.enter_context(made)


def test_machines_behind_a_balancer_share_responses_and_summaries(
    emulator: Emulator, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        environment = {
            "GIGAGATE_STORE": stack.enter_context(Valkey(tmp_path)).address,
            "GIGAGATE_STORE_KEY": Fernet.generate_key().decode(),
        }
        one = machine(stack, emulator, tmp_path / "one", environment)
        two = machine(stack, emulator, tmp_path / "two", environment)
        made = post(one, input="Раз")
        assert status(two, "GET", made) == 200
        emulator.script.add("Пересказ: считали")
        shorter = post(one, f"{PATH}/compact", input="Раз, два")["output"]
        assert shorter[-1]["type"] == "compaction" and "считали" not in str(shorter[-1])
        post(two, input=[*shorter, {"role": "user", "content": "И?"}])
        said = [message["content"] for message in chats(emulator)[-1].json["messages"]]
        assert any("Пересказ: считали" in text for text in said)
