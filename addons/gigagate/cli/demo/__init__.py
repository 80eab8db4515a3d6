"""demo: the proxy in front of the emulator, asked as clients ask, with everything shown.

No key and no internet are needed.  Without --once it goes on serving, for a client of one's own.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from gigagate import running
from gigagate.cli import COMMAND, local_gigachat
from gigagate.cli.demo import client
from gigagate.cli.demo.proxy import DemoProxy, environment, free_port, settings_of
from gigagate.cli.demo.requests import SCENES, Scene
from gigagate.cli.demo.screen import Screen, pretty
from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread, Received
from gigagate.errors import SettingsError
from gigagate.plural import counted
from gigagate.running import DEFAULT_PORT

CHAT_PATH = "/chat/completions"
CHUNK_DELAY = 0.04
CONNECTION = "[127.0.0.1:"
"""How mitmproxy's lines about connections begin."""


class Demo:
    def __init__(self, screen: Screen, proxy: DemoProxy, emulator: Emulator) -> None:
        self.screen = screen
        self.proxy = proxy
        self.emulator = emulator

    def show(self, number: int, scene: Scene) -> bool:
        """Whether all was right."""
        screen = self.screen
        screen.title(f"{number}. {scene.title}")
        screen.line(scene.about, "dim")
        logged = len(self.proxy.lines)
        received = len(self.emulator.log)

        screen.label("The client asks  POST /v1/chat/completions")
        screen.block(pretty(scene.body).splitlines())
        screen.label("The answer, as it comes")
        answer = client.chat(self.proxy.port, scene.body, self.write_answer)
        if answer.tool:
            self.write_answer(f"{answer.tool}({answer.arguments})")
        screen.line()

        for request in self.emulator.log[received:]:
            if request.path.endswith(CHAT_PATH):
                self.show_changes(scene.body, request)
        screen.label("GigaGate's log")
        log = self.proxy.lines_about(CHAT_PATH, logged)
        screen.block([line for line in log if not line.startswith(CONNECTION)], "dim")

        problems = scene.problems(answer)
        for problem in problems:
            screen.line(f"✗ {problem}", "red")
        if not problems:
            screen.line(f"✓ right: {answer.model}, {summary(answer)}", "green")
        return not problems

    def write_answer(self, text: str) -> None:
        self.screen.write(text, "yellow")

    def show_changes(self, asked: dict[str, Any], got: Received) -> None:
        self.screen.label("What GigaChat got  (- the client's, + GigaGate's)")
        token = got.header("authorization") or ""
        self.screen.changes(
            [f"Authorization: Bearer {client.KEY}", *pretty(asked).splitlines()],
            [f"Authorization: {token[:20]}…", *pretty(got.json).splitlines()],
        )


def summary(answer: client.Heard) -> str:
    words = [f"finish_reason {answer.finish_reason}"]
    if answer.pieces > 1:
        words.insert(0, f"{answer.pieces} pieces")
    if answer.usage:
        words.append(counted(answer.usage["total_tokens"], "token"))
    return ", ".join(words)


def show_settings(screen: Screen, port: int) -> None:
    screen.title("Your turn: Cline")
    screen.block(
        [
            "API Provider   OpenAI Compatible",
            f"Base URL       http://localhost:{port}/v1",
            "API Key        anything",
            "Model ID       GigaChat-2-Max",
        ]
    )
    screen.line()
    body = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет!"}]}
    screen.line(
        f"  curl http://localhost:{port}/v1/chat/completions "
        f"-H 'Content-Type: application/json' \\\n    -d '{json.dumps(body, ensure_ascii=False)}'"
    )


def show_the_way(screen: Screen, port: int) -> None:
    screen.title("What next")
    screen.block(
        [
            f"Status page        http://localhost:{port}/   or, elsewhere: {COMMAND} status",
            f"Every conversation {COMMAND} web --emulator   mitmweb in front of this GigaChat",
            f"Programs to read   {COMMAND} examples",
            "A key of your own  https://developers.sber.ru/studio   a project, GigaChat API,",
            "                   then Authorization key; put GIGACHAT_AUTH_KEY=... into .env",
            f"And then           {COMMAND}   or first {COMMAND} doctor, which checks everything",
        ]
    )


@contextmanager
def found_by_status(proxy: DemoProxy, state_dir: Path) -> Iterator[None]:
    """The demo keeps to a folder of its own; `status` looks where the user's own proxies are."""
    try:
        users = local_gigachat.state_dir()
        ours = running.find(state_dir)
        for one in ours:
            running.announce(users, one)
    except (SettingsError, OSError):
        yield
        return
    try:
        yield
    finally:
        for one in ours:
            running.withdraw(users, one.pid)


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(verb: str, args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} {verb}", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the requests")
    once = parser.parse_args(args).once
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)

    config = EmulatorConfig(script=tuple(scene.script for scene in SCENES), chunk_delay=CHUNK_DELAY)
    screen = Screen(sys.stdout)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="gigagate-demo-") as folder,
            EmulatorThread(config=config) as emulator,
        ):
            return play(screen, emulator, Path(folder), once)
    except KeyboardInterrupt:
        screen.line()
        return 1 if once else 0


def play(screen: Screen, emulator: Emulator, folder: Path, once: bool) -> int:
    port = free_port()
    if port != DEFAULT_PORT:
        screen.line(f"Port {DEFAULT_PORT} is taken: the demo uses {port}.", "yellow")
    with DemoProxy(port, environment(settings_of(emulator), folder)) as proxy:
        if not proxy.wait_until_healthy():
            screen.line("The proxy did not start. It said:", "red")
            screen.block(proxy.lines)
            return 1
        screen.line(
            f"GigaGate on http://localhost:{port}, GigaChat emulated at {emulator.base_url}"
        )
        with found_by_status(proxy, folder / "state"):
            demo = Demo(screen, proxy, emulator)
            right = [demo.show(number, scene) for number, scene in enumerate(SCENES, 1)]
            show_settings(screen, port)
            show_the_way(screen, port)
            if once:
                return 0 if all(right) else 1
            return serve(screen, proxy)


def serve(screen: Screen, proxy: DemoProxy) -> int:
    screen.line()
    screen.line("Serving until Ctrl-C; what is asked now is listed below.", "bold")
    seen = len(proxy.lines)
    while proxy.process.poll() is None:
        for line in proxy.lines[seen:]:
            screen.line(f"  {line}", "dim")
            seen += 1
        time.sleep(0.2)
    screen.line("The proxy ended.", "red")
    return 1
