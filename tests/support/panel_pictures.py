"""The panel for its pictures: a team of three, a month of its work, and where to look."""

import random
import subprocess
import sys
from pathlib import Path

from tests.support.browser import Browser
from tests.support.finished import finished
from tests.support.proxy import Proxy

from gigagate.core.pivot import Usage
from gigagate.panel.history import History
from gigagate.panel.requests import Requests
from gigagate.panel.store import DAY, PanelStore

TEAM = {
    "anna": ["--tokens-per-day", "100000"],
    "boris": ["--roubles-per-month", "500", "--models", "GigaChat-2"],
    "vera": [],
}
FAILURES = [("rate_limit_exceeded", 429), ("upstream_timeout", 504), ("invalid_request", 400)]
VIEWS = ("overview", "requests", "clients", "models", "playground")


def work_for_a_month(state_dir: Path, now: float) -> None:
    """Before the proxy starts; the same each time."""
    chance = random.Random(7)
    store = PanelStore(state_dir)
    history, rows = History(store), Requests(store)
    for ended in sorted(now - chance.random() ** 2 * 30 * DAY for _ in range(1200)):
        failure = chance.choice(FAILURES) if chance.random() < 0.04 else None
        prompt = chance.randint(200, 9000)
        one = finished(
            time=ended,
            client=chance.choice(["anna", "anna", "boris", "vera"]),
            dialect=chance.choice(["openai", "responses", "anthropic", "gemini"]),
            model=chance.choice(["GigaChat-2-Max", "GigaChat-2-Pro", "GigaChat-2"]),
            status=failure[1] if failure else 200,
            error=failure[0] if failure else None,
            usage=None
            if failure
            else Usage(prompt, chance.randint(10, 900), int(prompt * chance.random() * 0.9)),
            roubles=0 if failure else prompt / 5000,
            seconds=chance.uniform(0.3, 9),
            first_byte_seconds=chance.uniform(0.2, 1.4),
        )
        history.count(one)
        rows.add(one)
    history.save()
    rows.save()


def take(browser: Browser, proxy: Proxy, folder: Path) -> None:
    link = command(proxy, "panel")
    for name, budget in TEAM.items():
        command(proxy, "clients", "add", name, *budget)
    browser.look((1280, 800))
    browser.open(f"{link}&lang=en")
    for view in VIEWS:
        show(browser, view)
        if view == "playground":
            browser.click("main button", "Ask")
            browser.wait_for_text("main", "What was changed")
        browser.screenshot(folder / f"panel-{view}.png")
    browser.look((390, 844), dark=True)
    browser.open(f"{proxy.url}/admin?lang=ru#overview")
    show(browser, "overview")
    browser.screenshot(folder / "panel-phone.png")


def show(browser: Browser, view: str) -> None:
    browser.evaluate(f"location.hash = '{view}'")
    browser.wait_for("document.querySelector('main .big, main td, main form') !== null")
    browser.wait_for("document.querySelector('#health').innerText.length > 3")


def command(proxy: Proxy, *arguments: str) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "gigagate", *arguments],
        env=proxy.environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return told.stdout.strip()
