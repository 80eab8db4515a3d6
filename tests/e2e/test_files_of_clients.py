"""A shared key does not mean shared files."""

import re
from collections.abc import Iterator

import openai
import pytest
import requests
from tests.support.proxy import Proxy
from tests.support.samples import data_url

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

KEYS = {"alice": "key-of-alice", "bob": "key-of-bob"}
LINK = re.compile(r"\((http://[^)]+)\)")

Pair = tuple[Emulator, Proxy]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("clients")
    config = EmulatorConfig(concurrency=0)
    keys = ",".join(f"{name}:{key}" for name, key in KEYS.items())
    with EmulatorThread(state_dir=folder / "emulator", config=config) as emulator:
        with Proxy(emulator, folder, environment={"GIGAGATE_CLIENT_KEYS": keys}) as proxy:
            yield emulator, proxy


@pytest.fixture
def clients(pair: Pair) -> Iterator[tuple[openai.OpenAI, openai.OpenAI]]:
    url = pair[1].base_url
    with openai.OpenAI(base_url=url, api_key=KEYS["alice"], max_retries=0) as alice:
        with openai.OpenAI(base_url=url, api_key=KEYS["bob"], max_retries=0) as bob:
            yield alice, bob


Clients = tuple[openai.OpenAI, openai.OpenAI]


def client_ids(emulator: Emulator, path: str) -> list[str | None]:
    return [one.header("x-client-id") for one in emulator.log if one.path.endswith(path)]


def test_a_file_is_its_uploaders(clients: Clients) -> None:
    alice, bob = clients
    file = alice.files.create(file=("a.txt", b"text"), purpose="user_data")
    assert file.id in [one.id for one in alice.files.list()]
    assert file.id not in [one.id for one in bob.files.list()]
    for use in (bob.files.retrieve, bob.files.content, bob.files.delete):
        with pytest.raises(openai.NotFoundError):
            use(file.id)
    part = {"type": "file", "file": {"file_id": file.id}}
    messages = [{"role": "user", "content": [part]}]
    assert alice.chat.completions.create(model="gigachat", messages=messages)  # type: ignore[call-overload]
    with pytest.raises(openai.NotFoundError):
        bob.chat.completions.create(model="gigachat", messages=messages)  # type: ignore[call-overload]


def test_the_same_picture_of_two_clients_is_two_files(pair: Pair, clients: Clients) -> None:
    pair[0].log.clear()
    image = {"type": "image_url", "image_url": {"url": data_url()}}
    for client in (*clients, *clients):
        client.chat.completions.create(
            model="gigachat",
            messages=[{"role": "user", "content": [image]}],  # type: ignore[misc, list-item]
            extra_headers={"X-Client-ID": "somebody else's"},
        )
    uploads, chats = client_ids(pair[0], "/files"), client_ids(pair[0], "/chat/completions")
    assert len(uploads) == len(set(uploads)) == 2
    assert chats == uploads * 2, "the client's own X-Client-ID is not sent"


def test_a_link_to_a_picture_works_without_a_key_until_it_is_changed(pair: Pair) -> None:
    body = {
        "model": "gigachat",
        "messages": [{"role": "user", "content": "Нарисуй кота"}],
        "function_call": "auto",
    }
    answer = requests.post(
        f"{pair[1].base_url}/chat/completions",
        json=body,
        headers={"Authorization": f"Bearer {KEYS['alice']}"},
        timeout=20,
    )
    (url,) = LINK.findall(answer.json()["choices"][0]["message"]["content"])
    picture = requests.get(url, timeout=10)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    for changed in (url.replace("alice", "bob"), url.replace("expires=1", "expires=2"), url + "0"):
        refused = requests.get(changed, timeout=10)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "link_refused")
    unsigned = requests.get(url.partition("?")[0], timeout=10)
    assert (unsigned.status_code, unsigned.json()["error"]["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize("key", ["", "wrong", "ключ".encode().decode("latin-1")])
def test_without_a_key_of_this_proxy_nothing_is_sent(pair: Pair, key: str) -> None:
    pair[0].log.clear()
    headers = {"Authorization": f"Bearer {key}"}
    for path in ("/files", "/models", "/nowhere?signature=1", "/models?signature=1"):
        answer = requests.get(f"{pair[1].base_url}{path}", headers=headers, timeout=10)
        assert answer.status_code in (401, 404)
    assert pair[0].log == []


def test_the_key_that_signs_is_private(pair: Pair) -> None:
    (key,) = pair[1].log_file.parent.rglob("picture-links.key")
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_bytes() not in pair[1].log_file.read_bytes()
