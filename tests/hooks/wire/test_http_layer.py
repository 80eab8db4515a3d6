"""The last gate before the wire."""

import pytest
from mitmproxy.http import Request

from gigagate.errors import InternalError
from gigagate.hooks.wire import http_layer


def test_what_the_translation_did_not_make_goes_nowhere() -> None:
    """Not an assert, which `python -O` leaves out."""
    with pytest.raises(InternalError):
        http_layer._check_ours(Request.make("POST", "https://gigachat.devices.sberbank.ru/"))
