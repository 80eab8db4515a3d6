"""The panel as an admin sees it, in a real browser: one proxy and one Chromium for all of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from openai import AuthenticationError, OpenAI, RateLimitError
from openai.types.chat import ChatCompletionMessageParam
from tests.support.barriers import axe, barriers
from tests.support.browser import Browser
from tests.support.finished import finished
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part
from tests.support.waiting import until

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread
from gigagate.panel.page import VIEWS
from gigagate.panel.requests import MOST, Requests
from gigagate.panel.store import PanelStore
from gigagate.panel.texts import LANGUAGES

ADMIN = "an-admin-s-long-key"
CLIENT = "a-client-s-key-1234"
KEY = {"Authorization": f"Bearer {CLIENT}"}
CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Привет"}]}
SAID: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Привет"}]
EVIL = "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>"
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhg"
    "GAWjR9awAAAABJRU5ErkJggg=="
)
DESKTOP, PHONE = (1280, 900), (390, 844)
LOOKS = [
    ("en", DESKTOP, False),
    ("ru", DESKTOP, True),
    ("en", PHONE, True),
    ("ru", PHONE, False),
]
"""Every pair of language, size and light."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxy, Emulator]]:
    folder = tmp_path_factory.mktemp("panel")
    environment = {"GIGAGATE_ADMIN_KEY": ADMIN, "GIGAGATE_CLIENT_KEYS": f"anna:{CLIENT}"}
    settings = {"deadlines": {"retry": 1, "total": 5}}
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        state = folder / "state"
        with Proxy(emulator, state, environment=environment, settings=settings) as proxy:
            yield proxy, emulator


@pytest.fixture
def proxy(served: tuple[Proxy, Emulator]) -> Proxy:
    return served[0]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = require_real_part("chromium")
    with Browser(program, tmp_path_factory.mktemp("profile"), DESKTOP) as browser:
        browser.watch()
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Nothing it shows may make the console complain."""
    chromium.call("Network.clearBrowserCookies")
    chromium.look(DESKTOP)
    chromium.complaints.clear()
    yield chromium
    chromium.evaluate("null")
    assert chromium.complaints == []


def log_in(browser: Browser, proxy: Proxy, language: str = "en") -> None:
    browser.open(f"{proxy.url}/admin?lang={language}")
    browser.write("#key", ADMIN)
    browser.press("Enter")
    browser.wait_for("document.querySelector('header nav') !== null")


def go(browser: Browser, view: str) -> None:
    """Until it has drawn what it shows.  Not every view is named in the head: see page.panel."""
    titles = [f"{texts[view]} — GigaGate" for texts in LANGUAGES.values()]
    browser.evaluate(f"location.hash = '{view}'")
    browser.wait_for(
        f"{json.dumps(titles)}.includes(document.title)"
        " && document.querySelector('main h2') !== null"
        " && (document.querySelector('main .big, main td, main form, main .log div') !== null"
        " || document.querySelector('main .empty')?.innerText.endsWith('.')"
        " || location.hash === '#doctor')"
    )


def send(proxy: Proxy, **more: object) -> None:
    requests.post(f"{proxy.base_url}/chat/completions", json=CHAT | more, headers=KEY, timeout=20)


@pytest.mark.parametrize(("language", "size", "dark"), [LOOKS[0], ("ru", PHONE, True)], ids=str)
def test_an_admins_day(
    browser: Browser,
    served: tuple[Proxy, Emulator],
    language: str,
    size: tuple[int, int],
    dark: bool,
) -> None:
    """First visit, a key, its budget, its end; models; the playground; an outage."""
    proxy, emulator = served
    t, name = LANGUAGES[language], f"boris-{language}-{size[0]}"
    browser.look(size, dark=dark)
    log_in(browser, proxy, language)

    go(browser, "clients")
    browser.click("main button", t["add_client"])
    browser.write("#c-name", name)
    browser.click("dialog button", t["issue"])
    key = browser.wait_for("document.querySelector('#new-key')?.innerText")
    browser.press("Escape")
    with OpenAI(base_url=proxy.base_url, api_key=key, max_retries=0) as client:
        go(browser, "requests")
        assert client.chat.completions.create(model="gigachat", messages=SAID).choices
        browser.wait_for_text("main tbody tr", name)

        go(browser, "clients")
        budget = f"{t['budget']}: {name}"
        browser.evaluate(f"document.querySelector('[aria-label={json.dumps(budget)}]').click()")
        browser.write("#c-tokens_per_day", "5")
        browser.click("dialog button", t["save"])
        browser.wait_for_text("main tbody", "13 / 5")
        with pytest.raises(RateLimitError) as over:
            while True:  # another budget is in force within a second
                client.chat.completions.create(model="gigachat", messages=SAID)
        assert over.value.code == "budget_exhausted"
        go(browser, "requests")
        browser.wait_for_text("main tbody tr", t["error_budget_exhausted"])

        go(browser, "clients")
        revoke = f"{t['revoke']}: {name}"
        browser.evaluate(f"document.querySelector('[aria-label={json.dumps(revoke)}]').click()")
        browser.click("dialog button", t["revoke"])
        browser.wait_for(f"document.querySelector('[aria-label={json.dumps(revoke)}]') === null")
        with pytest.raises(AuthenticationError):
            while True:  # within a second
                client.models.list()

    go(browser, "models")
    browser.write("#model-default", "GigaChat-2-Pro")
    browser.click("main button", t["save"])
    browser.wait_for_text("#said", t["saved"])
    until(lambda: answering_model(proxy) == "GigaChat-2-Pro", seconds=20)
    browser.click("#undo:not([disabled])", t["undo"])
    browser.wait_for_text("#said", t["undone"])
    until(lambda: answering_model(proxy) == "GigaChat-2-Max", seconds=20)

    go(browser, "playground")
    browser.write("#p-question", "Сколько будет 2+2?")
    browser.click("main button", t["ask"])
    browser.wait_for("document.querySelector('#p-answer p') !== null")
    browser.wait_for_text("main", t["no_rewrites"])

    browser.wait_for_text("#health", t["good"])
    emulator.faults.add(path="/chat/completions", times=1000, status=503)
    send(proxy)
    browser.wait_for_text("#health", t["away"])
    assert "warn" in browser.evaluate("document.querySelector('#health').className")
    browser.wait_for_text("#trouble", t["away_next"])
    emulator.faults.clear()
    send(proxy)
    browser.wait_for_text("#health", t["good"])


def answering_model(proxy: Proxy) -> str:
    chat = CHAT | {"model": "some-name"}
    url = f"{proxy.base_url}/chat/completions"
    told = requests.post(url, json=chat, headers=KEY, timeout=20).json()
    return str(told.get("model")).partition(":")[0]


@pytest.mark.parametrize(("language", "size", "dark"), LOOKS, ids=str)
def test_nobody_is_kept_out(
    browser: Browser, proxy: Proxy, language: str, size: tuple[int, int], dark: bool
) -> None:
    """No grave barrier on any page, and nothing is scrolled sideways."""
    script = axe()
    send(proxy)
    browser.look(size, dark=dark)
    found = {}
    browser.open(f"http://anna:{CLIENT}@127.0.0.1:{proxy.port}/?lang={language}")
    found["/"] = barriers(browser, script)
    browser.open(f"{proxy.url}/admin?lang={language}")
    found["/admin"] = barriers(browser, script)
    log_in(browser, proxy, language)
    for view in VIEWS:
        go(browser, view)
        if view == "doctor" and language == "en":  # it takes seconds, and speaks one language
            browser.wait_for("document.querySelector('main td') !== null")
        found[view] = barriers(browser, script)
        assert browser.evaluate("document.documentElement.scrollWidth") <= size[0], view
    go(browser, "clients")
    browser.click("main button", LANGUAGES[language]["add_client"])
    found["dialog"] = barriers(browser, script)
    assert {page: grave for page, grave in found.items() if grave} == {}


def test_a_wrong_key_is_told(browser: Browser, proxy: Proxy) -> None:
    browser.open(f"{proxy.url}/admin?lang=ru")
    browser.write("#key", "wrong")
    browser.press("Enter")
    browser.wait_for_text("[role=alert]", "Это не ключ администратора.")
    (told,) = browser.complaints
    assert "401" in told
    browser.complaints.clear()


def test_requests_are_found_and_opened_by_keyboard(browser: Browser, proxy: Proxy) -> None:
    for model in ("gpt-4o", "never-seen-before"):
        send(proxy, model=model)
    send(proxy, temperature="warm")
    log_in(browser, proxy)
    go(browser, "requests")
    browser.wait_for_text("main tbody", "anna")
    browser.evaluate("document.querySelector('.skip').focus()")
    browser.press("Enter")
    browser.wait_for("document.activeElement.id === 'view' && location.hash === '#requests'")
    browser.evaluate("document.querySelector('main tbody button').focus()")
    browser.press("ArrowDown")
    browser.press("Enter")
    browser.wait_for_text("dialog", "/v1/chat/completions")
    browser.press("Escape")
    browser.wait_for("document.querySelector('dialog') === null")
    browser.click("main label", "only errors")
    browser.wait_for("document.querySelector('main tbody tr:not([hidden]) .good') === null")
    assert browser.evaluate("document.querySelectorAll('tr:not([hidden]) .bad').length") > 0
    browser.write("[type=search]", "nobody")
    browser.wait_for_text("main", "Nothing fits")


def test_what_a_client_names_itself_stays_text(browser: Browser, proxy: Proxy) -> None:
    """In a model's name, a path, an error's text, a client's name out of an older file."""
    send(proxy, model=EVIL, messages=[{"role": EVIL, "content": EVIL}])
    requests.post(f"{proxy.base_url}/{EVIL}", json={}, headers=KEY, timeout=20)
    rows = Requests(PanelStore(Path(proxy.environment["GIGAGATE_STATE_DIR"])))
    rows.add(finished(client=EVIL, model=EVIL, error=EVIL, message=EVIL, path=EVIL, status=500))
    rows.save()
    log_in(browser, proxy)
    for view in VIEWS:
        go(browser, view)
    go(browser, "requests")
    browser.wait_for_text("main tbody", EVIL)
    browser.click("main tbody td", EVIL)
    browser.wait_for_text("dialog .warning", EVIL)
    assert browser.evaluate("window.hurt") is None


def test_another_sites_page_reads_and_changes_nothing(browser: Browser, proxy: Proxy) -> None:
    """localhost is another site than 127.0.0.1, with a page of its own on the same port."""
    log_in(browser, proxy)
    form = browser.evaluate("JSON.parse(document.querySelector('#data').textContent).form")
    browser.open(f"http://localhost:{proxy.port}/health")
    for path, options in {
        "health": {},
        "events?of=health": {},
        "models/undo": {"method": "POST", "headers": {"x-gigagate-form": form}},
        "token/refresh": {"method": "POST", "mode": "no-cors", "body": f"form_token={form}"},
    }.items():
        asked = json.dumps({"credentials": "include", **options})
        told = browser.evaluate(
            f"fetch('{proxy.url}/admin/api/{path}', {asked})"
            ".then(answer => answer.text()).catch(() => '')"
        )
        assert told == "", path
    log = requests.get(f"{proxy.url}/", headers=KEY, timeout=20).json()
    assert log["token"]["oauth_calls"] == 1
    assert len(browser.complaints) >= 3
    browser.complaints.clear()


def test_a_thousand_requests_are_a_thousand_rows(browser: Browser, proxy: Proxy) -> None:
    """How long it takes is measured by tests/bench/panel.py."""
    rows = Requests(PanelStore(Path(proxy.environment["GIGAGATE_STATE_DIR"])))
    for number in range(MOST):
        rows.add(finished(client=f"client-{number}"))
    rows.save()
    log_in(browser, proxy)
    go(browser, "requests")
    count = "document.querySelectorAll('main tbody tr').length"
    assert browser.wait_for(f"{count} > 900 && {count}") == MOST
    browser.evaluate("document.querySelector('main tbody tr').before = 'the same'")
    send(proxy)
    browser.wait_for_text("main tbody tr", "anna")
    assert browser.evaluate(count) == MOST
    assert browser.evaluate("document.querySelectorAll('main tbody tr')[1].before") == "the same"


def test_the_same_request_is_taken_in_each_dialect(browser: Browser, proxy: Proxy) -> None:
    log_in(browser, proxy)
    asked = {
        "model": "GigaChat-2-Max",
        "system": "Be brief.",
        "question": "Привет",
        "temperature": 0.5,
        "most": 50,
        "picture": PIXEL,
        "tool": {"name": "add", "description": "Adds", "parameters": {"type": "object"}},
    }
    made = browser.evaluate(
        "import('/admin/files/same_request.js').then(all => Object.entries(all.dialects)"
        f".map(([name, of]) => [name, of({json.dumps(asked)})])"
        f".map(([name, [path, headers, body]]) => [name, path, headers('{CLIENT}'), body]))"
    )
    assert [name for name, *_ in made] == ["chat", "responses", "messages", "gemini"]
    for name, path, headers, body in made:
        answer = requests.post(proxy.url + path, headers=headers, json=body, timeout=20)
        assert answer.status_code == 200, (name, answer.text)
        assert "event-stream" in answer.headers["content-type"]
