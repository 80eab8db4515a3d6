"""Every setting, its type and its default.

These dataclasses are the schema: `build` reads their type hints. So a new setting is one new line
here, and one in `environment.VARIABLES` if a variable sets it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from gigagate import home, private_folder
from gigagate.core.company_proxy import OURS, CompanyProxy, ways
from gigagate.core.file_policy import Generated
from gigagate.core.models import OwnRow
from gigagate.core.policy import (
    DEFAULT_ALIASES,
    DEFAULT_JSON_MODES,
    JsonMode,
    Reasoning,
    UnknownModel,
)
from gigagate.errors import SettingsError
from gigagate.settings import environment, protection, values, yaml_file
from gigagate.settings.build import build
from gigagate.settings.login import Opening
from gigagate.settings.secret import NO_PROXY, Secret, digest
from gigagate.settings.upstream import (
    AtLeastOne,
    Count,
    Opened,
    OwnCredential,
    Seconds,
    Upstream,
    slots_of,
)
from gigagate.settings.values import OUTSIDE

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Models:
    aliases: Annotated[Mapping[str, str], values.with_default_aliases] = DEFAULT_ALIASES
    """Client's name, lower case, or a pattern with * -> GigaChat's. Own aliases are added to the
    built-in ones."""
    default: Annotated[str, values.not_blank] = "GigaChat-2-Max"
    light: Annotated[str, values.not_blank] = "GigaChat-2"
    """The model for foreign names of small and quick ones."""
    embeddings: Annotated[str, values.not_blank] = "Embeddings"
    """The model for embeddings whose name is unknown."""
    embeddings_batch: AtLeastOne = 100
    """Texts in one request for embeddings; more go in several, one after the other."""
    unknown: UnknownModel = "default"
    fallback: Mapping[str, tuple[str, ...]] = values.EMPTY
    """GigaChat's model -> those asked in its place, in order, when it is switched off, is not
    there, or stays busy."""
    table: Annotated[Mapping[str, OwnRow], values.model_rows] = values.EMPTY
    """Pattern of GigaChat's names -> what is known of them, beside what is built in."""


@dataclass(frozen=True, slots=True)
class Limits:
    slots: AtLeastOne | None = None
    """Requests GigaChat is given at the same time; None: what the scope allows."""
    slots_cover: Literal["work", "all", "chat"] = "work"
    """work: all that GigaChat's models have work with; all: look-ups too."""
    queue: Count = 100
    queue_seconds: Seconds = 120
    client_weights: Mapping[str, Seconds] = values.EMPTY
    """Name of a client -> its share of the slots while others wait too; 1 for those not named."""
    body_bytes: AtLeastOne = 50 * 1024 * 1024
    header_bytes: AtLeastOne = 64 * 1024
    header_seconds: Seconds = 20
    body_seconds: Seconds = 600
    requests_per_minute: Count = 0
    """Per client; 0: no limit."""
    connections: AtLeastOne = 1000
    connections_per_client: AtLeastOne = 500
    """The most of each address, and with each key."""
    unread_bytes: AtLeastOne = 128 * 1024 * 1024
    """The sum over all clients."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds."""

    connect: Seconds = 10
    first_byte: Seconds = 300
    idle: Seconds = 300
    total: Seconds = 600
    retry: Seconds = 60


@dataclass(frozen=True, slots=True)
class Images:
    allow_urls: bool = False
    max_bytes: AtLeastOne = 15 * 1024 * 1024
    generated: Generated = "link"
    """What a picture made by GigaChat becomes."""


@dataclass(frozen=True, slots=True)
class Responses:
    """What OpenAI's Responses API keeps for later requests to refer to."""

    store: Literal["auto", "memory", "shared", "off"] = "auto"
    """auto: memory, and with several workers shared."""


@dataclass(frozen=True, slots=True)
class Tools:
    builtin: bool = True
    """GigaChat's own tools: a search sends what is searched for to others, and costs tokens."""
    source_links: bool = False
    """In chat completions the sources of a search are linked in the text too."""


@dataclass(frozen=True, slots=True)
class Inspect:
    """How many conversations are kept to look at, and how much memory they may take."""

    flows: Count = 1000
    megabytes: Count = 500


@dataclass(frozen=True, slots=True)
class Access:
    """Host names and Origins accepted besides the loopback ones."""

    hosts: Annotated[tuple[str, ...], values.host_names] = ()
    origins: Annotated[tuple[str, ...], values.origins] = ()
    contact: Annotated[str, values.not_blank] = "whoever runs this proxy"
    """Who may raise a budget or make a key, as a sentence names them."""


@dataclass(frozen=True, slots=True)
class Log:
    format: Literal["text", "json"] = "text"
    prompts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Opening):
    """All settings; what opens the account is there unless each client brings its own, or there are
    several `credentials`."""

    state_dir: Path = field(metadata=OUTSIDE)
    """Token store and CA bundle; a directory of mode 0700."""
    store: Secret | None = field(default=None, metadata=OUTSIDE)
    """Address of a shared store (its password is in it); None: SQLite in `state_dir`."""
    store_key: Secret | None = field(default=None, metadata=OUTSIDE)
    client_keys: Mapping[str, str] = field(default=values.EMPTY, metadata=OUTSIDE)
    """SHA-256 of a client's key, in hex -> the client's name. Empty: keys are not checked."""
    admin_key: Secret | None = field(default=None, metadata=OUTSIDE)
    """Opens the panel; None: a key of each run, which the terminal shows."""
    auth_mode: Literal["shared", "passthrough"] = field(default="shared", metadata=OUTSIDE)
    plain: bool = field(default=False, metadata=OUTSIDE)
    """mitmproxy as it comes, without what makes it quicker."""
    warnings: tuple[str, ...] = field(default=(), metadata=OUTSIDE)
    """Sentences to log at the start."""
    sources: tuple[Path, ...] = field(default=(), metadata=OUTSIDE)
    """The files that were read, or would be if they existed."""
    said: frozenset[str] = field(default=frozenset(), metadata=OUTSIDE, compare=False)
    """Keys of protections (protection.py) that were given a value, whatever it is."""

    upstream: Upstream = Upstream()  # noqa: RUF009 - immutable
    credentials: Mapping[str, OwnCredential] = values.EMPTY
    """Several ways into GigaChat, by name, in order; empty for the one of the variables."""
    models: Models = Models()
    strict: bool = False
    prompt_cache: bool = True
    reasoning: Reasoning = "separate"
    structured_output: Annotated[Mapping[str, JsonMode], values.with_default_json_modes] = (
        DEFAULT_JSON_MODES
    )
    """Pattern of GigaChat's model names -> how they are made to answer in JSON. Own patterns come
    before the built-in ones."""
    limits: Limits = Limits()
    deadlines: Deadlines = Deadlines()
    keep_alive_seconds: Annotated[float, values.at_least(0)] = 15
    """0: never."""
    images: Images = Images()
    responses: Responses = Responses()
    tools: Tools = Tools()
    inspect: Inspect = Inspect()
    check_at_start: bool = True
    """Ask GigaChat at once whether it takes the key."""
    access: Access = Access()
    log: Log = Log()
    webhook: Annotated[str, values.link] | None = None
    prices: Mapping[str, Annotated[float, values.at_least(0)]] = values.EMPTY
    """GigaChat's model -> roubles for a million tokens."""

    @property
    def slots(self) -> int:
        return self.limits.slots or slots_of(self.upstream)

    @property
    def opened(self) -> tuple[Opened, ...]:
        """The proxy's own accounts, in order; none where each client brings its own."""
        if self.auth_mode == "passthrough":
            return ()
        if not self.credentials:
            return (Opened("", self.login, self.upstream, self.slots),) if self.login else ()
        return tuple(self._opened(name, own) for name, own in self.credentials.items())

    def _opened(self, name: str, own: OwnCredential) -> Opened:
        upstream = replace(
            self.upstream,
            base_url=own.base_url or self.upstream.base_url,
            auth_url=own.auth_url or self.upstream.auth_url,
            scope=own.scope or self.upstream.scope,
        )
        slots = own.slots or self.limits.slots or slots_of(upstream)
        return Opened(name, own.login, upstream, slots, own.models, own.weight)

    def _check_logins(self) -> None:
        """Raises SettingsError."""
        self.login.check(environment.variable_of, self.upstream.base_url)
        if self.credentials and self.login:
            first = next(iter(self.credentials))
            raise SettingsError(
                "credentials: with several of them each variable names its own: "
                f"{environment.variable_of_credential('authorization_key', first)}, "
                "and none goes without a name"
            )
        for name, own in self.credentials.items():
            if not environment.CREDENTIAL_NAME.fullmatch(name):
                raise SettingsError(
                    f"credentials.{name}: expected a name of lower-case letters, digits and -"
                )
            if not own.login:
                variable = environment.variable_of_credential("authorization_key", name)
                raise SettingsError(f"credentials.{name}: {variable} is not set")
            own.login.check(
                partial(environment.variable_of_credential, credential=name),
                own.base_url or self.upstream.base_url,
            )

    def _check_admin_key(self) -> None:
        """Raises SettingsError."""
        if self.admin_key and digest(self.admin_key.reveal()) in self.client_keys:
            raise SettingsError(
                "GIGAGATE_ADMIN_KEY: a client of GIGAGATE_CLIENT_KEYS has the same key, and would "
                "open the panel with it"
            )

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        return LOOPBACK + self.access.hosts

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        return self.access.origins

    @classmethod
    def load(
        cls,
        *,
        environ: Mapping[str, str] | None = None,
        root: Path | None = None,
        key_needed: bool = True,
    ) -> Self:
        """Environment over .env over config/gigachat.yaml over defaults; makes `state_dir`.

        `root` holds both files; None: see home.py. `key_needed`: False for those who sign
        nothing. Raises SettingsError with one line.
        """
        environ = os.environ if environ is None else environ
        root = root or home.folder(environ)
        variables = environment.Variables.read(environ, root)
        tree = yaml_file.read(variables.config_file(), root, cls)
        variables.lay_over(tree, key_needed=key_needed)
        settings = build(cls, tree)
        settings = replace(settings, upstream=_on_its_way(settings.upstream, environ))
        settings._check_logins()
        settings._check_admin_key()
        _make_private_directory(settings.state_dir)
        return replace(
            settings,
            warnings=(*variables.warnings, *_plain_http(settings)),
            sources=variables.files(),
            said=protection.said(tree),
        )


def _on_its_way(upstream: Upstream, environ: Mapping[str, str]) -> Upstream:
    """Raises SettingsError."""
    address = upstream.proxy_address.reveal() if upstream.proxy_address else ""
    direct = address.lower() == NO_PROXY
    chosen = CompanyProxy.read(address, OURS) if address and not direct else None
    try:
        return replace(upstream, ways=ways(environ, chosen, direct=direct))
    except ValueError as error:
        raise SettingsError(f"environment: {error}.") from None


def _make_private_directory(path: Path) -> None:
    try:
        private_folder.make(path)
        if fault := private_folder.fault(path):
            raise SettingsError(
                f"GIGAGATE_STATE_DIR: {fault}. It holds keys and what the proxy believes: set it "
                "to a directory that only this user may write, or remove what is not yours."
            )
    except OSError as error:
        raise SettingsError(
            f"GIGAGATE_STATE_DIR: {path} cannot be made or used ({error.strerror}); "
            "set it to a directory this user may write"
        ) from None


def _plain_http(settings: Settings) -> list[str]:
    """What any part of the ways into GigaChat leaves readable."""
    named = {
        "GIGACHAT_BASE_URL": settings.upstream.base_url,
        "GIGACHAT_AUTH_URL": settings.upstream.auth_url,
    }
    for name, own in settings.credentials.items():
        named[f"credentials.{name}.base_url"] = own.base_url or ""
        named[f"credentials.{name}.auth_url"] = own.auth_url or ""
    return [
        f"{name} is plain http: prompts, keys and tokens travel to {parts.hostname} unencrypted."
        for name, url in named.items()
        if (parts := urlsplit(url)).scheme == "http" and parts.hostname not in LOOPBACK
    ]
