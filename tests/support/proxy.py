"""A real proxy process in front of an upstream, for end-to-end tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Protocol

import requests
import yaml
from tests.support.log_file import HasLogFile
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "addons" / "gigachat_proxy.py"
MITMDUMP = str(Path(sys.executable).with_name("mitmdump"))


class Upstream(Protocol):
    base_url: str
    auth_url: str
    ca_file: Path
    authorization_key: str


def settings_environment(upstream: Upstream, state_dir: Path) -> dict[str, str]:
    """The environment of a proxy in front of `upstream`, and nothing of the user's settings."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIGACHAT_", "GIGAGATE_"))
    }
    return environment | {
        "GIGACHAT_AUTH_KEY": upstream.authorization_key,
        "GIGACHAT_BASE_URL": upstream.base_url,
        "GIGACHAT_AUTH_URL": upstream.auth_url,
        "GIGACHAT_CA_BUNDLE_FILE": str(upstream.ca_file),
        "GIGAGATE_STATE_DIR": str(state_dir),
        "HOME": str(state_dir),
        "PYTHONPATH": str(ROOT / "addons"),
    }


class Proxy(HasLogFile):
    """`with Proxy(emulator, tmp_path) as proxy:` serves until the block ends."""

    running: ClassVar[list["Proxy"]] = []

    def __init__(
        self,
        upstream: Upstream,
        state_dir: Path,
        *arguments: str,
        verb: str = "serve",
        command: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
        settings: Mapping[str, object] | None = None,
        ready: str = "/health",
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.base_url = f"{self.url}/v1"
        self.environment = settings_environment(upstream, state_dir) | dict(environment or {})
        config = state_dir / f"gigachat-{self.port}.yaml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(yaml.safe_dump({"check_at_start": False, **(settings or {})}))
        self.environment["GIGAGATE_CONFIG"] = str(config)
        (no_variables := state_dir / "no.env").touch()
        self.environment["GIGAGATE_ENV_FILE"] = str(no_variables)
        self.command = [
            *(command or (sys.executable, "-m", "gigagate", verb)),
            "-p",
            str(self.port),
            *arguments,
        ]
        self.ready = ready
        self.log_file = state_dir / f"proxy-{self.port}.log"

    def __enter__(self) -> "Proxy":
        self.start()
        self.wait_until_ready()
        return self

    def start(self) -> None:
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        if error is not None:
            print(self.output())

    def wait_until_ready(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the proxy ended at once:\n{self.output()}")
            try:
                if requests.get(self.url + self.ready, timeout=5).status_code < 500:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"the proxy did not become ready:\n{self.output()}")

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ends the process; returns its exit code."""
        if self in self.running:
            self.running.remove(self)
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode
