"""Environment variables and .env: which names there are, and which setting each one sets.

Names begin with GIGACHAT_ where Sber's SDK has the same setting, with GIGAGATE_ where it is ours.
Any other name that begins so is a mistake: misspelt, it would silently have no effect.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple, Self

from dotenv.parser import parse_stream

from gigagate.errors import SettingsError
from gigagate.settings import login, secret, text_file
from gigagate.settings.build import Given, nearest, unreadable

PREFIXES = ("GIGACHAT_", "GIGAGATE_")
ALMOST = 0.85
"""How near to one of our names (1: the same) one with another prefix is taken for a slip."""
CONFIG = "GIGAGATE_CONFIG"
ENV_FILE = "GIGAGATE_ENV_FILE"
BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def boolean(text: str) -> bool:
    try:
        return BOOLEANS[text.lower()]
    except KeyError:
        raise ValueError("expected true or false") from None


def comma_separated(text: str) -> list[str]:
    """`none`: nothing, and meant so."""
    if text.strip().lower() == "none":
        return []
    return [part.strip() for part in text.split(",") if part.strip()]


def existing_file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    return path


class Variable(NamedTuple):
    """`parse` reads the value, `parse_file` the file named by NAME_FILE if that is different."""

    key: str
    parse: Callable[[Any], Any] = str
    parse_file: Callable[[str], Any] | None = None
    is_path: bool = False


VARIABLES: Mapping[str, Variable] = {
    "GIGACHAT_CREDENTIALS": Variable("authorization_key", secret.authorization_key),
    "GIGACHAT_AUTH_KEY": Variable("authorization_key", secret.authorization_key),
    "GIGACHAT_USER": Variable("user", secret.user),
    "GIGACHAT_PASSWORD": Variable("password", secret.Secret),
    "GIGACHAT_ACCESS_TOKEN": Variable("access_token", secret.access_token),
    "GIGACHAT_CERT_FILE": Variable("cert_file", existing_file, is_path=True),
    "GIGACHAT_KEY_FILE": Variable("key_file", existing_file, is_path=True),
    "GIGACHAT_KEY_FILE_PASSWORD": Variable("key_file_password", secret.Secret),
    "GIGACHAT_SCOPE": Variable("upstream.scope"),
    "GIGACHAT_BASE_URL": Variable("upstream.base_url"),
    "GIGACHAT_AUTH_URL": Variable("upstream.auth_url"),
    "GIGACHAT_VERIFY_SSL_CERTS": Variable("upstream.verify", boolean),
    "GIGACHAT_CA_BUNDLE_FILE": Variable("upstream.ca_bundle_file", existing_file, is_path=True),
    "GIGACHAT_MODEL": Variable("models.default"),
    "GIGAGATE_STATE_DIR": Variable("state_dir", Path, is_path=True),
    "GIGAGATE_STORE": Variable("store", secret.store_address),
    "GIGAGATE_STORE_KEY": Variable("store_key", secret.store_key),
    "GIGAGATE_CLIENT_KEYS": Variable("client_keys", secret.client_keys, secret.client_key_hashes),
    "GIGAGATE_ADMIN_KEY": Variable("admin_key", secret.admin_key),
    "GIGAGATE_AUTH_MODE": Variable("auth_mode"),
    "GIGAGATE_ALLOWED_HOSTS": Variable("access.hosts", comma_separated),
    "GIGAGATE_UPSTREAM_PROXY": Variable("upstream.proxy_address", secret.proxy_address),
    "GIGAGATE_PLAIN": Variable("plain", boolean),
}

UNUSED: Mapping[str, str] = {
    "GIGACHAT_PROFANITY_CHECK": "a client sends profanity_check with its request",
    "GIGACHAT_TIMEOUT": "see deadlines in config/gigachat.yaml",
    "GIGACHAT_MAX_RETRIES": "see deadlines.retry in config/gigachat.yaml",
    "GIGACHAT_RETRY_BACKOFF_FACTOR": "see deadlines.retry in config/gigachat.yaml",
    "GIGACHAT_RETRY_ON_STATUS_CODES": "see deadlines.retry in config/gigachat.yaml",
    "GIGACHAT_MAX_CONNECTIONS": "see limits.slots in config/gigachat.yaml",
    "GIGACHAT_TOKEN_EXPIRY_BUFFER_MS": "tokens are renewed five minutes before they expire",
    "GIGACHAT_SSL_CONTEXT": "it has a meaning in Python code only",
    "GIGACHAT_FLAGS": "it has no meaning here",
}
"""Names Sber's SDK knows and we do not use, and what to do instead."""

NAMES = (
    CONFIG,
    ENV_FILE,
    *VARIABLES,
    *(f"{name}_FILE" for name, variable in VARIABLES.items() if not variable.is_path),
)

NO_KEY = (
    "GIGACHAT_AUTH_KEY: not set; get the authorization key of a GigaChat project at "
    "https://developers.sber.ru/studio and put GIGACHAT_AUTH_KEY=<key> into {file} or the "
    "environment"
)


def variable_of(key: str) -> str:
    """The one that sets a setting; of several, the last: Sber's console calls a key so."""
    return [name for name, variable in VARIABLES.items() if variable.key == key][-1]


CREDENTIAL_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}(?<!-file)")


def variable_of_credential(key: str, credential: str) -> str:
    """The same for one of several credentials: GIGACHAT_AUTH_KEY__TEAM_B of team-b; "": the only
    one."""
    suffix = f"__{credential.upper().replace('-', '_')}" if credential else ""
    return f"{variable_of(key)}{suffix}"


@dataclass(frozen=True, slots=True)
class Text:
    """A variable's text. Relative paths in it start at `base`."""

    value: str
    where: str
    base: Path

    def path(self) -> Path:
        return self.base / Path(self.value).expanduser()

    def parsed(self, parse: Callable[[Any], Any], value: object) -> Given:
        try:
            return _given(parse(value), self.where)
        except ValueError as error:
            raise SettingsError(f"{self.where}: {error}") from None


@dataclass(frozen=True, slots=True)
class Variables:
    texts: Mapping[str, Text]
    environ: Mapping[str, str]
    root: Path
    warnings: tuple[str, ...]

    @classmethod
    def read(cls, environ: Mapping[str, str], root: Path) -> Self:
        """Those of `environ` over those of `root`/.env; a misspelt name raises SettingsError."""
        texts = dict(_dotenv(_env_file(environ, root)))
        for name, value in environ.items():
            if value.strip():
                texts[name] = Text(value.strip(), f"environment: {name}", Path.cwd())
        ours = {name: text for name, text in texts.items() if name.upper().startswith("GIGA")}
        warnings = [
            f"{text.where}: GigaGate does not use it; {UNUSED[name]}."
            for name, text in ours.items()
            if name in UNUSED
        ]
        for name, text in ours.items():
            if name not in UNUSED:
                _check_name(name, text.where)
        return cls(ours, environ, root, tuple(warnings))

    def config_file(self) -> Path:
        if text := self.texts.get(CONFIG):
            existing = text.parsed(existing_file, text.path())
            return Path(existing.value)
        return self.root / "config" / "gigachat.yaml"

    def env_file(self) -> Path:
        return _env_file(self.environ, self.root)

    def files(self) -> tuple[Path, ...]:
        """Where settings are read from; not each of them need exist."""
        named = [self.texts.get(f"{name}_FILE") for name in VARIABLES]
        named += [text for name, text in self.texts.items() if _is_file_of_credential(name)]
        return (self.config_file(), self.env_file(), *(text.path() for text in named if text))

    def lay_over(self, tree: dict[str, Given], *, key_needed: bool = True) -> None:
        """Set in `tree` what variables set; two for one setting that differ raise SettingsError."""
        set_by: dict[str, tuple[str, Given]] = {}
        for name, key, given in self._values():
            first, earlier = set_by.setdefault(key, (name, given))
            if earlier.value != given.value:
                raise given.wrong(f"{first} sets the same thing, differently; keep one of them")
            section, _, leaf = key.rpartition(".")
            branch = tree
            if section:
                if section not in tree or tree[section].value is None:
                    tree[section] = Given({}, given.where)
                branch = tree[section].value
            branch[leaf] = given
        credentials = tree.get("credentials")
        several = credentials.value if credentials and isinstance(credentials.value, dict) else {}
        self._lay_over_credentials(several)
        mode = tree.get("auth_mode")
        key_needed = key_needed and not (mode and mode.value == "passthrough")
        if key_needed and not several and not any(name in tree for name in login.NAMES):
            raise SettingsError(NO_KEY.format(file=self.env_file()))
        tree.setdefault("state_dir", Given(self._default_state_dir(), "GIGAGATE_STATE_DIR"))

    def _lay_over_credentials(self, credentials: dict[str, Given]) -> None:
        """Raises SettingsError for a variable of none of them."""
        known = {name.upper().replace("-", "_"): name for name in credentials}
        for name, text in self.texts.items():
            base, _, rest = name.partition("__")
            if not rest:
                continue
            credential = rest if rest in known else rest.removesuffix("_FILE")
            if credential not in known:
                raise SettingsError(
                    f"{text.where}: credentials in config/gigachat.yaml have no "
                    f"{credential.lower().replace('_', '-')}"
                )
            given = credentials[known[credential]]
            if given.value is None:
                given = given._replace(value={})
                credentials[known[credential]] = given
            if not isinstance(given.value, dict):
                raise given.expected("a section of settings")
            variable = VARIABLES[base]
            if credential != rest:
                parse = variable.parse_file or variable.parse
                value = text.parsed(parse, _content(text))
            else:
                value = text.parsed(variable.parse, text.path() if variable.is_path else text.value)
            given.value[variable.key] = value

    def _values(self) -> Iterator[tuple[str, str, Given]]:
        for name, variable in VARIABLES.items():
            if text := self.texts.get(name):
                value = text.path() if variable.is_path else text.value
                yield name, variable.key, text.parsed(variable.parse, value)
            if text := self.texts.get(f"{name}_FILE"):
                parse = variable.parse_file or variable.parse
                yield f"{name}_FILE", variable.key, text.parsed(parse, _content(text))

    def _default_state_dir(self) -> Path:
        state = self.environ.get("XDG_STATE_HOME", "")
        home = Path(self.environ.get("HOME") or Path.home())
        return (Path(state) if Path(state).is_absolute() else home / ".local/state") / "gigagate"


def _given(value: Any, where: str) -> Given:
    if isinstance(value, list):
        return Given([Given(item, where) for item in value], where)
    if isinstance(value, Mapping):
        return Given({name: Given(item, where) for name, item in value.items()}, where)
    return Given(value, where)


def _is_file_of_credential(name: str) -> bool:
    base, separator, rest = name.partition("__")
    return bool(separator) and rest.endswith("_FILE") and not VARIABLES[base].is_path


def _check_name(name: str, where: str) -> None:
    base, separator, _ = name.partition("__")
    if name in NAMES or (separator and base in VARIABLES and VARIABLES[base].key in login.NAMES):
        return
    ours = name.upper().startswith(PREFIXES)
    if ours or difflib.get_close_matches(name.upper(), NAMES, cutoff=ALMOST):
        raise SettingsError(f"{where}: unknown name{nearest(name.upper(), NAMES)}")


def _content(text: Text) -> str:
    try:
        content = text_file.read(text.path()).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{text.where}: the file cannot be read: {unreadable(error)}") from None
    if not content:
        raise SettingsError(f"{text.where}: the file is empty")
    return content


def _env_file(environ: Mapping[str, str], root: Path) -> Path:
    named = environ.get(ENV_FILE, "").strip()
    if not named:
        return root / ".env"
    text = Text(named, f"environment: {ENV_FILE}", Path.cwd())
    return Path(text.parsed(existing_file, text.path()).value)


def _dotenv(path: Path) -> Iterator[tuple[str, Text]]:
    try:
        bindings = list(parse_stream(StringIO(text_file.read(path))))
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name}: cannot be read: {unreadable(error)}") from None
    for binding in bindings:
        text, first_line = binding.original
        line = first_line + text[: len(text) - len(text.lstrip())].count("\n")
        if binding.error or (binding.key and binding.value is None):
            quote = "; a quote is not closed" if re.search("=[ \t]*[\"']", text) else ""
            raise SettingsError(f"{path.name}:{line}: expected NAME=value{quote}")
        if binding.key and binding.value and binding.value.strip():
            where = f"{path.name}:{line}: {binding.key}"
            yield binding.key, Text(binding.value.strip(), where, path.parent)
