"""A session for its pictures: in the panel, its steps, and beside it the same task once more."""

from pathlib import Path

from tests.support.agent_run import STEPS, AgentRun
from tests.support.browser import Browser
from tests.support.panel_pictures import command
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator


def work(proxy: Proxy, emulator: Emulator) -> None:
    """One agent goes round in a circle, another goes straight."""
    AgentRun(proxy.base_url, emulator).run()
    straight = [*STEPS[:3], *STEPS[6:]]
    AgentRun(proxy.base_url, emulator, "GigaChat-2-Pro", "cline/3.41", straight).run()


def take(browser: Browser, proxy: Proxy, folder: Path, flows: Path) -> None:
    """flows: what has been saved of that work.  Somebody is logged in at the panel."""
    browser.look((1280, 800))
    browser.open(f"{proxy.url}/admin?lang=en#sessions")
    browser.click("main tbody tr td button", "Скидка считается")
    browser.wait_for_text(".session", "3 times the same")
    browser.screenshot(folder / "session.png")
    browser.evaluate("document.querySelector('.steps .come').closest('details').open = true")
    browser.click(".outline a", "edit_file")
    browser.wait_for("document.querySelector('.step.here') !== null")
    browser.screenshot(folder / "session-steps.png")
    page = flows.with_name("compared.html")
    command(proxy, "report", "--compare", str(flows), "-o", str(page))
    browser.open(page.as_uri())
    browser.screenshot(folder / "session-compared.png")
