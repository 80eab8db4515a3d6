"""mitmweb in a browser, used as a person uses it: open a flow, pick a view, read."""

from tests.support.browser import Browser
from tests.support.mitmweb import PASSWORD

CONTENT = ".contentview pre"
TITLE = ".contentview h5"


class Page:
    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        browser.open(f"{url}/?token={PASSWORD}")
        browser.wait_for_text("body", "connected")

    def flow_list(self, text: str) -> str:
        """All that the list says, once it says `text`."""
        return self.browser.wait_for_text(".flow-table", text)

    def open_flow(self, text: str) -> None:
        """The last one in whose line `text` stands."""
        self.browser.click(".flow-table tbody tr", text)
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
