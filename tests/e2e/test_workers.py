"""One proxy of many processes: it answers, counts, starts and ends as one."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from tests.support import waiting
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread
from gigagate.running import WORKER

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "SO_REUSEPORT"), reason="processes cannot share a port here"
)

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
SETTINGS = {"limits": {"slots": 16}}
TWO = ("--workers", "2")
ADMIN = "an-admin-s-long-key"
ENOUGH = 40
"""Connections: the chance that all reach the same one of two workers is 1 in 2^39."""


until = partial(waiting.until, seconds=30)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    config = EmulatorConfig(concurrency=0, chunk_chars=1, chunk_delay=0.03)
    with EmulatorThread(config, state_dir=tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def pair(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder, key = tmp_path_factory.mktemp("pair"), {"GIGAGATE_ADMIN_KEY": ADMIN}
    with Proxy(emulator, folder, *TWO, settings=SETTINGS, environment=key) as proxy:
        until(lambda: running(proxy) == 2)
        yield proxy


def chat(proxy: Proxy, *_: object) -> int:
    """Over a connection of its own."""
    return requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=30).status_code


def get(proxy: Proxy, path: str):
    headers = {"Accept": "application/json"}
    return requests.get(proxy.url + path, headers=headers, timeout=30).json()


def running(proxy: Proxy) -> int:
    told: int = get(proxy, "/ready")["workers"]["running"]
    return told


def families(proxy: Proxy):
    return text_string_to_metric_families(requests.get(f"{proxy.url}/metrics", timeout=30).text)


def metric(proxy: Proxy, name: str) -> float:
    samples = [sample for family in families(proxy) for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == name)


def workers(proxy: Proxy) -> list[psutil.Process]:
    return psutil.Process(proxy.process.pid).children()


def left_by_each(proxy: Proxy) -> list[dict]:
    folder = Path(proxy.environment["GIGAGATE_STATE_DIR"]) / "workers" / str(proxy.process.pid)
    return [json.loads(file.read_text()) for file in sorted(folder.glob("[0-9].json"))]


def streaming(proxy: Proxy) -> Iterator[bytes]:
    url = f"{proxy.base_url}/chat/completions"
    answer = requests.post(url, json=CHAT | {"stream": True}, stream=True, timeout=30)
    return (line for line in answer.iter_lines() if line)


def refuses_connections(proxy: Proxy) -> bool:
    try:
        socket.create_connection(("127.0.0.1", proxy.port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        return False
    return False


def run(proxy: Proxy, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A further command with the settings of `proxy`."""
    return subprocess.run(
        [sys.executable, "-m", "gigagate", *arguments],
        env=proxy.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_fifty_cold_requests_over_four_workers_make_one_oauth_call(tmp_path: Path) -> None:
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(config, state_dir=tmp_path / "emulator") as emulator:
        with Proxy(
            emulator, tmp_path / "state", "--workers", "4", settings=SETTINGS, ready="/health"
        ) as proxy:
            until(lambda: len(left_by_each(proxy)) == 4)
            with ThreadPoolExecutor(50) as threads:
                assert list(threads.map(lambda i: chat(proxy, i), range(50))) == [200] * 50
            assert emulator.oauth_calls == 1
            until(lambda: metric(proxy, "gigagate_requests_total") == 50)
            assert metric(proxy, "gigagate_oauth_calls_total") == 1


def test_both_answer_and_metrics_and_statistics_add_up(pair: Proxy) -> None:
    counted = metric(pair, "gigagate_requests_total")
    summed = get(pair, "/stats")["requests"]
    before = [one["metrics"] for one in left_by_each(pair)]
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda i: chat(pair, i), range(ENOUGH))) == {200}
    until(lambda: metric(pair, "gigagate_requests_total") == counted + ENOUGH)
    until(lambda: get(pair, "/stats")["requests"] == summed + ENOUGH)
    assert metric(pair, "gen_ai_server_request_duration_seconds_count") == counted + ENOUGH
    after = [one["metrics"] for one in left_by_each(pair)]
    requests_of = re.compile(r"gigagate_requests_total{.*")
    for old, new in zip(before, after, strict=True):
        assert requests_of.findall(old) != requests_of.findall(new)


def test_metrics_have_the_names_types_and_words_of_one_process(
    pair: Proxy, emulator: Emulator, tmp_path: Path
) -> None:
    assert chat(pair) == 200
    with Proxy(emulator, tmp_path, settings=SETTINGS) as alone:
        assert chat(alone) == 200

        def told(proxy: Proxy) -> dict[str, tuple[str, str]]:
            return {one.name: (one.type, one.documentation) for one in families(proxy)}

        until(lambda: told(pair) == told(alone))
        assert metric(pair, "gigagate_slots") == metric(alone, "gigagate_slots") == 16
        assert metric(pair, "gigagate_tls_verified") == 1
        one, two = (metric(proxy, "process_resident_memory_bytes") for proxy in (alone, pair))
        assert 1.5 * one < two < 3 * one


def test_the_status_page_tells_of_all(pair: Proxy) -> None:
    assert chat(pair) == 200
    until(lambda: len(get(pair, "/")["recent"]) > 0)
    state = get(pair, "/")
    assert state["workers"] == {"running": 2, "wanted": 2}
    assert state["slots"] == 16
    page = requests.get(pair.url, headers={"Accept": "text/html"}, timeout=30).text
    assert "workers 2 / 2" in page


def test_each_worker_tells_of_the_token_that_one_has(emulator: Emulator, tmp_path: Path) -> None:
    with Proxy(emulator, tmp_path, *TWO, settings=SETTINGS, ready="/health") as proxy:
        until(lambda: len(left_by_each(proxy)) == 2)
        assert get(proxy, "/")["token"]["seconds_left"] is None
        assert chat(proxy) == 200
        until(lambda: all(get(proxy, "/")["token"]["seconds_left"] for _ in range(ENOUGH)))
        assert get(proxy, "/")["token"]["oauth_calls"] == 1


def test_the_button_of_the_page_works_whichever_worker_gets_it(pair: Proxy) -> None:
    page = requests.get(pair.url, headers={"Accept": "text/html"}, timeout=30).text
    (token,) = re.findall(r'name="form_token" value="([^"]+)"', page)
    for _ in range(10):
        pressed = requests.post(
            f"{pair.url}/token/refresh",
            data={"form_token": token},
            headers={"Origin": pair.url},
            allow_redirects=False,
            timeout=30,
        )
        assert pressed.status_code == 303


def test_the_command_line_finds_one_proxy_and_may_ask_every_worker(pair: Proxy) -> None:
    told = run(pair, "status", "--json")
    (state,) = json.loads(told.stdout)
    assert state["base_url"] == pair.base_url
    assert "2 of 2 running" in run(pair, "status").stdout
    for _ in range(3):
        assert run(pair, "token", "--refresh").returncode == 0
    assert run(pair, "stats").returncode == 0


def test_no_key_of_the_run_is_to_be_seen_from_outside(pair: Proxy) -> None:
    folder = Path(pair.environment["GIGAGATE_STATE_DIR"]) / "workers" / str(pair.process.pid)
    keys = json.loads((folder / "shared.json").read_text())["keys"]
    for worker in workers(pair):
        for key in keys.values():
            assert key not in " ".join((*worker.cmdline(), *worker.environ().values()))
        assert WORKER in worker.environ()


def test_the_terminal_shows_one_start_and_the_requests_of_all(pair: Proxy) -> None:
    assert chat(pair) == 200
    assert re.findall(r"\] (.*listens.*)", pair.output()) == [
        f"GigaGate listens on {pair.base_url}, 2 workers"
    ]
    assert pair.output().count("Status page: ") == 1
    for line in pair.output().splitlines():
        assert re.match(r"\[[\d:.]+\] [^\[]+$", line), line


def test_a_killed_worker_comes_back_and_no_counter_falls(pair: Proxy) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda i: chat(pair, i), range(ENOUGH)))
    answered = time.monotonic()
    until(lambda: all(one["made"] > answered for one in left_by_each(pair)))
    totals = [metric(pair, "gigagate_requests_total")]
    until(lambda: get(pair, "/stats")["requests"] == totals[0])
    durations = [metric(pair, "gen_ai_server_request_duration_seconds_sum")]
    for killed in workers(pair):
        killed.kill()

        def watched(pid: int = killed.pid) -> bool:
            try:
                totals.append(metric(pair, "gigagate_requests_total"))
                durations.append(metric(pair, "gen_ai_server_request_duration_seconds_sum"))
                pids = {one["pid"] for one in left_by_each(pair)}
                return pid not in pids and running(pair) == 2
            except requests.ConnectionError:  # it was about to take the connection
                return False

        until(watched)
        pair.tells(f"(process {killed.pid}) was ended by SIGKILL")
    assert set(totals) == {totals[0]}
    assert durations == sorted(durations)
    assert chat(pair) == 200
    until(lambda: metric(pair, "gigagate_requests_total") == totals[0] + 1)
    assert pair.output().count("listens on") == 1
    assert pair.output().count("The panel: ") == 1


def test_a_worker_that_hangs_makes_the_proxy_unready(pair: Proxy) -> None:
    hanging = workers(pair)[0]
    hanging.suspend()
    try:

        def reasons() -> list[str]:
            try:
                answer = requests.get(f"{pair.url}/ready", timeout=0.5)
            except requests.Timeout:  # it was the hanging one
                return []
            assert answer.status_code == (503 if "reasons" in answer.json() else 200)
            told: list[str] = answer.json().get("reasons", [])
            return told

        until(lambda: any("has not been heard of" in reason for reason in reasons()))
    finally:
        hanging.resume()
    until(lambda: not reasons())


def test_a_worker_that_gets_no_token_is_named(emulator: Emulator, tmp_path: Path) -> None:
    wrong = {"GIGACHAT_AUTH_KEY": "aWQ6d3Jvbmc="}
    with Proxy(emulator, tmp_path, *TWO, environment=wrong) as proxy:
        answer = requests.get(f"{proxy.url}/ready", timeout=20)
        assert answer.status_code == 503
        assert re.match("Worker [12]: .*GIGACHAT_AUTH_KEY", answer.json()["reasons"][0])


def test_changed_settings_reach_every_worker(pair: Proxy) -> None:
    aliases = {"models": {"aliases": {"my-model": "GigaChat-2-Pro"}}}
    Path(pair.environment["GIGAGATE_CONFIG"]).write_text(json.dumps(SETTINGS | aliases))
    pair.process.send_signal(signal.SIGHUP)
    until(lambda: pair.output().count("New settings are in use") >= 2)

    def model(_: int) -> str:
        body = CHAT | {"model": "my-model"}
        answer = requests.post(f"{pair.base_url}/chat/completions", json=body, timeout=30)
        name: str = answer.json()["model"]
        return name.partition(":")[0]

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(model, range(ENOUGH))) == {"GigaChat-2-Pro"}


def test_a_file_cut_short_takes_no_protection_away_from_any_worker(
    emulator: Emulator, tmp_path: Path
) -> None:
    env = tmp_path / "whole.env"
    key = f"GIGACHAT_AUTH_KEY={emulator.authorization_key}\n"
    env.write_text(f"{key}GIGAGATE_CLIENT_KEYS=anna:a-long-random-key\n")
    proxy = Proxy(emulator, tmp_path, "--workers", "2")
    proxy.environment |= {"GIGAGATE_ENV_FILE": str(env)}
    proxy.environment.pop("GIGACHAT_AUTH_KEY")

    def statuses() -> set[int]:
        url = f"{proxy.base_url}/models"
        return {requests.get(url, timeout=20).status_code for _ in range(ENOUGH)}

    with proxy:
        until(lambda: running(proxy) == 2)
        assert statuses() == {401}
        env.write_text(key)
        proxy.process.send_signal(signal.SIGHUP)
        until(lambda: proxy.output().count("The old settings stay") >= 2)
        assert statuses() == {401}
        env.write_text(f"{key}GIGAGATE_CLIENT_KEYS=none\n")
        until(lambda: proxy.output().count("New settings are in use") >= 2)
        assert statuses() == {200}


def test_a_busy_port_ends_the_start_whoever_has_it(
    pair: Proxy, emulator: Emulator, tmp_path: Path
) -> None:
    port = ("-p", str(pair.port))
    for arguments in (("serve", *TWO, *port), ("serve", *port)):
        ended = run(pair, *arguments)
        assert ended.returncode == 1
        assert "address already in use" in ended.stdout + ended.stderr
    with Proxy(emulator, tmp_path, settings=SETTINGS) as alone:
        ended = run(pair, "serve", *TWO, "-p", str(alone.port))
        assert ended.returncode == 1
        assert "address already in use" in ended.stdout + ended.stderr
    assert running(pair) == 2


NOT_SHARED = [
    ("-w", "flows.mitm"),
    ("-r", "flows.mitm"),
    ("-C", "flows.mitm"),
    ("--set", "hardump=flows.har"),
]


@pytest.mark.parametrize("option", NOT_SHARED, ids=lambda option: " ".join(option))
def test_what_processes_cannot_share_is_refused(
    pair: Proxy, tmp_path: Path, option: tuple[str, str]
) -> None:
    name, value = option[0], option[1].replace("flows", str(tmp_path / "flows"))
    (tmp_path / "flows.mitm").write_text("kept")
    ended = run(pair, "serve", *TWO, "-p", "0", name, value)
    assert ended.returncode == 2
    assert "Start without it, or without --workers." in ended.stderr
    assert (tmp_path / "flows.mitm").read_text() == "kept"


def test_nor_may_mitmproxys_own_configuration_ask_for_it(pair: Proxy, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(f"save_stream_file: {tmp_path / 'flows'}\n")
    ended = run(pair, "serve", *TWO, "-p", "0", "--set", f"confdir={tmp_path}")
    assert ended.returncode == 2
    assert "-w" in ended.stderr


@pytest.fixture
def own(emulator: Emulator, tmp_path: Path) -> Iterator[Proxy]:
    """Two workers, to be ended by the test."""
    with Proxy(emulator, tmp_path, *TWO, settings=SETTINGS) as proxy:
        until(lambda: running(proxy) == 2)
        yield proxy


def test_sigterm_lets_running_streams_finish_and_leaves_nothing(own: Proxy, tmp_path: Path) -> None:
    pids = [worker.pid for worker in workers(own)]
    streams = [streaming(own) for _ in range(8)]
    assert all(next(lines).startswith(b"data: ") for lines in streams)
    own.process.send_signal(signal.SIGTERM)
    until(lambda: refuses_connections(own))
    assert [list(lines)[-1] for lines in streams] == [b"data: [DONE]"] * 8
    assert own.process.wait(20) == 0
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not (tmp_path / "workers").exists()
    assert not list(tmp_path.glob("running-*.json"))


def test_ctrl_c_ends_all_at_once(own: Proxy, emulator: Emulator) -> None:
    """In a terminal the signal goes to the whole process group."""
    pids = [worker.pid for worker in workers(own)]
    next(streaming(own))
    os.killpg(own.process.pid, signal.SIGINT)
    assert own.process.wait(10) == 0
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert "Traceback" not in own.output()


def test_when_the_supervisor_is_killed_its_workers_finish_and_end(own: Proxy) -> None:
    family = workers(own)
    lines = streaming(own)
    next(lines)
    own.process.kill()
    assert own.process.wait(10) == -signal.SIGKILL
    assert list(lines)[-1] == b"data: [DONE]"
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    with own:  # the port is free again, and what was left is no hindrance
        until(lambda: running(own) == 2)


def test_port_zero_is_one_port_for_all(emulator: Emulator, tmp_path: Path) -> None:
    proxy = Proxy(emulator, tmp_path, *TWO, "-p", "0", settings=SETTINGS)
    proxy.start()
    try:
        until(lambda: "Status page: " in proxy.output() or proxy.process.poll() is not None)
        (proxy.url,) = re.findall(r"Status page: (\S+)/", proxy.output())
        until(lambda: running(proxy) == 2)
        assert {one["url"] for one in left_by_each(proxy)} == {proxy.url}
    finally:
        assert proxy.stop() == 0


def test_the_panel_shows_the_requests_of_all(pair: Proxy) -> None:
    admin = requests.Session()
    admin.post(f"{pair.url}/admin/login", data={"key": ADMIN}, timeout=20)

    def rows() -> list[Any]:
        told = admin.get(f"{pair.url}/admin/api/requests?after=0", timeout=20).json()
        return [row for row in told["requests"] if row["path"] == "/v1/of-all-workers"]

    with admin.get(f"{pair.url}/admin/api/events?of=health", stream=True, timeout=20) as looking:
        next(looking.iter_content(1))
        for _ in range(ENOUGH):
            requests.post(f"{pair.base_url}/of-all-workers", json={}, timeout=20)
        until(lambda: len(rows()) == ENOUGH)
    assert admin.get(f"{pair.url}/admin/api/log", timeout=20).json()["worker"] in (1, 2)
