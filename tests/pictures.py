"""The pictures in docs/images: taken of a real mitmweb in a real browser.

    PYTHONPATH=addons .venv/bin/python -m tests.pictures --write

Without --write they are taken and thrown away.  The signs in the flow list need a font that
has them, such as Debian's fonts-noto-color-emoji.
"""

import argparse
import tempfile
import time
from pathlib import Path

import requests
from tests.support import panel_pictures, session_pictures
from tests.support.browser import Browser
from tests.support.cline_chat import CLINE_CHAT
from tests.support.mitmweb_in_chromium import mitmweb_in_chromium
from tests.support.mitmweb_page import Page
from tests.support.proxy import ROOT, Proxy
from tests.support.real_parts import real_part

from gigagate.emulator.server import Emulator

IMAGES = ROOT / "docs" / "images"
TALE = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Расскажи короткую сказку."}]}


def traffic(proxy: Proxy, emulator: Emulator) -> None:
    """One of each kind: a plain one, a repeated one, a refused one, one left early, Cline's."""
    url = f"{proxy.base_url}/chat/completions"
    requests.post(url, json=TALE, timeout=20)
    emulator.revoke_tokens()
    requests.post(url, json=TALE | {"stream": True}, timeout=20)
    requests.post(url, json=TALE | {"temperature": "warm"}, timeout=20)
    emulator.faults.add(path="/chat/completions", hang=True, after_events=3)
    with requests.post(url, json=TALE | {"stream": True}, stream=True, timeout=20) as answer:
        pieces = answer.iter_content(1)
        next(pieces)
    orphan = {"role": "tool", "tool_call_id": "call_lost", "content": "ok"}
    requests.post(url, json=TALE | {"messages": [*TALE["messages"], orphan]}, timeout=20)
    requests.post(url, json=CLINE_CHAT, timeout=20)


def take(browser: Browser, page: Page, proxy: Proxy, folder: Path) -> None:
    page.flow_list("tool_calls")
    browser.screenshot(folder / "flow-list.png", height=400)
    page.open_flow("tool_calls")
    page.request()
    browser.screenshot(folder / "conversation.png")
    page.request("GigaChat: what changed")
    browser.screenshot(folder / "what-changed.png")
    page.open_flow("attempts")
    page.response()
    browser.screenshot(folder / "answer.png", height=520)
    browser.open(proxy.url)
    browser.wait_for_text("body", "GigaGate")
    browser.screenshot(folder / "status-page.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"into {IMAGES}")
    write = parser.parse_args().write
    chromium = real_part("chromium")
    if chromium is None:
        raise SystemExit("chromium is not installed: sh tests/install_extras.sh")
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name)
        flows = temporary / "flows.mitm"
        panel_pictures.work_for_a_month(temporary, time.time())
        with mitmweb_in_chromium(chromium, temporary, "-w", str(flows)) as shown:
            emulator, proxy, browser, url = shown
            page = Page(browser, url)
            traffic(proxy, emulator)
            folder = IMAGES if write else temporary
            folder.mkdir(parents=True, exist_ok=True)
            take(browser, page, proxy, folder)
            session_pictures.work(proxy, emulator)
            panel_pictures.take(browser, proxy, folder)
            session_pictures.take(browser, proxy, folder, flows)
            for picture in sorted(folder.glob("*.png")):
                print(f"{picture.name}: {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
