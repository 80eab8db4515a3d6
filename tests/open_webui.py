"""Open WebUI in a real browser, in front of the proxy and the local GigaChat: a first chat.

    python3.11 -m venv webui && webui/bin/pip install open-webui==0.12.4
    PYTHONPATH=addons .venv/bin/python -m tests.open_webui webui/bin/open-webui

It says what it saw, a line each. Not part of the suite: Open WebUI is seven gigabytes of packages.
With --write the picture of docs/clients.md is taken anew.
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from tests.support.browser import Browser
from tests.support.ports import free_port
from tests.support.proxy import ROOT, Proxy
from tests.support.real_parts import real_part

from gigagate.emulator import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

PICTURE = ROOT / "docs" / "images" / "open-webui.png"
START_SECONDS = 180
"""Its first start makes a database of many steps."""
MODEL = "GigaChat-2-Max"
ANSWERS = {
    "Почему небо голубое?": "Воздух рассеивает короткие волны света сильнее длинных — поэтому "
    "днём небо голубое, а закат красный. 🌇",
    "А трава?": "Трава зелёная: хлорофилл поглощает красный и синий свет, а зелёный отражает. 🌱",
}


@contextmanager
def open_webui(program: Path, base_url: str, folder: Path) -> Iterator[str]:
    """Its address. It is told to ask nobody but the proxy."""
    port = free_port()
    environment = {
        "DATA_DIR": str(folder),
        "WEBUI_AUTH": "False",
        "WEBUI_SECRET_KEY": "of one run",
        "ENABLE_OLLAMA_API": "False",
        "ENABLE_TITLE_GENERATION": "False",
        "ENABLE_TAGS_GENERATION": "False",
        "ENABLE_FOLLOW_UP_GENERATION": "False",
        "OPENAI_API_BASE_URL": base_url,
        "OPENAI_API_KEY": "anything",
        "RAG_EMBEDDING_ENGINE": "openai",
        "RAG_EMBEDDING_MODEL": "Embeddings",
        "RAG_OPENAI_API_BASE_URL": base_url,
        "RAG_OPENAI_API_KEY": "anything",
        "OFFLINE_MODE": "True",
        "HF_HUB_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "DO_NOT_TRACK": "True",
    }
    folder.mkdir()
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        [program, "serve", "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, **environment},
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=folder,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if requests.get(f"{url}/health", timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(1)
    raise SystemExit("Open WebUI did not start.")


def choose(browser: Browser, url: str) -> None:
    browser.open(url)
    browser.click("button", "Okay, Let's Go!")  # what is new in it
    browser.wait_for("!document.body.innerText.includes('Okay, Let')")
    browser.wait_for("!document.querySelector('.modal')")
    browser.click("#model-selector-model-button")
    browser.click("[role=option]", MODEL)
    browser.wait_for_text("#model-selector-model-button", MODEL)
    _saw("its list of models has GigaChat's")


def talk(browser: Browser, emulator: Emulator) -> None:
    emulator.script.add(*ANSWERS.values())
    for question, answer in ANSWERS.items():
        _say(browser, question)
        browser.wait_for_text("#messages-container", answer)
        browser.wait_for_text("body", "Response complete")
        _saw(f"an answer to {question}")


def fail(browser: Browser, emulator: Emulator) -> None:
    emulator.faults.add(path="/chat/completions", status=402, body="{}")
    _say(browser, "А вода?")
    browser.wait_for_text("#messages-container", "tokens paid for on this proxy's GigaChat account")
    _saw("an error in GigaGate's words")


def _say(browser: Browser, words: str) -> None:
    browser.evaluate("document.querySelector('#chat-input').focus()")
    browser.call("Input.insertText", text=words)
    browser.click("#send-message-button")
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=600)


def _saw(words: str) -> None:
    print(f"seen: {words}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path, help="open-webui, of an environment of its own")
    parser.add_argument("--write", action="store_true", help=f"the picture, to {PICTURE}")
    given = parser.parse_args()
    chromium = real_part("chromium")
    if chromium is None:
        raise SystemExit("chromium is not installed: sh tests/install_extras.sh")
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name)
        config = EmulatorConfig(chunk_delay=0.1)
        picture = PICTURE if given.write else temporary / PICTURE.name
        with (
            EmulatorThread(config, state_dir=temporary / "emulator") as emulator,
            Proxy(emulator, temporary) as proxy,
            open_webui(given.program.absolute(), proxy.base_url, temporary / "webui") as url,
            Browser(chromium, temporary / "profile", (1200, 640)) as browser,
        ):
            choose(browser, url)
            talk(browser, emulator)
            browser.screenshot(picture)
            fail(browser, emulator)
            print(proxy.output())


if __name__ == "__main__":
    main()
