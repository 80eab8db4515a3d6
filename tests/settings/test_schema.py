import base64
import dataclasses
import re
import stat
from pathlib import Path

import pytest
from tests.support.checkout import KEY, Checkout

from gigagate.core.models import OwnRow
from gigagate.errors import SettingsError
from gigagate.settings import Secret, Settings, Upstream

CHECKOUT = Path(__file__).parents[2]
STORE_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


def test_the_key_alone_is_enough(checkout: Checkout) -> None:
    settings = checkout.load(GIGACHAT_AUTH_KEY=KEY)
    assert settings.authorization_key.reveal() == KEY
    assert settings.upstream == Upstream(
        base_url="https://api.giga.chat",
        auth_url="https://ngw.devices.sberbank.ru:9443/api/v2/oauth",
        scope="GIGACHAT_API_PERS",
        verify=True,
    )
    assert settings.models.aliases["gigachat-pro"] == "GigaChat-2-Pro"
    assert settings.slots == 1
    assert settings.limits.body_bytes == 50 * 1024 * 1024
    assert settings.allowed_hosts == ("localhost", "127.0.0.1", "::1")
    assert settings.allowed_origins == ()
    assert settings.log.format == "text"
    assert settings.log.prompts is False
    assert settings.warnings == ()


def test_the_shipped_yaml_file_shows_the_defaults_and_every_setting(checkout: Checkout) -> None:
    shipped = (CHECKOUT / "config/gigachat.yaml").read_text()
    defaults = checkout.load(GIGACHAT_AUTH_KEY=KEY)
    assert checkout.load_yaml(shipped) == defaults
    uncommented = re.sub(r"^( *)#(?=[a-z])", r"\1", shipped, flags=re.MULTILINE)
    assert checkout.load_yaml(uncommented) == defaults
    for section in dataclasses.fields(Settings):
        if "yaml" not in section.metadata:
            assert re.search(rf"^{section.name}:", uncommented, re.MULTILINE), section.name
            value = getattr(defaults, section.name)
            for field in dataclasses.fields(value) if dataclasses.is_dataclass(value) else ():
                if "yaml" not in field.metadata:
                    assert re.search(rf"^  {field.name}:", uncommented, re.MULTILINE), field.name


def test_the_example_env_file_is_accepted_once_the_key_is_in_it(checkout: Checkout) -> None:
    example = (CHECKOUT / ".env.example").read_text()
    checkout.write(".env", example.replace("GIGACHAT_AUTH_KEY=", f"GIGACHAT_AUTH_KEY={KEY}"))
    defaults = checkout.load()
    uncommented = re.sub(r"^#(?=GIGA)", "", example, flags=re.MULTILINE)
    checkout.write(".env", uncommented)
    assert checkout.load(GIGACHAT_AUTH_KEY=KEY) == defaults


def test_environment_wins_over_dotenv_over_yaml_over_defaults(checkout: Checkout) -> None:
    checkout.write(
        "config/gigachat.yaml",
        "upstream: {scope: GIGACHAT_API_CORP, base_url: http://yaml/v1}\nmodels: {default: yaml}\n",
    )
    checkout.write(".env", "GIGACHAT_BASE_URL=http://127.0.0.1/dotenv\nGIGACHAT_MODEL=dotenv\n")
    settings = checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGACHAT_MODEL="environment")
    assert settings.models.default == "environment"
    assert settings.upstream.base_url == "http://127.0.0.1/dotenv"
    assert settings.upstream.scope == "GIGACHAT_API_CORP"
    assert settings.upstream.auth_url == Upstream().auth_url


def test_empty_values_count_as_unset(checkout: Checkout) -> None:
    checkout.write(".env", f'GIGACHAT_AUTH_KEY={KEY}\nGIGACHAT_SCOPE=\nGIGACHAT_MODEL=" "\n')
    checkout.write("config/gigachat.yaml", "upstream:\nstrict:\nmodels:\n  default: ~\n")
    assert checkout.load(GIGACHAT_AUTH_KEY="", GIGACHAT_BASE_URL=" ") == checkout.load()


@pytest.mark.parametrize(
    ("given", "base_url", "parts"),
    [
        ("https://api.giga.chat", "https://api.giga.chat", ("https", 443, "")),
        ("https://api.giga.chat/v1", "https://api.giga.chat", ("https", 443, "")),
        ("https://API.giga.chat/v1/", "https://api.giga.chat", ("https", 443, "")),
        ("https://api.giga.chat/v2", "https://api.giga.chat", None),
        ("https://host/api/v1", "https://host/api", ("https", 443, "/api")),
        ("https://api.giga.chat/v1/chat/completions", "https://api.giga.chat", None),
        ("https://api.giga.chat/v1/chat/completions/", "https://api.giga.chat", None),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", ("http", 8000, "")),
        ("http://[::1]:8000/", "http://[::1]:8000", ("http", 8000, "")),
        ("http://localhost/a/b/", "http://localhost/a/b", ("http", 80, "/a/b")),
    ],
)
def test_base_url_is_trimmed_and_taken_apart(
    checkout: Checkout, given: str, base_url: str, parts: tuple[str, int, str] | None
) -> None:
    upstream = checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGACHAT_BASE_URL=given).upstream
    assert upstream.base_url == base_url
    if parts:
        assert (upstream.scheme, upstream.port, upstream.path) == parts


def test_every_setting_of_the_yaml_file_is_read(checkout: Checkout) -> None:
    settings = checkout.load_yaml(
        """
upstream: {scope: GIGACHAT_API_B2B}
models:
  aliases: {GPT-4o: GigaChat-2-Pro, gigachat: GigaChat-2}
  unknown: refuse
  light: GigaChat-3-Lightning
  table: {GigaChat-3-*: {context_window: 261120, pictures: no, price: 65}}
strict: true
reasoning: inline
structured_output: {GigaChat-2*: native}
limits: {slots: 3, queue_seconds: 0.5}
keep_alive_seconds: 5
access: {hosts: [Gate.Example, "[fd00::1]"], origins: ["https://chat.example/"]}
log: {format: json, prompts: yes}
webhook: https://hooks.example/x?y=1
prices: {GigaChat-2: 500}
"""
    )
    assert settings.models.aliases["gpt-4o"] == "GigaChat-2-Pro"
    assert settings.models.aliases["gigachat"] == "GigaChat-2"
    assert settings.models.aliases["gigachat-max"] == "GigaChat-2-Max"
    assert settings.models.unknown == "refuse"
    assert settings.models.light == "GigaChat-3-Lightning"
    assert settings.models.table == {
        "GigaChat-3-*": OwnRow(context_window=261_120, pictures=False, price=65.0)
    }
    assert settings.strict
    assert settings.reasoning == "inline"
    assert list(settings.structured_output.items()) == [
        ("GigaChat-2*", "native"),
        ("GigaChat-3*", "native"),
        ("*", "function"),
    ]
    assert settings.slots == 3
    assert settings.limits.queue_seconds == 0.5
    assert settings.allowed_hosts[-2:] == ("gate.example", "fd00::1")
    assert settings.allowed_origins == ("https://chat.example",)
    assert settings.log.format == "json"
    assert settings.log.prompts
    assert settings.webhook == "https://hooks.example/x?y=1"
    assert settings.prices == {"GigaChat-2": 500.0}


@pytest.mark.parametrize("scope", ["GIGACHAT_API_B2B", "GIGACHAT_API_CORP"])
def test_a_company_has_ten_slots(checkout: Checkout, scope: str) -> None:
    assert checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGACHAT_SCOPE=scope).slots == 10


def test_the_state_directory_is_made_for_this_user_alone(checkout: Checkout) -> None:
    settings = checkout.load(GIGACHAT_AUTH_KEY=KEY)
    assert settings.state_dir == checkout.root / "state" / "gigagate"
    assert stat.S_IMODE(settings.state_dir.stat().st_mode) == 0o700


def test_without_xdg_the_state_directory_is_under_home(checkout: Checkout) -> None:
    checkout.environ = {"HOME": str(checkout.root)}
    settings = checkout.load(GIGACHAT_AUTH_KEY=KEY)
    assert settings.state_dir == checkout.root / ".local/state/gigagate"


def test_a_state_directory_that_cannot_be_made_stops_the_start(checkout: Checkout) -> None:
    file = checkout.write("file", "")
    with pytest.raises(SettingsError, match=r"^GIGAGATE_STATE_DIR: .*file/state cannot be made"):
        checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGAGATE_STATE_DIR=str(file / "state"))


@pytest.mark.parametrize(
    ("name", "host", "warned"),
    [
        ("GIGACHAT_BASE_URL", "emulator:8000", True),
        ("GIGACHAT_AUTH_URL", "10.0.0.1", True),
        ("GIGACHAT_BASE_URL", "127.0.0.1:8000", False),
        ("GIGACHAT_AUTH_URL", "[::1]", False),
        ("GIGACHAT_AUTH_URL", "localhost", False),
    ],
)
def test_plain_http_to_another_machine_is_warned_about(
    checkout: Checkout, name: str, host: str, warned: bool
) -> None:
    settings = checkout.load(GIGACHAT_AUTH_KEY=KEY, **{name: f"http://{host}/v1"})
    assert [name in warning for warning in settings.warnings] == [True] * warned


def test_settings_never_show_a_secret(checkout: Checkout) -> None:
    settings = checkout.load(
        GIGACHAT_AUTH_KEY=KEY,
        GIGAGATE_STORE="redis://:hunter2@host",
        GIGAGATE_STORE_KEY=STORE_KEY,
        GIGAGATE_CLIENT_KEYS="anna:anna-key",
    )
    for shown in (repr(settings), str(settings), f"{settings.authorization_key}"):
        for secret in (KEY, "hunter2", STORE_KEY, "anna-key"):
            assert secret not in shown
    assert settings.store == Secret("redis://:hunter2@host")
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.strict = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("GIGAGATE_STORE", "localhost:6379", "expected an address such as redis://"),
        ("GIGAGATE_STORE", "memcached://hunter2", "expected an address such as redis://"),
        ("GIGAGATE_STORE", "redis://", "expected an address such as redis://"),
        ("GIGAGATE_STORE_KEY", "hunter2", "expected a Fernet key"),
        ("GIGAGATE_STORE_KEY", "ключ", "expected a Fernet key"),
    ],
)
def test_a_store_that_cannot_be_is_refused_without_showing_it(
    checkout: Checkout, name: str, value: str, expected: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        checkout.load(GIGACHAT_AUTH_KEY=KEY, **{name: value})
    assert name in refused.value.message
    assert expected in refused.value.message
    assert value not in refused.value.message.replace("redis://:password", "")


@pytest.mark.parametrize("scheme", ["redis", "rediss", "valkey", "valkeys"])
def test_a_store_may_be_a_redis_or_a_valkey(checkout: Checkout, scheme: str) -> None:
    address = f"{scheme}://user:hunter2@host:6380/1"
    assert checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGAGATE_STORE=address).store == Secret(address)
