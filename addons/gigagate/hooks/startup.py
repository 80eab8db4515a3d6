"""Start and end: what the proxy may be asked to do, where it listens, and that it fails closed.

A bare `mitmdump -s addons/gigachat_proxy.py` opens a forward proxy on all interfaces before any
addon could change that.  So where mode, port or address are missing, mitmdump is executed once
more, in place, with them on its command line.
"""

import ipaddress
import logging
import os
import sys
from collections.abc import Set as AbstractSet
from typing import NoReturn

from mitmproxy import ctx, exceptions
from mitmproxy.addonmanager import Loader
from mitmproxy.log import ALERT
from mitmproxy.proxy.mode_specs import ProxyMode

from gigagate.errors import GigaGateError, SettingsError
from gigagate.hooks import log_redaction, mitmproxy_internals
from gigagate.hooks.runtime import Runtime

logger = logging.getLogger(__name__)

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 4000

EXECUTED = "MITMPROXY_EXECUTED_BY_GIGAGATE"
"""Set in the environment of the second execution: there is no third."""


class Startup:
    name = "gigagate.startup"

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.forced: dict[str, object] = {
            "connection_strategy": "lazy",
            "keep_host_header": True,
            "validate_inbound_headers": True,
            "http2": False,
            "stream_large_bodies": None,
            "proxy_debug": False,
            "ssl_insecure": not runtime.settings.upstream.verify,
            "ssl_verify_upstream_trusted_ca": runtime.ca_file and str(runtime.ca_file),
            "ssl_verify_upstream_trusted_confdir": None,
        }

    def load(self, loader: Loader) -> None:
        try:
            self.check_wishes()
        except GigaGateError as error:
            give_up(error)
        self.complete_arguments()
        log_redaction.install()
        mitmproxy_internals.answer_errors_in_json()
        mitmproxy_internals.translate_replayed_flows()
        mitmproxy_internals.refuse_by_default(ctx.master.addons.get("nextlayer"))
        mitmproxy_internals.listen_on_tcp_only(ctx.options.mode[0])
        ctx.options.update(**self.forced, **self.for_inspection())

    def for_inspection(self) -> dict[str, object]:
        """Whoever looks at flows or saves them wants to see streams too."""
        looks = ctx.master.addons.get("view") or ctx.options.save_stream_file
        if not looks and not ctx.options.hardump:
            return {}
        return {"store_streamed_bodies": True}

    def check_wishes(self) -> None:
        """What the command line and mitmproxy's own config ask for.  Raises SettingsError."""
        for name in ("ssl_insecure", "proxy_debug"):
            if getattr(ctx.options, name) and not self.forced[name]:
                raise SettingsError(f"{_REFUSED[name]} Start without {name}.")
        if ctx.options.has_changed("mode") or _asked_for("-m", "--mode"):
            self.check_mode()
        if ctx.options.has_changed("listen_host"):
            _check_loopback(ctx.options.listen_host)

    def check_mode(self) -> None:
        wanted = ProxyMode.parse(self.runtime.upstream.mode)
        try:
            modes = [ProxyMode.parse(spec) for spec in ctx.options.mode]
        except ValueError as error:
            raise SettingsError(f"--mode: {error}") from None
        same = len(modes) == 1 and (modes[0].type_name, modes[0].data) == (
            wanted.type_name,
            wanted.data,
        )
        if not same:
            raise SettingsError(
                f"--mode {' '.join(ctx.options.mode)} is not {self.runtime.upstream.mode}, "
                "the one mode GigaGate serves in. Leave --mode out, or set GIGACHAT_BASE_URL."
            )
        if modes[0].custom_listen_host is not None:
            _check_loopback(modes[0].custom_listen_host)

    def complete_arguments(self) -> None:
        """Returns only if nothing is missing."""
        arguments = {
            "mode": ["--mode", self.runtime.upstream.mode],
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

    def configure(self, updated: AbstractSet[str]) -> None:
        """mitmweb's option page cannot do what the command line cannot."""
        if not self.runtime.ready:
            return
        for name in updated & self.forced.keys():
            if getattr(ctx.options, name) != self.forced[name]:
                raise exceptions.OptionsError(f"{name} cannot be changed in GigaGate.")
        if updated & {"mode", "listen_host", "server"}:
            try:
                self.check_mode()
                _check_loopback(ctx.options.listen_host)
            except SettingsError as error:
                raise exceptions.OptionsError(error.message) from None

    def running(self) -> None:
        mitmproxy_internals.stop_watching(self)
        proxyserver = ctx.master.addons.get("proxyserver")
        addresses = proxyserver.listen_addrs()
        try:
            for address in addresses:
                _check_loopback(address[0])
        except SettingsError as error:
            give_up(error)
        if any(server.mode.transport_protocol != "tcp" for server in proxyserver.servers):
            give_up(SettingsError("The proxy would listen on UDP."))
        self.runtime.ready = True
        for warning in self.runtime.warnings():
            logger.warning(warning)
        for host, port, *_ in addresses:
            logger.log(ALERT, "GigaGate listens on http://%s:%d/v1", _shown(host), port)

    def done(self) -> None:
        self.runtime.ready = False
        if not ctx.master.should_exit.is_set():
            mitmproxy_internals.close_listeners()
            logger.error("The addon was unloaded. The proxy ends rather than forward raw requests.")
            ctx.master.event_loop.call_soon(sys.exit, 1)


_REFUSED = {
    "ssl_insecure": "Without verification anybody on the way could read the access token.",
    "proxy_debug": "It prints raw requests, keys and tokens included.",
}


def give_up(error: GigaGateError) -> NoReturn:
    print(f"gigagate: {error.message}", file=sys.stderr, flush=True)  # noqa: T201
    sys.exit(2)


def _asked_for(*names: str) -> bool:
    """An option given with mitmproxy's own default does not count as changed."""
    return any(word.partition("=")[0] in names for word in sys.argv)


def _check_loopback(host: str) -> None:
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SettingsError(
            f"Listening on {host or 'all interfaces'} would open your GigaChat key to the network. "
            f"Use --listen-host {DEFAULT_HOST}."
        )


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
