"""Start and end: what the proxy may be asked to do, where it listens, and that it fails closed.

A bare `mitmdump -s addons/gigachat_proxy.py` opens a forward proxy on all interfaces before any
addon could change that.  So where mode, port or address are missing, mitmdump is executed once
more, in place, with them on its command line.
"""

import io
import logging
import os
import sys
from typing import NoReturn

from mitmproxy import ctx
from mitmproxy.addonmanager import Loader

from gigagate.errors import GigaGateError, SettingsError
from gigagate.hooks.inspection.recorder import inspection_is_on
from gigagate.hooks.patches import ports, safety, speed
from gigagate.hooks.process import log_redaction, start_garbage
from gigagate.hooks.process.option_guard import OptionGuard, check_bound
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.wire import connections, descriptors
from gigagate.running import DEFAULT_HOST, DEFAULT_PORT

logger = logging.getLogger(__name__)

EXECUTED = "MITMPROXY_EXECUTED_BY_GIGAGATE"
"""Set in the environment of the second execution: there is no third."""


class Startup:
    name = "gigagate.startup"

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.guard = OptionGuard(runtime)

    def load(self, loader: Loader) -> None:
        try:
            self.guard.check_start()
        except GigaGateError as error:
            give_up(error)
        self.complete_arguments()
        write_lines_at_once()
        descriptors.raise_limit()
        log_redaction.install()
        safety.answer_errors_in_json()
        safety.read_answers_strictly()
        safety.go_through_our_proxy_layer()
        safety.translate_replayed_flows()
        safety.close_cancelled_connections()
        safety.refuse_by_default(ctx.master.addons.get("nextlayer"))
        safety.listen_on_tcp_only(ctx.options.mode[0])
        safety.put_first(self.guard)
        if not self.runtime.settings.plain:
            speed.install(ctx.master)
        ctx.options.update(**self.guard.forced, **self.for_inspection())

    def for_inspection(self) -> dict[str, object]:
        """Whoever looks at flows, saves them or logs answers wants to see streams too."""
        wanted = inspection_is_on() or self.runtime.settings.log.prompts
        return {"store_streamed_bodies": True} if wanted else {}

    def complete_arguments(self) -> None:
        """Returns only if nothing is missing."""
        arguments = {
            "mode": ["--mode", self.runtime.settings.upstream.mode],
            "listen_host": ["--listen-host", DEFAULT_HOST],
            "listen_port": ["-p", str(DEFAULT_PORT)],
        }
        missing = [
            word
            for option, words in arguments.items()
            if not ctx.options.has_changed(option)
            for word in words
        ]
        if not missing:
            return
        if EXECUTED in os.environ:
            give_up(SettingsError(f"mitmproxy did not take {' '.join(missing)}."))
        sys.stdout.flush()
        sys.stderr.flush()
        environment = {**os.environ, EXECUTED: "1"}
        command = [sys.executable, *sys.orig_argv[1:], *missing]
        os.execve(sys.executable, command, environment)  # noqa: S606

    async def running(self) -> None:
        start_garbage.end()
        safety.stop_watching(self)
        proxyserver = ctx.master.addons.get("proxyserver")
        for server in proxyserver.servers:  # mitmdump -s has listened before we were there
            await ports.listen_on_ipv6_too(server)
        try:
            check_bound(self.runtime.settings, clients=self.runtime.clients.asks)
        except SettingsError as error:
            give_up(error)
        if any(server.mode.transport_protocol != "tcp" for server in proxyserver.servers):
            give_up(SettingsError("The proxy would listen on UDP."))
        for name in ctx.options.deferred:
            logger.warning("There is no option %s here: it has no effect.", name)
        self.runtime.ready = True

    def done(self) -> None:
        self.runtime.ready = False
        if not ctx.master.should_exit.is_set():
            connections.close_listeners()
            if sys.exception() is not None:  # mitmproxy itself fails, and says why
                return
            logger.error("The addon was unloaded. The proxy ends rather than forward raw requests.")
            ctx.master.event_loop.call_soon(sys.exit, 1)


def write_lines_at_once() -> None:
    """Lets whoever reads the log from a pipe, a file or systemd's journal see a line as it comes.

    A line is written whole, or those of several processes get mixed.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True, write_through=False)


def give_up(error: GigaGateError) -> NoReturn:
    print(f"gigagate: {error.message}", file=sys.stderr, flush=True)  # noqa: T201
    sys.exit(2)
