"""Real processes share one OAuth call through the store in their state directory."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.checkout import KEY
from tests.support.oauth_server import OAuthServer

ADDONS = Path(__file__).parents[2] / "addons"
PROCESSES = 8
THREADS = 6
PROGRAM = f"""
import concurrent.futures, sys
from pathlib import Path
from gigagate.settings import Settings
from gigagate.tokens import open_source
root = Path(sys.argv[1])
environ = {{
    "GIGACHAT_AUTH_KEY": "{KEY}", "GIGACHAT_AUTH_URL": sys.argv[2],
    "GIGACHAT_BASE_URL": "http://127.0.0.1:9/v1", "GIGAGATE_STATE_DIR": str(root / "state"),
}}
settings = Settings.load(environ=environ, root=root)
source = open_source(settings, settings.login, None)
print("ready", flush=True)
sys.stdin.readline()
with concurrent.futures.ThreadPoolExecutor({THREADS}) as pool:
    tokens = list(pool.map(lambda _: source.obtain().value, range({THREADS})))
print(*tokens, flush=True)
sys.stdin.readline()
source.reject(tokens[0])
print(source.obtain().value, flush=True)
"""


@pytest.fixture
def processes(tmp_path: Path, server: OAuthServer) -> Iterator[list[subprocess.Popen[str]]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), server.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(ADDONS)},
        )
        for _ in range(PROCESSES)
    ]
    yield started
    for process in started:
        process.kill()
        process.communicate()


def answers(processes: list[subprocess.Popen[str]]) -> list[list[str]]:
    return [process.stdout.readline().split() for process in processes if process.stdout]


def go_on(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()


def test_eight_cold_processes_make_one_oauth_call_and_one_more_after_a_refusal(
    processes: list[subprocess.Popen[str]], server: OAuthServer
) -> None:
    assert answers(processes) == [["ready"]] * PROCESSES
    go_on(processes)
    assert answers(processes) == [["token-1"] * THREADS] * PROCESSES
    assert len(server.asked) == 1
    go_on(processes)
    assert answers(processes) == [["token-2"]] * PROCESSES
    assert len(server.asked) == 2
