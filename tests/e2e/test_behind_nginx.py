"""Behind Debian's nginx, with the lines of docs/operations.md: streams come as they are made."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from tests.support.ports import free_port
from tests.support.proxy import ROOT, Proxy
from tests.support.real_parts import require_real_part
from tests.support.samples import PNG, data_url
from tests.support.waiting import until

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

DOCUMENT = (ROOT / "docs" / "operations.md").read_text()
CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
PLAIN = "proxy_buffering on; gzip on; gzip_types *;"
"""What would keep a stream back, if it were not told."""


@contextmanager
def nginx(folder: Path, target: int) -> Iterator[str]:
    """Its address."""
    program = require_real_part("nginx")
    (block,) = re.findall(r"^```nginx\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
    port = free_port()
    folders = "".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi")
    ) + "".join(f"{kind}_temp_path {folder / kind};" for kind in ("uwsgi", "scgi"))
    user = "user root;" if os.getuid() == 0 else ""  # whose the folder is
    config = folder / "nginx.conf"
    config.write_text(
        f"{user} daemon off; pid {folder / 'nginx.pid'}; error_log {folder / 'error.log'};"
        f"events {{}} http {{ access_log off; {folders} {PLAIN}"
        f"server {{ listen 127.0.0.1:{port}; {block.replace('4000', str(target))} }} }}"
    )
    process = subprocess.Popen(
        [program, "-p", folder, "-e", folder / "early.log", "-c", config],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://localhost:{port}"

    def serves() -> bool:
        assert process.poll() is None, (folder / "early.log").read_text()
        try:
            return requests.get(f"{url}/health", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    try:
        until(serves, seconds=20)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, str]]:
    folder = tmp_path_factory.mktemp("nginx")
    with EmulatorThread(EmulatorConfig(concurrency=0), state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder) as proxy:
            with nginx(folder, proxy.port) as url:
                yield emulator, url


def test_the_first_bytes_come_while_the_stream_runs(served: tuple[Emulator, str]) -> None:
    emulator, url = served
    emulator.switch(chunk_delay=0.3, chunk_chars=1)
    emulator.log.clear()
    body = CHAT | {"stream": True}
    with requests.post(f"{url}/v1/chat/completions", json=body, stream=True, timeout=60) as stream:
        assert "x-accel-buffering" not in stream.headers
        lines = stream.iter_lines()
        assert next(lines).startswith(b"data: {")
        told = emulator.log[-1].events
        emulator.switch(chunk_delay=0)
        assert [line for line in lines if line][-1] == b"data: [DONE]"
    assert told < emulator.log[-1].events


def test_a_whole_answer_and_a_large_picture_pass(served: tuple[Emulator, str]) -> None:
    _, url = served
    picture = {"type": "image_url", "image_url": {"url": data_url(PNG + bytes(3_000_000))}}
    text = {"type": "text", "text": "Что это?"}
    messages = [{"role": "user", "content": [text, picture]}]
    answer = requests.post(
        f"{url}/v1/chat/completions", json=CHAT | {"messages": messages}, timeout=60
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"]


def test_a_client_that_leaves_nginx_leaves_gigachat(served: tuple[Emulator, str]) -> None:
    emulator, url = served
    emulator.switch(chunk_delay=0.2, chunk_chars=1)
    emulator.log.clear()
    body = CHAT | {"stream": True}
    with requests.post(f"{url}/v1/chat/completions", json=body, stream=True, timeout=60) as stream:
        assert next(stream.iter_lines())
    until(lambda: emulator.log[-1].client_closed, seconds=20)
    emulator.switch(chunk_delay=0)
