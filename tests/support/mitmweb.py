"""mitmweb's REST interface, for tests of what it shows."""

import time
from collections.abc import Callable
from urllib.parse import quote

import requests
from tests.support.waiting import until

PASSWORD = "password-of-the-web-interface"


def arguments(port: int) -> list[str]:
    return ["--web-port", str(port), "--no-web-open-browser", "--set", f"web_password={PASSWORD}"]


class Web:
    """mitmweb of a proxy that has been started: it listens a moment after the proxy does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {PASSWORD}"
        self.session.headers["X-XSRFToken"] = "0" * 32
        self.session.cookies["_mitmproxy_xsrf"] = "0" * 32
        until(self._is_there, seconds=15)

    def _is_there(self) -> bool:
        try:
            return self.session.get(self.url + "/flows", timeout=10).ok
        except requests.ConnectionError:
            return False

    def flows(self) -> list[dict]:
        return self.session.get(self.url + "/flows", timeout=10).json()

    def call(self, method: str, path: str, **arguments) -> None:
        answer = self.session.request(method, self.url + path, timeout=10, **arguments)
        assert answer.status_code < 300, answer.text

    def replay(self, flow_id: str) -> dict:
        """Replays and returns the flow once it has ended."""
        self.call("POST", f"/flows/{flow_id}/replay")
        return self.ended(flow_id)

    def ended(self, flow_id: str) -> dict:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            flow = next(flow for flow in self.flows() if flow["id"] == flow_id)
            if (flow.get("response") or {}).get("timestamp_end") or flow.get("error"):
                return flow
            time.sleep(0.05)
        raise AssertionError("the replay did not end")

    def view(self, flow_id: str, side: str, name: str = "auto") -> tuple[str, str]:
        """The view's name and its text."""
        path = f"/flows/{flow_id}/{side}/content/{quote(name)}.json"
        shown = self.session.get(self.url + path, timeout=20).json()
        return shown["view_name"], shown["text"]

    def command(self, name: str, *arguments: str) -> str:
        path = f"{self.url}/commands/{name}"
        answer = self.session.post(path, json={"arguments": arguments}, timeout=20).json()
        return str(answer.get("error") or answer["value"])

    def wait_for_flow(self, ready: Callable[[dict], object]) -> dict:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for flow in self.flows():
                if ready(flow):
                    return flow
            time.sleep(0.05)
        raise AssertionError(f"no such flow: {self.flows()}")

    def answer(self, flow_id: str) -> bytes:
        path = f"/flows/{flow_id}/response/content.data"
        return self.session.get(self.url + path, timeout=10).content
