"""Which of mitmproxy's options are not the user's to choose.

The user's wishes win for port, address and the web interface, never for safety: some options are
forced, some wishes end the start, and mitmweb's option page cannot do what the command line cannot.
"""

import sys
from collections.abc import Set as AbstractSet

from mitmproxy import ctx, exceptions
from mitmproxy.proxy.mode_specs import ProxyMode

from gigagate.errors import SettingsError
from gigagate.hooks.door.access import is_loopback
from gigagate.hooks.runtime import Runtime
from gigagate.settings import Settings

REFUSED = {
    "ssl_insecure": "Without verification anybody on the way could read the access token.",
    "proxy_debug": "It prints raw requests, keys and tokens included.",
    "web_debug": "It shows the inside of this process in the browser.",
    "proxyauth": "The client's password would stay in saved flows. Use GIGAGATE_CLIENT_KEYS.",
}


class OptionGuard:
    """Put before mitmproxy's own addons, so that it refuses a change before anyone acts on it."""

    name = "gigagate.option_guard"

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.forced: dict[str, object] = {
            "connection_strategy": "lazy",
            "keep_host_header": True,
            "validate_inbound_headers": True,
            "http2": False,
            "stream_large_bodies": None,
            "onboarding": False,
            "proxy_debug": False,
            "ssl_insecure": not runtime.settings.upstream.verify,
            "ssl_verify_upstream_trusted_ca": runtime.ca_file and str(runtime.ca_file),
            "ssl_verify_upstream_trusted_confdir": None,
        }

    def check_start(self) -> None:
        """What the command line and mitmproxy's own config ask for.  Raises SettingsError."""
        self.check_web()
        for name, reason in REFUSED.items():
            if getattr(ctx.options, name, False) and not self.forced.get(name):
                raise SettingsError(f"{reason} Start without {name}.")
        if ctx.options.has_changed("mode") or _asked_for("-m", "--mode"):
            self.check_mode()
        if ctx.options.has_changed("listen_host"):
            check_listen_host(
                ctx.options.listen_host, self.runtime.settings, clients=self.runtime.clients.asks
            )

    def check_host(self, host: str) -> None:
        """Raises SettingsError."""
        check_listen_host(host, self.runtime.settings, clients=self.runtime.clients.asks)

    def check_web(self) -> None:
        """mitmweb's password opens everything, and its page is plain http.

        Raises SettingsError.
        """
        host = getattr(ctx.options, "web_host", "127.0.0.1")
        if not is_loopback(host) and not ctx.options.web_password:
            raise SettingsError(
                f"web_host {host or 'of all interfaces'} would show the conversations to the "
                "network behind a password printed in the log. Set web_password, or leave "
                "web_host out and reach it through ssh -L 8081:127.0.0.1:8081."
            )

    def check_mode(self) -> None:
        """Raises SettingsError."""
        ours = self.runtime.settings.upstream.mode
        wanted = ProxyMode.parse(ours)
        try:
            modes = [ProxyMode.parse(spec) for spec in ctx.options.mode]
        except ValueError as error:
            raise SettingsError(f"--mode: {error}") from None
        if [(mode.type_name, mode.data) for mode in modes] != [(wanted.type_name, wanted.data)]:
            raise SettingsError(
                f"--mode {' '.join(ctx.options.mode)} is not {ours}, "
                "the one mode GigaGate serves in. Leave --mode out, or set GIGACHAT_BASE_URL."
            )
        if modes[0].custom_listen_host is not None:
            check_listen_host(
                modes[0].custom_listen_host,
                self.runtime.settings,
                clients=self.runtime.clients.asks,
            )

    def configure(self, updated: AbstractSet[str]) -> None:
        if not self.runtime.ready:
            return
        for name in updated & self.forced.keys():
            if getattr(ctx.options, name) != self.forced[name]:
                raise exceptions.OptionsError(f"{name} cannot be changed in GigaGate.")
        for name in updated & REFUSED.keys() - self.forced.keys():
            if getattr(ctx.options, name):
                raise exceptions.OptionsError(f"{REFUSED[name]} {name} cannot be set.")
        if updated & {"mode", "listen_host", "web_host", "web_password"}:
            try:
                self.check_web()
                self.check_mode()
                check_listen_host(
                    ctx.options.listen_host,
                    self.runtime.settings,
                    clients=self.runtime.clients.asks,
                )
            except SettingsError as error:
                raise exceptions.OptionsError(error.message) from None


def check_listen_host(host: str, settings: Settings, *, clients: bool) -> None:
    """Others than this machine are served only if we know who they are and what they call us.

    clients: there are some with keys of their own (./run.sh clients).
    Raises SettingsError.
    """
    if is_loopback(host):
        return
    known = {
        "GIGAGATE_CLIENT_KEYS": settings.client_keys or clients,
        "GIGAGATE_ALLOWED_HOSTS": settings.access.hosts,
    }
    if missing := [name for name, value in known.items() if not value]:
        opened = "your GigaChat key" if settings.auth_mode == "shared" else "the status page"
        raise SettingsError(
            f"Listening on {host or 'all interfaces'} would open {opened} to the network. "
            f"Set {' and '.join(missing)}, or use --listen-host 127.0.0.1."
        )


def check_bound(settings: Settings, *, clients: bool) -> None:
    """Where we really listen.  Raises SettingsError."""
    for address in ctx.master.addons.get("proxyserver").listen_addrs():
        check_listen_host(address[0], settings, clients=clients)


def _asked_for(*names: str) -> bool:
    """An option given with mitmproxy's own default does not count as changed."""
    return any(word.partition("=")[0] in names for word in sys.argv)
