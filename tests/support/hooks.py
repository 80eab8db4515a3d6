"""Flows and a runtime for tests that call an addon's hooks themselves: no process, no network."""

import json
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mitmproxy import http
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.test import taddons, tflow
from tests.support.checkout import KEY

from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.door.budgets import Budgets
from gigagate.hooks.door.door import Door
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.telemetry import Telemetry
from gigagate.settings import Secret, Settings
from gigagate.settings.upstream import Upstream

ANNA = "anna-key"


def runtime(folder: Path, **changes: Any) -> Runtime:
    """One that serves, with one account and a GigaChat that nobody asks."""
    folder.mkdir(mode=0o700, exist_ok=True)
    given = {
        "authorization_key": Secret(KEY),
        "state_dir": folder,
        "upstream": Upstream(base_url="http://gigachat.test", verify=False),
    }
    made = Runtime(Settings(**given | changes))
    made.ready = True
    return made


def telemetry(made: Runtime, traffic: Traffic) -> Telemetry:
    return Telemetry(made, traffic, Budgets(made, Door(made)))


@contextmanager
def listening() -> Iterator[taddons.context]:
    """A mitmproxy that says it listens at http://127.0.0.1:4000."""
    proxyserver = Proxyserver()
    proxyserver.listen_addrs = lambda: [("127.0.0.1", 4000)]  # type: ignore[method-assign]
    with taddons.context(proxyserver) as context:
        yield context


def flow_of(
    method: str = "POST", path: str = "/v1/chat/completions", body: bytes = b"", **headers: str
) -> http.HTTPFlow:
    """A running request.  headers: `x_api_key` for X-Api-Key."""
    flow = tflow.tflow()
    flow.request = http.Request.make(method, f"http://localhost:4000{path}", body)
    flow.request.headers["host"] = "localhost:4000"
    for name, value in headers.items():
        flow.request.headers[name.replace("_", "-")] = value
    return flow


def status_of(flow: http.HTTPFlow) -> int | None:
    """None: it goes on."""
    return None if flow.response is None else flow.response.status_code


def error_of(flow: http.HTTPFlow) -> dict[str, Any]:
    assert flow.response is not None
    error: dict[str, Any] = json.loads(flow.response.content or b"")["error"]
    return error


async def ended(hook: Awaitable[None] | None) -> None:
    """As mitmproxy does: a handler gives something to wait for, or nothing."""
    if hook is not None:
        await hook
