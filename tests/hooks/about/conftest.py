from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.test import taddons
from tests.support.hooks import runtime

from gigagate.hooks.about.status import Status
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.door.budgets import Budgets
from gigagate.hooks.door.door import Door
from gigagate.hooks.telemetry import Telemetry


@pytest.fixture
def status(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Status]:
    """The state of a proxy that has just started; a test's `settings` are the request's param."""
    given: dict[str, Any] = getattr(request, "param", {})
    made, traffic = runtime(tmp_path, **given), Traffic()
    telemetry = Telemetry(made, traffic, Budgets(made, Door(made)))
    proxyserver = Proxyserver()
    proxyserver.listen_addrs = lambda: [("127.0.0.1", 4000)]  # type: ignore[method-assign]
    with taddons.context(proxyserver):
        yield Status(made, telemetry, traffic)
