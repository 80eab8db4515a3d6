"""What mitmproxy does for each request and a headless reverse proxy can be spared.

Nothing here changes what a client, GigaChat or an addon gets to see: GIGAGATE_PLAIN=true leaves it
all out, and `tests/e2e/test_fast_and_plain.py` compares.  What each brings: docs/benchmarks.md.
"""

from mitmproxy import http, log
from mitmproxy.master import Master
from mitmproxy.proxy.context import Context

from gigagate.hooks.patches.dispatch import Dispatch
from gigagate.hooks.wire.http_layer import GigaHttpLayer


def install(master: Master) -> None:
    dispatch = Dispatch(master.addons)
    dispatch.install()
    make_no_unheard_log_events(master, dispatch)
    check_each_kind_of_message_once()
    look_headers_up_quickly()
    fork_contexts_cheaply()
    GigaHttpLayer.hooks_at_once = True


def make_no_unheard_log_events(master: Master, dispatch: Dispatch) -> None:
    """mitmproxy formats each log line once more, for a hook that hardly any script has."""
    emit = log.LegacyLogEvents.emit
    legacy = master._legacy_log_events

    def emit_if_heard(record: log.logging.LogRecord) -> None:
        if dispatch.handles(log.AddLogHook.name):
            emit(legacy, record)

    legacy.emit = emit_if_heard  # type: ignore[method-assign]


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


def look_headers_up_quickly() -> None:
    """mitmproxy goes through all headers at each look, with two calls for each of them."""

    def get_all(headers: http.Headers, name: str | bytes) -> list[str]:
        in_bytes = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
        wanted = in_bytes.lower()
        return [
            value.decode("utf-8", "surrogateescape")
            for key, value in headers.fields
            if key.lower() == wanted
        ]

    http.Headers.get_all = get_all  # type: ignore[assignment, method-assign]


def fork_contexts_cheaply() -> None:
    """mitmproxy makes a new connection, id and all, only to put the known one in its place."""

    def fork(context: Context) -> Context:
        twin = Context.__new__(Context)
        twin.__dict__.update(context.__dict__, layers=context.layers.copy())
        return twin

    Context.fork = fork  # type: ignore[assignment, method-assign]
