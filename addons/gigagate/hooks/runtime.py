"""What the hooks share: settings and everything built from them, once a process."""

import os
from collections.abc import Iterator

from mitmproxy import version

from gigagate import clients, mitmproxy_range, private_file, shelves, trust
from gigagate.accounts.account import Accounts
from gigagate.accounts.pool import Pool
from gigagate.files import link_key
from gigagate.settings import Settings
from gigagate.settings.policy import policy
from gigagate.store.redis_server import RedisServer


class Runtime:
    """`ready` is set once mitmproxy runs and what it bound has been checked."""

    def __init__(self, settings: Settings) -> None:
        self.ca_file = trust.bundle(settings)
        self.ca_content = self.ca_file.read_bytes() if self.ca_file else b""
        self.server = RedisServer(settings.store) if settings.store else None
        """The store of many machines, one for all who keep something there: its outage is one."""
        self.accounts = Accounts(settings, self.ca_file, self.server)
        self.choices = Pool(self.accounts.pool)
        self.clients = clients.open_ledger(settings, self.server)
        self.use(settings)
        self.ready = False

    @classmethod
    def load(cls) -> "Runtime":
        """Raises SettingsError or TrustError, whose text is for the person who starts us."""
        return cls(Settings.load())

    def use(self, settings: Settings) -> None:
        """What can change while the proxy runs, changes here, at once and together."""
        signs_links = link_key.load(settings.state_dir / "picture-links.key")
        self.policy = policy(settings, signs_links, shelves.secret(settings))
        self.accounts.adjust(settings)
        self.settings = settings

    @property
    def asks_for_keys(self) -> bool:
        return bool(self.settings.client_keys) or self.clients.asks

    def keep_ca_file(self) -> None:
        """Without it no token can be had; somebody may have tidied the state directory up."""
        if self.ca_file is not None and not self.ca_file.exists():
            self.ca_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            private_file.write(self.ca_file, self.ca_content)

    def warnings(self) -> Iterator[str]:
        """What the person who starts us should know, at every start."""
        yield from self.settings.warnings
        yield from self.accounts.certificate_warnings()
        if self.accounts.own is None and self.settings.authorization_key is not None:
            yield (
                "GIGACHAT_AUTH_KEY is not used: each client brings its own key "
                "(GIGAGATE_AUTH_MODE=passthrough)."
            )
        if not self.settings.upstream.verify:
            yield trust.NOT_VERIFIED
        if os.environ.get("SSLKEYLOGFILE") or os.environ.get("MITMPROXY_SSLKEYLOGFILE"):
            yield (
                "SSLKEYLOGFILE is set: with that file and a record of the traffic, "
                "anybody can read the access token."
            )
        if untested := mitmproxy_range.doubt(version.VERSION):
            yield f"{untested}."
