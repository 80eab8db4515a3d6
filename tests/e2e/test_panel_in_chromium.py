"""The panel as an admin sees it, in a real browser."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from openai import AuthenticationError, OpenAI, RateLimitError
from openai.types.chat import ChatCompletionMessageParam
from tests.support.browser import Browser
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

ADMIN = "an-admin-s-long-key"
CLIENT = "a-client-s-key-1234"
KEY = {"Authorization": f"Bearer {CLIENT}"}
CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Привет"}]}
SAID: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Привет"}]
EVIL = "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxy, Emulator]]:
    folder = tmp_path_factory.mktemp("panel")
    environment = {"GIGAGATE_ADMIN_KEY": ADMIN, "GIGAGATE_CLIENT_KEYS": f"anna:{CLIENT}"}
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder / "state", environment=environment) as proxy:
            yield proxy, emulator


@pytest.fixture
def proxy(served: tuple[Proxy, Emulator]) -> Proxy:
    return served[0]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    chromium = require_real_part("chromium")
    with Browser(chromium, tmp_path / "profile", size=(1200, 900)) as browser:
        yield browser


def log_in(browser: Browser, proxy: Proxy, language: str = "en") -> None:
    browser.open(f"{proxy.url}/admin?lang={language}")
    browser.evaluate(f"document.querySelector('#key').value = {json.dumps(ADMIN)}")
    browser.click("button.primary")
    browser.wait_for("document.querySelector('header nav') !== null")
    watch(browser)


def watch(browser: Browser) -> None:
    """Whatever the policy or the script has to complain of is counted."""
    browser.evaluate(
        "window.wrong = []; addEventListener('error', e => wrong.push(e.message));"
        "addEventListener('unhandledrejection', e => wrong.push(String(e.reason)));"
        "addEventListener('securitypolicyviolation', e => wrong.push(e.violatedDirective))"
    )


def go(browser: Browser, view: str) -> None:
    browser.evaluate(f"location.hash = '{view}'")
    browser.wait_for(f"document.querySelector('nav [aria-current]')?.hash === '#{view}'")


def send(proxy: Proxy, **more: object) -> None:
    requests.post(f"{proxy.base_url}/chat/completions", json=CHAT | more, headers=KEY, timeout=20)


def test_a_wrong_key_is_told_and_the_right_one_opens(browser: Browser, proxy: Proxy) -> None:
    browser.open(f"{proxy.url}/admin?lang=ru")
    browser.evaluate("document.querySelector('#key').value = 'wrong'")
    browser.click("button.primary")
    browser.wait_for_text("[role=alert]", "Это не ключ администратора.")
    log_in(browser, proxy, "ru")
    browser.wait_for_text("main", "Запросы")


def test_a_request_appears_while_one_looks(browser: Browser, proxy: Proxy) -> None:
    log_in(browser, proxy)
    go(browser, "requests")
    browser.wait_for("document.querySelector('main table, main .empty') !== null")
    send(proxy, model="never-seen-before")
    browser.wait_for_text("main tbody", "anna")
    browser.click("main tbody tr td")
    browser.wait_for_text("dialog", "/v1/chat/completions")
    browser.click("dialog button")
    browser.evaluate("document.querySelector('[type=search]').value = 'nobody'")
    browser.evaluate("document.querySelector('[type=search]').dispatchEvent(new Event('input'))")
    browser.wait_for_text("main", "No request fits")
    assert browser.evaluate("wrong") == []


def test_every_view_draws_without_a_complaint(browser: Browser, proxy: Proxy) -> None:
    send(proxy)
    log_in(browser, proxy)
    for view, words in {
        "overview": "Access token",
        "requests": "anna",
        "models": "GigaChat-2-Max",
        "playground": "The same request",
        "settings": "models.default",
        "doctor": "mitmproxy",
        "log": "GigaGate listens",
    }.items():
        go(browser, view)
        browser.wait_for_text("main", words)
    assert browser.evaluate("wrong") == []
    browser.wait_for_text("#health", "GigaChat answers")


def test_a_key_is_issued_used_over_its_budget_and_revoked(browser: Browser, proxy: Proxy) -> None:
    log_in(browser, proxy)
    go(browser, "clients")
    browser.click("main button", "New client")
    browser.wait_for("document.querySelector('#c-name') !== null")
    browser.evaluate("document.querySelector('#c-name').value = 'boris'")
    browser.evaluate("document.querySelector('#c-tokens_per_day').value = '5'")
    browser.click("dialog button.primary", "Save")
    key = browser.wait_for("document.querySelector('#new-key')?.innerText")
    browser.click("dialog button", "Close")
    client = OpenAI(base_url=proxy.base_url, api_key=key, max_retries=0)
    assert client.chat.completions.create(model="gigachat", messages=SAID).choices
    with pytest.raises(RateLimitError) as over:
        client.chat.completions.create(model="gigachat", messages=SAID)
    assert over.value.code == "budget_exhausted"
    go(browser, "requests")
    browser.wait_for_text("main tbody", "budget_exhausted")
    go(browser, "clients")
    browser.wait_for_text("main tbody", "13 / 5")
    browser.click("main tbody button", "Revoke")
    browser.click("dialog button", "Yes")
    browser.wait_for_text("main tbody", "revoked")
    refused = None
    while refused is None:  # within a second
        try:
            client.models.list()
        except AuthenticationError as error:
            refused = error
    assert browser.evaluate("wrong") == []


def test_the_default_model_is_changed_and_taken_back(browser: Browser, proxy: Proxy) -> None:
    log_in(browser, proxy)
    go(browser, "models")
    browser.wait_for("document.querySelector('#model-default') !== null")
    browser.evaluate("document.querySelector('#model-default').value = 'GigaChat-2-Pro'")
    browser.click("button.primary")
    browser.wait_for_text("#said", "Saved")
    answered = ""
    while answered != "GigaChat-2-Pro":
        told = requests.post(
            f"{proxy.base_url}/chat/completions",
            json=CHAT | {"model": "some-name"},
            headers=KEY,
            timeout=20,
        )
        answered = told.json()["model"].partition(":")[0]
    browser.wait_for("!document.querySelectorAll('main button')[2].disabled")
    browser.click("main button", "Undo the last change")
    browser.wait_for_text("#said", "Taken back.")


def test_the_playground_streams_an_answer(browser: Browser, proxy: Proxy) -> None:
    log_in(browser, proxy)
    go(browser, "playground")
    browser.wait_for("document.querySelector('#p-question') !== null")
    browser.evaluate("document.querySelector('#p-question').value = 'Сколько будет 2+2?'")
    browser.click("main button.primary")
    browser.wait_for("document.querySelector('#p-answer').innerText.includes('tokens')")
    assert "curl" in browser.text("main")
    assert browser.evaluate("wrong") == []


def test_what_a_client_names_itself_stays_text(browser: Browser, proxy: Proxy) -> None:
    send(proxy, model=EVIL, messages=[{"role": EVIL, "content": EVIL}])
    requests.post(f"{proxy.base_url}/{EVIL}", json={}, headers=KEY, timeout=20)
    log_in(browser, proxy)
    for view in ("requests", "overview", "log"):
        go(browser, view)
        browser.wait_for("document.querySelector('main').childElementCount > 0")
    go(browser, "requests")
    browser.wait_for_text("main tbody", "404")
    browser.evaluate("document.querySelector('main tbody tr').click()")
    browser.wait_for("document.querySelector('dialog[open]') !== null")
    assert browser.evaluate("window.hurt") is None


@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_is_scrolled_sideways(browser: Browser, proxy: Proxy, width: int) -> None:
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=900,
        deviceScaleFactor=1,
        mobile=False,
    )
    log_in(browser, proxy, "ru")
    for view in ("overview", "requests", "models", "playground", "settings", "log"):
        go(browser, view)
        browser.wait_for("document.querySelector('main').childElementCount > 0")
        assert browser.evaluate("document.documentElement.scrollWidth") <= width


def test_a_dead_gigachat_is_amber(browser: Browser, tmp_path: Path) -> None:
    environment = {"GIGAGATE_ADMIN_KEY": ADMIN}
    settings = {"deadlines": {"retry": 1, "total": 5}}
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        with Proxy(
            emulator, tmp_path / "state", environment=environment, settings=settings
        ) as proxy:
            send(proxy)
            log_in(browser, proxy)
            browser.wait_for_text("#health", "GigaChat answers")
            emulator.faults.add(path="/chat/completions", times=1000, status=503)
            send(proxy)
            browser.wait_for_text("#health", "GigaChat is away")
            assert browser.evaluate("document.querySelector('#health').className") == "pill warn"
