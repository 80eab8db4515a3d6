"""The real Cline finishes a small task: it writes a file that GigaChat's answer describes."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.support.proxy import Proxy
from tests.support.real_parts import NODE, require_real_part

from gigagate.emulator import EmulatorThread

CONFIGURED = "auth -p openai -k the-clients-key -m {model} -b {base_url}"
TASK = "Create the file hello.txt with the text Привет, мир"


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("model", "tools"),
    [
        ("GigaChat-2-Max", False),  # Cline speaks XML in the text
        ("claude-sonnet-4-5", True),  # Cline offers native tools
    ],
)
def test_cline_creates_a_file(tmp_path: Path, model: str, tools: bool) -> None:
    cline = require_real_part("cline")
    home, folder = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    folder.mkdir()
    environment = {
        "HOME": str(home),
        "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
        "CLINE_TELEMETRY_DISABLED": "1",
        "CLINE_NO_AUTO_UPDATE": "1",
    }

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [cline, *args],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=110,
        )

    with EmulatorThread() as emulator, Proxy(emulator, tmp_path) as proxy:
        configured = run(*CONFIGURED.format(model=model, base_url=proxy.base_url).split())
        assert configured.returncode == 0, configured.stderr
        done = run("-y", "--json", "-c", str(folder), TASK)
    chats = [request for request in emulator.log if request.path.endswith("/chat/completions")]

    assert done.returncode == 0, proxy.output()
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert said[-1]["say"] == "completion_result"
    assert (folder / "hello.txt").read_text().strip() == "Привет, мир"
    assert [request.status for request in chats] == [200] * len(chats)
    assert all(bool(request.json.get("functions")) is tools for request in chats)
