"""What mitmproxy does for each request and a headless reverse proxy can be spared.

Each is worth more than a twentieth of a small request; what brings less is not worth a place where
mitmproxy's next release could break us.  Nothing here changes what a client, GigaChat or an addon
gets to see: GIGAGATE_PLAIN=true leaves it all out, and `tests/e2e/test_fast_and_plain.py` compares.
"""

import logging

from mitmproxy import http
from mitmproxy.log import AddLogHook, LegacyLogEvents
from mitmproxy.master import Master

from gigagate.hooks.patches import pieces
from gigagate.hooks.patches.dispatch import Dispatch
from gigagate.hooks.wire import hooks_at_once
from gigagate.hooks.wire.http_layer import GigaHttpLayer


def install(master: Master) -> None:
    dispatch = Dispatch(master.addons)
    dispatch.install()
    make_no_unheard_log_events(dispatch)
    check_each_kind_of_message_once()
    GigaHttpLayer.hooks_at_once = True
    hooks_at_once.begin = dispatch.begin
    pieces.install()


def make_no_unheard_log_events(dispatch: Dispatch) -> None:
    """mitmproxy formats each log line once more and wakes its loop for it, for a hook that hardly
    any script has."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, LegacyLogEvents):
            handler.addFilter(lambda record: dispatch.handles(AddLogHook.name))


def check_each_kind_of_message_once() -> None:
    """mitmproxy checks the type of every field of every message it makes: a tenth of its time for
    a small request.  What it says depends on the types alone."""
    check = http.MessageData.__post_init__
    right: set[tuple[type, ...]] = set()

    def check_once(message: http.MessageData) -> None:
        types = (type(message), *map(type, vars(message).values()))
        if types not in right:
            check(message)
            right.add(types)

    http.MessageData.__post_init__ = check_once  # type: ignore[method-assign]
