import hashlib

import pytest
from tests.support.checkout import KEY, OTHER_KEY, Checkout

from gigagate.errors import SettingsError
from gigagate.settings import Settings, environment

UUID = "6f0b1291-c7f3-43c6-bb2e-9f3efb2dc98e"
A_KEY = "expected base64 of client_id:client_secret; "

WRONG_VALUES = (
    ("GIGACHAT_AUTH_KEY", f"Basic {KEY}", A_KEY + "leave out the word before the key"),
    ("GIGACHAT_AUTH_KEY", f"'{KEY}'", A_KEY + "leave out the quotes"),
    ("GIGACHAT_AUTH_KEY", "<your key>", A_KEY + "put the key in place of <…>, without < and >"),
    ("GIGACHAT_AUTH_KEY", f"<{KEY}>", A_KEY + "put the key in place of <…>, without < and >"),
    ("GIGACHAT_AUTH_KEY", f"{KEY[:9]} {KEY[9:]}", A_KEY + "leave out the spaces and line breaks"),
    ("GIGACHAT_AUTH_KEY", UUID, A_KEY + "this is a client ID or a client secret; the key is"),
    ("GIGACHAT_AUTH_KEY", "eyJhbGci.x.y", A_KEY + "this is an access token"),
    ("GIGACHAT_AUTH_KEY", "sk-1234567890", A_KEY + "this is an OpenAI key"),
    ("GIGACHAT_AUTH_KEY", "id:secret", A_KEY + "this is id:secret itself, not yet in base64"),
    ("GIGACHAT_AUTH_KEY", KEY[:-3], A_KEY + "this is not base64, or a part is missing"),
    ("GIGACHAT_AUTH_KEY", "ключ", A_KEY + "this is not base64, or a part is missing"),
    ("GIGACHAT_CREDENTIALS", "c2VjcmV0", A_KEY + "this is base64 of something else"),
    ("GIGACHAT_AUTH_KEY_FILE", "/nowhere", "the file cannot be read: No such file or directory"),
    ("GIGACHAT_AUTH_KEY_FILE", "/dev/null", "the file is empty"),
    (
        "GIGACHAT_SCOPE",
        "GIGACHAT_API_PER",
        "expected GIGACHAT_API_PERS or GIGACHAT_API_B2B or GIGACHAT_API_CORP; "
        "did you mean GIGACHAT_API_PERS?",
    ),
    ("GIGACHAT_BASE_URL", "giga.chat", "expected an address such as https://host:port/path"),
    ("GIGACHAT_VERIFY_SSL_CERTS", "maybe", "expected true or false"),
    ("GIGACHAT_CA_BUNDLE_FILE", "/nowhere/ca.pem", "there is no file /nowhere/ca.pem"),
    ("GIGAGATE_AUTH_MODE", "open", "expected shared or passthrough"),
    ("GIGAGATE_ALLOWED_HOSTS", "http://gate", "expected host names without scheme and port"),
    ("GIGAGATE_ALLOWED_HOSTS", "*", "expected host names without scheme and port, each written"),
    ("GIGAGATE_ALLOWED_HOSTS", "*.gate.example", "expected host names without scheme and port"),
    ("GIGAGATE_CLIENT_KEYS", "anna", "expected name:key pairs separated by commas"),
    ("GIGAGATE_CLIENT_KEYS", "anonymous:x", "anonymous is what clients without a key are called"),
    ("GIGAGATE_CLIENT_KEYS", "a:x,a:y", "expected name:key pairs separated by commas; the name a"),
    ("GIGAGATE_CONFIG", "/nowhere.yaml", "there is no file /nowhere.yaml"),
)

WRONG_NAMES = (
    ("GIGACHAT_AUTHKEY", "GIGACHAT_AUTH_KEY"),
    ("gigachat_auth_key", "GIGACHAT_AUTH_KEY"),
    ("GIGACHAT_CREDENTIAL", "GIGACHAT_CREDENTIALS"),
    ("GIGACHT_SCOPE", "GIGACHAT_SCOPE"),
    ("GIGACHAT_API_BASE_URL", "GIGACHAT_BASE_URL"),
    ("GIGACHAT_VERIFY_SSL_CERT", "GIGACHAT_VERIFY_SSL_CERTS"),
    ("GIGAGATE_STATEDIR", "GIGAGATE_STATE_DIR"),
    ("GIGACHAT_STATE_DIR", "GIGAGATE_STATE_DIR"),
    ("GIGAGATE_CONFIG_FILE", "GIGAGATE_CONFIG"),
    ("GIGAGATE_CLIENT_KEY_FILE", "GIGAGATE_CLIENT_KEYS_FILE"),
)


def error(checkout: Checkout, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        checkout.load(**environ)
    message = caught.value.message
    assert "\n" not in message
    for secret in (KEY, OTHER_KEY, UUID, "sk-1234567890", "c2VjcmV0", "eyJhbGci"):
        assert secret not in message
    return message


@pytest.mark.parametrize(("name", "value", "expected"), WRONG_VALUES)
def test_a_wrong_value_is_named_and_never_shown(
    checkout: Checkout, name: str, value: str, expected: str
) -> None:
    key = {} if "GIGACHAT_AUTH_KEY" in name or "CRED" in name else {"GIGACHAT_AUTH_KEY": KEY}
    assert error(checkout, **key, **{name: value}).startswith(f"environment: {name}: {expected}")
    checkout.write(".env", f'\n# a comment\n\n{name}="{value}"\n')
    assert error(checkout, **key).startswith(f".env:4: {name}: {expected}")


@pytest.mark.parametrize(("name", "right"), WRONG_NAMES)
def test_a_misspelt_name_is_told_with_the_nearest_right_one(
    checkout: Checkout, name: str, right: str
) -> None:
    expected = f"{name}: unknown name; did you mean {right}?"
    assert error(checkout, GIGACHAT_AUTH_KEY=KEY, **{name: "x"}) == f"environment: {expected}"
    checkout.write(".env", f"GIGACHAT_MODEL=x\n\n{name}=x\nGIGACHAT_SCOPE=\n")
    assert error(checkout, GIGACHAT_AUTH_KEY=KEY) == f".env:3: {expected}"


def test_a_missing_key_is_told_with_where_to_get_it_and_where_to_put_it(
    checkout: Checkout,
) -> None:
    message = error(checkout)
    assert message.startswith("GIGACHAT_AUTH_KEY: not set")
    assert "https://developers.sber.ru/studio" in message
    assert f"into {checkout.root / '.env'} or" in message


def test_a_line_of_dotenv_without_a_value_is_a_mistake(checkout: Checkout) -> None:
    checkout.write(".env", f"GIGACHAT_AUTH_KEY={KEY}\nGIGACHAT_SCOPE GIGACHAT_API_B2B\n")
    assert error(checkout) == ".env:2: expected NAME=value"
    checkout.write(".env", f"\nGIGACHAT_AUTH_KEY={KEY}\nGIGACHAT_SCOPE\n")
    assert error(checkout) == ".env:3: expected NAME=value"
    checkout.write(".env", f'GIGACHAT_AUTH_KEY="{KEY}\nGIGACHAT_SCOPE=x\n')
    assert error(checkout) == ".env:1: expected NAME=value; a quote is not closed"
    checkout.write(".env", b"\xff\n")
    assert error(checkout) == ".env: cannot be read: it is not UTF-8"


def test_dotenv_may_quote_export_comment_and_hold_names_of_others(checkout: Checkout) -> None:
    checkout.write(
        ".env", f'export GIGACHAT_AUTH_KEY="{KEY}" # mine\nOPENAI_API_KEY=x\nGIGABYTES=3\n'
    )
    assert checkout.load().authorization_key.reveal() == KEY


def test_auth_key_and_credentials_are_the_same_thing(checkout: Checkout) -> None:
    assert checkout.load(GIGACHAT_CREDENTIALS=KEY).authorization_key.reveal() == KEY
    both = checkout.load(GIGACHAT_CREDENTIALS=KEY, GIGACHAT_AUTH_KEY=KEY)
    assert both.authorization_key.reveal() == KEY
    checkout.write(".env", f"GIGACHAT_CREDENTIALS={OTHER_KEY}\n")
    message = error(checkout, GIGACHAT_AUTH_KEY=KEY)
    assert message.startswith("environment: GIGACHAT_AUTH_KEY: GIGACHAT_CREDENTIALS sets the same")


def test_a_value_may_come_from_a_file(checkout: Checkout) -> None:
    checkout.write("key", f"\n{KEY}\n")
    checkout.write("hosts", "gate.example, other.example\n")
    checkout.write(".env", "GIGACHAT_AUTH_KEY_FILE=key\nGIGAGATE_ALLOWED_HOSTS_FILE=hosts\n")
    settings = checkout.load()
    assert settings.authorization_key.reveal() == KEY
    assert settings.access.hosts == ("gate.example", "other.example")
    message = error(checkout, GIGACHAT_AUTH_KEY=OTHER_KEY)
    assert "GIGACHAT_AUTH_KEY_FILE: GIGACHAT_AUTH_KEY sets the same thing, differently" in message


def test_no_clients_key_opens_the_panel(checkout: Checkout) -> None:
    message = error(
        checkout,
        GIGACHAT_AUTH_KEY=KEY,
        GIGAGATE_CLIENT_KEYS="anna:one-key-for-all",
        GIGAGATE_ADMIN_KEY="one-key-for-all",
    )
    assert "GIGAGATE_ADMIN_KEY: a client" in message
    assert "one-key" not in message


def test_client_keys_are_kept_as_their_sha256(checkout: Checkout) -> None:
    anna = hashlib.sha256(b"anna-key").hexdigest()
    boris = hashlib.sha256(b"boris-key").hexdigest()
    plain = checkout.load(
        GIGACHAT_AUTH_KEY=KEY, GIGAGATE_CLIENT_KEYS="anna:anna-key, boris:boris-key"
    )
    assert plain.client_keys == {anna: "anna", boris: "boris"}
    path = checkout.write("clients", f"# the team\nanna:{anna}\n\nboris: {boris.upper()} # new\n")
    hashed = checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGAGATE_CLIENT_KEYS_FILE=str(path))
    assert hashed.client_keys == plain.client_keys
    assert path in hashed.sources
    assert path not in plain.sources
    checkout.write("clients", "anna:anna-key\n")
    message = error(checkout, GIGACHAT_AUTH_KEY=KEY, GIGAGATE_CLIENT_KEYS_FILE=str(path))
    assert "GIGAGATE_CLIENT_KEYS_FILE: expected name:sha256 on each line" in message
    assert "anna-key" not in message


@pytest.mark.parametrize(
    ("text", "verify"),
    [("false", False), ("False", False), ("0", False), ("on", True), ("1", True)],
)
def test_verification_is_read_as_the_sdk_reads_it(
    checkout: Checkout, text: str, verify: bool
) -> None:
    settings = checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGACHAT_VERIFY_SSL_CERTS=text)
    assert settings.upstream.verify is verify


def test_relative_paths_start_at_dotenv(checkout: Checkout) -> None:
    checkout.write("ca.pem", "")
    checkout.write(".env", "GIGACHAT_CA_BUNDLE_FILE=ca.pem\nGIGAGATE_STATE_DIR=kept\n")
    settings = checkout.load(GIGACHAT_AUTH_KEY=KEY)
    assert settings.upstream.ca_bundle_file == checkout.root / "ca.pem"
    assert settings.state_dir == checkout.root / "kept"


def test_tilde_is_the_home_directory(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(checkout.root))
    settings = checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGAGATE_STATE_DIR="~/kept")
    assert settings.state_dir == checkout.root / "kept"


def test_names_of_the_sdk_we_do_not_use_are_warned_about(checkout: Checkout) -> None:
    settings = checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGACHAT_TIMEOUT="30", GIGACHAT_FLAGS="f")
    assert settings.warnings == (
        "environment: GIGACHAT_TIMEOUT: GigaGate does not use it; "
        "see deadlines in config/gigachat.yaml.",
        "environment: GIGACHAT_FLAGS: GigaGate does not use it; it has no meaning here.",
    )


def test_every_name_of_the_official_sdk_is_known() -> None:
    sdk = pytest.importorskip("gigachat.settings")
    names = {f"GIGACHAT_{field.upper()}" for field in sdk.Settings.model_fields}
    assert names <= {*environment.NAMES, *environment.UNUSED}


def test_the_process_environment_and_the_checkout_are_the_defaults(
    monkeypatch: pytest.MonkeyPatch, checkout: Checkout
) -> None:
    monkeypatch.setattr("gigagate.home.folder", lambda environ: checkout.root)
    for name, value in {**checkout.environ, "GIGACHAT_AUTH_KEY": KEY}.items():
        monkeypatch.setenv(name, value)
    checkout.write("config/gigachat.yaml", "strict: true\n")
    assert Settings.load().strict


def test_another_env_file_is_read_if_gigagate_env_file_names_it(checkout: Checkout) -> None:
    checkout.write(".env", "GIGACHAT_MODEL=not-read\n")
    path = checkout.write("other.env", f"GIGACHAT_AUTH_KEY={KEY}\n")
    settings = checkout.load(GIGAGATE_ENV_FILE=str(path))
    assert settings.authorization_key.reveal() == KEY
    assert settings.models.default != "not-read"
    message = error(checkout, GIGAGATE_ENV_FILE="/nowhere")
    assert message == "environment: GIGAGATE_ENV_FILE: there is no file /nowhere"
