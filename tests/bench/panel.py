"""How long the panel's list of 1000 requests takes to appear, in a real Chromium.

    PYTHONPATH=addons .venv/bin/python -m tests.bench.panel

From the moment the page hears of them until they are laid out; the smallest of several times, and
the greatest.  What the panel costs when nobody looks is counted in tests/test_cost.py.
"""

import tempfile
from pathlib import Path

from tests.support.browser import Browser
from tests.support.finished import finished
from tests.support.proxy import Proxy
from tests.support.real_parts import real_part

from gigagate.emulator.thread import EmulatorThread
from gigagate.panel.requests import MOST, Requests
from gigagate.panel.store import PanelStore

ADMIN = "an-admin-s-long-key"
ROUNDS = 5
TIMED = """
window.took = [];
window.EventSource = class extends EventSource {
  addEventListener(topic, hear) {
    super.addEventListener(topic, (event) => {
      const began = performance.now();
      hear(event);
      document.body.getBoundingClientRect();
      if (topic === "requests") took.push(performance.now() - began);
    });
  }
};
"""


def measured(browser: Browser, proxy: Proxy) -> list[float]:
    """Milliseconds, in order."""
    browser.open(f"{proxy.url}/admin?lang=en")
    browser.write("#key", ADMIN)
    browser.press("Enter")
    browser.wait_for("document.querySelector('main h2') !== null")
    browser.evaluate(TIMED)
    for number in range(1, ROUNDS + 1):
        browser.evaluate("location.hash = 'requests'")
        browser.wait_for(f"took.length === {number}")
        assert browser.evaluate("document.querySelectorAll('main tbody tr').length") == MOST
        browser.evaluate("location.hash = 'settings'")
        browser.wait_for("document.querySelector('main td code') !== null")
    return sorted(browser.evaluate("took"))


def main() -> None:
    if (chromium := real_part("chromium")) is None:
        raise SystemExit("chromium is not installed: sh tests/install_extras.sh")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (state := folder / "state").mkdir(mode=0o700)
        rows = Requests(PanelStore(state))
        for number in range(MOST):
            rows.add(finished(client=f"client-{number}"))
        rows.save()
        with (
            EmulatorThread(state_dir=folder / "emulator") as emulator,
            Proxy(emulator, state, environment={"GIGAGATE_ADMIN_KEY": ADMIN}) as proxy,
            Browser(chromium, folder / "profile", (1280, 900)) as browser,
        ):
            times = measured(browser, proxy)
    print(f"{MOST} requests: {times[0]:.0f} to {times[-1]:.0f} ms")


if __name__ == "__main__":
    main()
