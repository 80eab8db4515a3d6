"""mitmproxy's console in a real terminal: its list says what came of each conversation."""

import subprocess
from pathlib import Path

import pytest
import requests
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part
from tests.support.waiting import until

from gigagate.emulator import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


@pytest.mark.parametrize("columns", ["90", "160"], ids=["as a list", "as a table"])
def test_the_list_says_model_tokens_and_outcome(tmp_path: Path, columns: str) -> None:
    tmux = [str(require_real_part("tmux")), "-L", f"gigagate-{tmp_path.name}-{columns}"]

    def screen() -> str:
        return subprocess.run(
            [*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=True
        ).stdout

    def press(*keys: str) -> None:
        subprocess.run([*tmux, "send-keys", *keys], check=True)

    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        proxy = Proxy(emulator, tmp_path, verb="console")
        command = [*tmux, "-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", "24"]
        subprocess.run([*command, *proxy.command], env=proxy.environment, check=True)
        try:
            until(lambda: is_up(proxy), screen, seconds=30)
            url = f"{proxy.base_url}/chat/completions"
            assert requests.post(url, json=CHAT, timeout=20).status_code == 200
            until(lambda: "tok" in screen(), screen, seconds=15)
            assert "GigaChat-2-Max" in screen()
            assert "stop · python-requests" in screen()
            assert "/health" not in screen()
            assert "There is no option" not in screen()
            press("Enter")
            until(lambda: "GigaChat: conversation" in screen(), screen, seconds=15)
            press("m")
            until(lambda: "gigachat: session" in screen(), screen, seconds=15)
            place = options(screen()).index("gigachat: session")
            press(*["Down"] * place, "Enter")
            until(lambda: "step 1 of 1 step: Привет" in screen(), screen, seconds=15)
        finally:
            subprocess.run([*tmux, "kill-server"], check=False)


def options(screen: str) -> list[str]:
    """The views that are offered, in their order."""
    words = [line.strip(" │|").partition(") ")[2].strip() for line in screen.splitlines()]
    return [word for word in words if word]


def is_up(proxy: Proxy) -> bool:
    try:
        return requests.get(f"{proxy.url}/health", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False
