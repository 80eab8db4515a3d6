"""--emulator: a proxy in front of the local GigaChat, with nothing pasted and nothing set."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from tests.support.mitmweb import arguments
from tests.support.ports import free_port
from tests.support.proxy import ROOT
from tests.support.waiting import until

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


@contextmanager
def started(folder: Path, *words: str) -> Iterator[int]:
    """With a key and an address of the user's that must not be used."""
    (folder / "env").write_text("GIGACHAT_BASE_URL=https://127.0.0.1:1/v1\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIGA")}
    port = free_port()
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gigagate", *words, "-p", str(port)],
            env={
                **kept,
                "PYTHONPATH": str(ROOT / "addons"),
                "GIGACHAT_CREDENTIALS": "not a key",
                "GIGAGATE_ENV_FILE": str(folder / "env"),
                "GIGAGATE_STATE_DIR": str(folder / "state"),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: "accepts the key" in log.read_text(), log.read_text, seconds=40)
        yield port
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("verb", ["serve", "web"])
def test_it_serves_without_a_key_and_keeps_its_certificate(tmp_path: Path, verb: str) -> None:
    more = arguments(free_port()) if verb == "web" else []
    certificates = []
    for _ in range(2):
        with started(tmp_path, verb, "--emulator", *more) as port:
            url = f"http://127.0.0.1:{port}"
            answer = requests.post(f"{url}/v1/chat/completions", json=CHAT, timeout=30)
            assert answer.status_code == 200
            assert re.match(
                "https://(localhost|127)", requests.get(url, timeout=10).json()["upstream"]
            )
        certificates.append((tmp_path / "state" / "emulator" / "emulator-ca.pem").read_bytes())
    assert certificates[0] == certificates[1]
