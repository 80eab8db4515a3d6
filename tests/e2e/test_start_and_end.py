"""How the proxy starts, what it refuses, and that it ends rather than forward raw requests."""

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import requests
from tests.support.ports import free_port
from tests.support.proxy import ENTRY, MITMDUMP, ROOT, Proxy, settings_environment

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with EmulatorThread(state_dir=tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


Ended = subprocess.CompletedProcess[str]


def start(
    command: Sequence[str | Path], emulator: Emulator, folder: Path, **environment: str
) -> Ended:
    """One that is expected to fail."""
    return subprocess.run(
        command,
        env=settings_environment(emulator, folder) | environment,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def run(emulator: Emulator, folder: Path, *arguments: str, **environment: str) -> Ended:
    command = [MITMDUMP, "-s", ENTRY, "-p", str(free_port()), *arguments]
    return start(command, emulator, folder, **environment)


def run_verb(emulator: Emulator, folder: Path, *arguments: str) -> Ended:
    return start([sys.executable, "-m", "gigagate", *arguments], emulator, folder)


def chats(emulator: Emulator) -> int:
    return sum("chat" in received.target for received in emulator.log)


def test_bare_mitmdump_listens_where_it_should_and_nowhere_else(
    emulator: Emulator, tmp_path: Path
) -> None:
    with Proxy(emulator, tmp_path, command=(MITMDUMP, "-s", str(ENTRY))) as proxy:
        answer = requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=20)
        assert answer.status_code == 200
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", proxy.port))  # nobody else has it: no QUIC
        listening = listening_addresses(proxy.process.pid)
        assert listening - {("::1", proxy.port)} == {("127.0.0.1", proxy.port)}


def listening_addresses(pid: int) -> set[tuple[str, int]]:
    """From /proc: the listening TCP sockets of one process."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                host, port = fields[1].split(":")
                words = [bytes.fromhex(host[i : i + 8])[::-1] for i in range(0, len(host), 8)]
                found.add((socket.inet_ntop(family, b"".join(words)), int(port, 16)))
    return found


REFUSED_STARTS = [
    (["--listen-host", "0.0.0.0"], "--listen-host 127.0.0.1"),
    (["--mode", "regular"], "reverse:https://"),
    (["--mode", "reverse:https://example.com:443"], "reverse:https://"),
    (["--set", "ssl_insecure=true"], "ssl_insecure"),
    (["--set", "proxy_debug=true"], "proxy_debug"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED_STARTS)
def test_a_dangerous_start_is_refused_with_one_line(
    emulator: Emulator, tmp_path: Path, arguments: list[str], said: str
) -> None:
    ended = run(emulator, tmp_path, *arguments)
    assert ended.returncode == 2, ended.stderr
    (line,) = ended.stderr.strip().splitlines()
    assert line.startswith("gigagate: ")
    assert said in line


def test_wrong_settings_end_the_start_with_one_line(emulator: Emulator, tmp_path: Path) -> None:
    ended = run(emulator, tmp_path, GIGACHAT_SCOPPE="GIGACHAT_API_PERS")
    assert ended.returncode == 2
    (line,) = ended.stderr.strip().splitlines()
    assert "GIGACHAT_SCOPPE" in line
    assert "GIGACHAT_SCOPE" in line


def test_an_entry_that_cannot_import_ends_the_start(
    emulator: Emulator, tmp_path: Path, own_entry: Path
) -> None:
    mode = emulator.base_url.removesuffix("/api/v1").removesuffix("/v1")
    command = [MITMDUMP, "-s", own_entry, "--mode", f"reverse:{mode}", "-p", str(free_port())]
    ended = start(command, emulator, tmp_path, PYTHONPATH="")
    assert ended.returncode == 1
    assert "gigagate" in ended.stderr


@contextlib.contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.mark.parametrize("more", [[], ["--workers", "2"]])
def test_a_busy_port_ends_the_start_with_what_to_do(
    emulator: Emulator, tmp_path: Path, more: list[str]
) -> None:
    with taken_port() as port:
        ended = run_verb(emulator, tmp_path, "serve", "-p", str(port), *more)
    assert ended.returncode == 1
    assert f"127.0.0.1:{port}: address already in use" in ended.stdout
    assert "./run.sh -p 4100" in ended.stdout
    assert "--mode" not in ended.stdout


def test_a_busy_port_of_mitmwebs_page_is_told_in_one_message(
    emulator: Emulator, tmp_path: Path
) -> None:
    with taken_port() as port:
        page = ["--web-port", str(port), "--no-web-open-browser"]
        ended = run_verb(emulator, tmp_path, "web", "-p", str(free_port()), *page)
    assert ended.returncode == 1
    assert f"gigagate: Web server failed to listen on 127.0.0.1:{port}" in ended.stderr
    assert "web_port=" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "unloaded" not in ended.stdout


def test_an_option_that_does_not_exist_is_told_of(emulator: Emulator, tmp_path: Path) -> None:
    with Proxy(emulator, tmp_path, "--set", "hardmup=flows.har") as proxy:
        assert requests.get(f"{proxy.url}/health", timeout=10).status_code == 200
        assert proxy.stop() == 0
        assert proxy.output().count("There is no option hardmup here") == 1
        assert proxy.output().count("There is no option") == 1


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_proxy_cleanly(
    emulator: Emulator, tmp_path: Path, with_signal: signal.Signals
) -> None:
    with Proxy(emulator, tmp_path) as proxy:
        assert requests.get(f"{proxy.url}/health", timeout=10).json() == {"status": "ok"}
        assert proxy.stop(with_signal) == 0
        assert "Traceback" not in proxy.output()


@pytest.fixture
def own_entry(tmp_path: Path) -> Path:
    """A copy of the entry file, to be broken."""
    entry = tmp_path / "entry" / "gigachat_proxy.py"
    entry.parent.mkdir()
    entry.write_text(ENTRY.read_text())
    return entry


@pytest.mark.parametrize("harm", ["deleted", "broken"])
def test_a_lost_entry_file_changes_nothing_while_running(
    emulator: Emulator, tmp_path: Path, own_entry: Path, harm: str
) -> None:
    with Proxy(emulator, tmp_path, command=(MITMDUMP, "-s", str(own_entry))) as proxy:
        if harm == "deleted":
            own_entry.unlink()
        else:
            own_entry.write_text("this is not Python")
        deadline = time.monotonic() + 2.5  # mitmproxy looks once a second
        while time.monotonic() < deadline:
            answer = requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=20)
            assert answer.status_code == 200


def test_an_unloaded_addon_ends_the_proxy(emulator: Emulator, tmp_path: Path) -> None:
    unload = ROOT / "tests" / "support" / "unload.py"
    command = (MITMDUMP, "-s", str(ENTRY), "-s", str(unload))
    with Proxy(emulator, tmp_path, command=command) as proxy:
        emulator.log.clear()
        connection = requests.Session()
        connection.get(f"{proxy.url}/health", timeout=10)
        with pytest.raises(requests.ConnectionError):
            for _ in range(200):
                connection.post(f"{proxy.url}/unload", json=CHAT, timeout=10)
        assert proxy.process.wait(10) == 1
        assert not [r for r in emulator.log if "unload" in r.target]
        proxy.tells("unloaded")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc takes no files")
@pytest.mark.parametrize("verb", [None, "serve", "doctor"])
def test_a_state_directory_that_cannot_be_written_is_one_clear_line(
    emulator: Emulator, tmp_path: Path, verb: str | None
) -> None:
    where = {"GIGAGATE_STATE_DIR": "/proc/gigagate"}
    if verb is None:
        ended = run(emulator, tmp_path, **where)
    else:
        ended = start([sys.executable, "-m", "gigagate", verb], emulator, tmp_path, **where)
    assert ended.returncode == (1 if verb == "doctor" else 2)
    said = ended.stderr + ended.stdout
    assert "GIGAGATE_STATE_DIR: /proc/gigagate cannot be made or used" in said
    assert "Traceback" not in said
