from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.hooks import listening, runtime, telemetry

from gigagate.hooks.about.status import Status
from gigagate.hooks.calls.traffic import Traffic


@pytest.fixture
def status(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Status]:
    """The state of a proxy that has just started; a test's `settings` are the request's param."""
    given: dict[str, Any] = getattr(request, "param", {})
    made, traffic = runtime(tmp_path, **given), Traffic()
    with listening():
        yield Status(made, telemetry(made, traffic), traffic)
