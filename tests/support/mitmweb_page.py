"""mitmweb in a browser, used as a person uses it: open a flow, pick a view, read."""

import json

from tests.support.browser import Browser
from tests.support.mitmweb import PASSWORD

ROW = ".flow-table tbody tr"
CONTENT = ".contentview pre"
TITLE = ".contentview h5"
SEARCH = ".filter-input input"


class Page:
    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        browser.open(f"{url}/?token={PASSWORD}")
        browser.wait_for_text("body", "connected")

    def flow_list(self, text: str) -> str:
        """All that the list says, once it says `text`."""
        return self.browser.wait_for_text(".flow-table", text)

    def takes_filter(self, text: str) -> bool:
        """Whether the search field understands it."""
        browser = self.browser
        browser.click("header a", "Flow List")
        browser.wait_for(f"document.querySelector('{SEARCH}') !== null")
        browser.evaluate(f"document.querySelector('{SEARCH}').select()")
        if text:
            browser.call("Input.insertText", text=text)
        else:
            for kind in ("keyDown", "keyUp"):
                browser.call(
                    "Input.dispatchKeyEvent", type=kind, key="Delete", windowsVirtualKeyCode=46
                )
        browser.wait_for(f"document.querySelector('{SEARCH}').value === {json.dumps(text)}")
        wrong = browser.evaluate(
            f"document.querySelector('{SEARCH}').closest('.has-error') !== null"
        )
        return not wrong

    def number_of_flows(self) -> int:
        return self.browser.evaluate(f"document.querySelectorAll('{ROW} td.col-status').length")

    def open_next_flow(self, known: int) -> None:
        """The one that comes after `known` others."""
        self.browser.wait_for(f"document.querySelectorAll('{ROW} td.col-status').length > {known}")
        self.browser.click(f"{ROW} td.col-status")

    def open_flow(self, text: str) -> None:
        """The last one in whose line `text` stands."""
        self.browser.click(ROW, text)
        self.browser.wait_for_text(".flow-detail", "Request")

    def request(self, view: str = "") -> str:
        """The text of a view, picked from the menu; without a name, of the one chosen for us."""
        return self._side("Request", view, "GigaChat: conversation")

    def response(self, view: str = "") -> str:
        return self._side("Response", view, "GigaChat: answer")

    def _side(self, tab: str, view: str, chosen: str) -> str:
        self.browser.click(".flow-detail .nav-tabs a", tab)
        if view:
            self.browser.click(".contentview .controls a", "View:")
            self.browser.click(".dropdown-menu a", view.lower())
        self.browser.wait_for_text(TITLE, view or chosen)
        return self.browser.text(CONTENT)
