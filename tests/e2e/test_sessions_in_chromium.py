"""The panel's sessions as a person reads them while an agent works, in a real browser."""

import json
from collections.abc import Iterator

import pytest
import requests
from tests.support.agent_run import SUMMARY, AgentRun
from tests.support.browser import Browser
from tests.support.mitmweb_in_chromium import Shown, mitmweb_in_chromium
from tests.support.real_parts import require_real_part

from gigagate.emulator import EmulatorConfig

ADMIN = "an-admin-s-long-key"
EVIL = (
    "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'>"
    "</pre></details></section><h1 class=evil>evil</h1><svg onload='window.evil = 3'></svg>"
    "<a class=evil href='javascript:window.evil=4'>x</a>"
)


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    chromium = require_real_part("chromium")
    folder = tmp_path_factory.mktemp("sessions")
    config, environment = EmulatorConfig(concurrency=0), {"GIGAGATE_ADMIN_KEY": ADMIN}
    with mitmweb_in_chromium(chromium, folder, config=config, environment=environment) as setup:
        setup.browser.look((1280, 900))
        setup.browser.watch()
        setup.browser.open(f"{setup.proxy.url}/admin?token={ADMIN}&lang=en")
        yield setup


def read(browser: Browser, title: str) -> None:
    """Opens a session from the list."""
    browser.evaluate("location.hash = 'sessions'")
    browser.click("main tbody tr td button", title)
    browser.wait_for("document.querySelector('.step') !== null")


def numbers(browser: Browser) -> list[str]:
    shown = "[...document.querySelectorAll('.steps > .step:not([hidden]) > header > .number')]"
    return json.loads(browser.evaluate(f"JSON.stringify({shown}.map(e => e.textContent))"))


def test_a_session_is_read_while_the_agent_works(setup: Shown) -> None:
    browser = setup.browser
    agent = AgentRun(setup.proxy.base_url, setup.emulator)
    agent.run(2)
    read(browser, "Скидка считается неверно")
    assert numbers(browser) == ["1", "2"]
    browser.evaluate("document.querySelector('#step-1 .call').open = true")
    agent.run()
    browser.wait_for("document.querySelectorAll('.steps > .step').length === 12")
    assert browser.evaluate("document.querySelector('#step-1 .call').open"), "it stays open"
    assert "Сумма со скидкой" in browser.text("#step-1")
    browser.wait_for_text(".session", "3 times the same")
    assert "compacted its history" in browser.text(".session")
    for selector in (".outline li", ".curves svg polygon", ".step.bad", ".prose table", "a.raw"):
        assert browser.evaluate(f"document.querySelectorAll('{selector}').length"), selector
    browser.click(".outline a", "edit_file")
    assert browser.evaluate("location.hash").startswith("#sessions/"), "the page stays"
    assert browser.evaluate("document.querySelector('.step.here .come') !== null")
    assert browser.complaints == []


def test_words_are_searched_for_in_what_is_folded_too(setup: Shown) -> None:
    browser = setup.browser
    if not browser.evaluate("document.querySelectorAll('.step').length === 12"):
        AgentRun(setup.proxy.base_url, setup.emulator).run()
        read(browser, "Скидка считается неверно")
    browser.evaluate("document.querySelector('[type=search]').focus()")
    browser.call("Input.insertText", text=SUMMARY[:20])
    browser.wait_for("document.querySelector('.searching').innerText.includes('of 12 steps')")
    assert numbers(browser) == ["8", "9"]
    browser.evaluate("document.querySelector('[type=search]').select()")
    browser.call("Input.insertText", text="assert 1485")
    browser.wait_for("document.querySelectorAll('.step:not([hidden])').length === 1")
    assert browser.evaluate("document.querySelector('.step:not([hidden]) .call').open")


def test_what_foreigners_write_stays_text(setup: Shown) -> None:
    browser, emulator = setup.browser, setup.emulator
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": EVIL}}
    talk = [
        {"role": "user", "content": f"Evil {EVIL}"},
        {"role": "assistant", "content": EVIL, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": EVIL},
    ]
    tool = {"type": "function", "function": {"name": "f", "description": EVIL, "parameters": {}}}
    chat = {"model": "gigachat", "messages": talk, "tools": [tool], "stream": True}
    emulator.script.add(EVIL)
    url = f"{setup.proxy.base_url}/chat/completions"
    requests.post(url, json=chat, headers={"User-Agent": EVIL}, timeout=20)
    read(browser, "Evil <script>window.evil")
    browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.text(".steps").count("<script>window.evil = 1</script>") >= 3
    assert browser.evaluate("document.querySelectorAll('.evil, .session script, img').length") == 0
    assert browser.evaluate("typeof window.evil") == "undefined"
    assert browser.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_read_at_any_width(setup: Shown, width: int, scheme: str) -> None:
    browser = setup.browser
    browser.look((width, 900), dark=scheme == "dark")
    if browser.evaluate("document.querySelector('.steps') === null"):
        AgentRun(setup.proxy.base_url, setup.emulator).run()
        read(browser, "Скидка считается неверно")
    browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    back = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (int(back[4:].split(",")[0]) > 200) is (scheme == "light")
