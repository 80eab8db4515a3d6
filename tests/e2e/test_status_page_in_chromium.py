"""The status page as a person sees it, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.browser import Browser
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part

from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Привет"}]}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("page")
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder / "state") as proxy:
            yield proxy


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    chromium = require_real_part("chromium")
    with Browser(chromium, tmp_path / "profile", size=(1000, 1400)) as browser:
        browser.call("Log.enable")
        yield browser


def test_the_page_renews_itself_and_its_button_works(proxy: Proxy, browser: Browser) -> None:
    browser.open(f"{proxy.url}/?lang=en")
    browser.wait_for_text("body", "Nothing yet.")
    answer = requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=20)
    assert answer.status_code == 200
    text = browser.wait_for_text("main", "200 stop")
    assert "fetched from OAuth" in text
    browser.evaluate("window.beforeTheButton = true")
    browser.click("button", "Get a new one")
    browser.wait_for("window.beforeTheButton === undefined && document.readyState === 'complete'")
    assert browser.evaluate("location.search") == "?lang=en"
    told = requests.get(proxy.url, timeout=20).json()
    assert told["token"]["oauth_calls"] == 2
    browser.click("nav a", "ru")
    browser.wait_for_text("h2", "Токен доступа")


def test_a_narrow_screen_is_not_scrolled_sideways(proxy: Proxy, browser: Browser) -> None:
    requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=20)
    for width in (320, 390, 1000):
        browser.look((width, 900))
        browser.open(f"{proxy.url}/?lang=ru&width={width}")
        browser.wait_for(f"location.search.endsWith('width={width}')")
        assert browser.evaluate("document.documentElement.scrollWidth") <= width


def test_a_click_selects_a_setting_whole(proxy: Proxy, browser: Browser) -> None:
    browser.open(f"{proxy.url}/?lang=en")
    browser.click("code", f"{proxy.base_url}")
    assert browser.wait_for("getSelection().toString()").strip() == proxy.base_url


def test_a_proxy_that_has_ended_is_told(browser: Browser, tmp_path: Path) -> None:
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path / "state") as proxy:
            browser.open(f"{proxy.url}/?lang=en")
            browser.wait_for_text(".pill", "waiting")
    browser.wait_for_text(".pill", "the proxy does not answer")
