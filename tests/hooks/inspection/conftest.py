from collections.abc import Iterator

import pytest
from mitmproxy.addons.view import View
from mitmproxy.test import taddons

from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.inspection.recorder import Recorder
from gigagate.hooks.wire.http_layer import GigaHttpLayer


@pytest.fixture
def watched() -> Iterator[View]:
    """Somebody can look at flows, as in mitmweb: its list."""
    view = View()
    with taddons.context(view):
        Recorder(Traffic()).configure(set())
        yield view
    GigaHttpLayer.listener = None
