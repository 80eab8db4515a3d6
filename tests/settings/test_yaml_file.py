import pytest
from tests.support.checkout import KEY, Checkout

from gigagate.errors import SettingsError

YAML = "config/gigachat.yaml"
YAML_MISTAKES = {
    "unknown section": ("limit:\n  queue: 1\n", ":1: limit: unknown setting; did you mean limits?"),
    "unknown key": (
        "strict: true\nlimits:\n  ques: 1\n",
        ":3: limits.ques: unknown setting; did you mean limits.queue?",
    ),
    "key of a section at the top": (
        "\nbase_url: https://x\n",
        ":2: base_url: unknown setting; did you mean upstream.base_url?",
    ),
    "unknown fact of a model": (
        "models:\n  table:\n    GigaChat-*:\n      context: 5\n",
        ":4: models.table.GigaChat-*.context: unknown setting; did you mean context_window?",
    ),
    "a model that is no section": (
        "models:\n  table: {GigaChat-2: 5}\n",
        ":2: models.table.GigaChat-2: expected a section of settings",
    ),
    "a window of nothing": (
        "models:\n  table: {GigaChat-2: {context_window: 0}}\n",
        ":2: models.table: GigaChat-2: expected context_window of at least 1",
    ),
    "nothing near": ("qwertyuiop: 1\n", ":1: qwertyuiop: unknown setting"),
    "no setting at all": ("warnings: []\n", ":1: warnings: unknown setting"),
    "given twice": ("strict: true\nlog:\n  prompts: no\nstrict: no\n", ":4: strict: given twice"),
    "given twice below": (
        "models:\n  aliases:\n    a: b\n    a: c\n",
        ":4: models.aliases.a: given twice",
    ),
    "text for a number": (
        "limits:\n  queue: many\n",
        ":2: limits.queue: expected a whole number, found text",
    ),
    "true for a number": (
        "limits:\n  queue: true\n",
        ":2: limits.queue: expected a whole number, found true or false",
    ),
    "fraction": (
        "limits: {queue: 1.5}",
        ":1: limits.queue: expected a whole number, found a number",
    ),
    "negative": ("limits: {queue: -1}", ":1: limits.queue: expected a number of at least 0"),
    "zero seconds": ("deadlines: {idle: 0}", ":1: deadlines.idle: expected a number above 0"),
    "endless": ("deadlines: {idle: .inf}", ":1: deadlines.idle: expected a number above 0"),
    "number for true": ("strict: 1\n", ":1: strict: expected true or false, found a whole number"),
    "number for text": (
        "models:\n  default: 2\n",
        ":2: models.default: expected text, found a whole number",
    ),
    "blank": ("models: {default: ' '}", ":1: models.default: expected text that is not blank"),
    "alias to a number": (
        "models:\n  aliases:\n    a: b\n    c: 4\n",
        ":4: models.aliases.c: expected text, found a whole number",
    ),
    "aliases as list": (
        "models:\n  aliases: [a]\n",
        ":2: models.aliases: expected names with their values, found a list",
    ),
    "one of": (
        "models:\n  unknown: defualt\n",
        ":2: models.unknown: expected default or pass or refuse; did you mean default?",
    ),
    "text for a list": ("access:\n  hosts: a\n", ":2: access.hosts: expected a list, found text"),
    "item of a list": (
        "access:\n  hosts:\n    - a\n    - 7\n",
        ":4: access.hosts[1]: expected text, found a whole number",
    ),
    "host with port": (
        "access: {hosts: ['gate:4000']}",
        ":1: access.hosts: expected host names without scheme and port, each written out",
    ),
    "origin without scheme": (
        "access: {origins: [gate]}",
        ":1: access.origins: expected origins such as https://chat.example.com",
    ),
    "text for a section": ("log: json\n", ":1: log: expected a section of settings, found text"),
    "ftp": (
        "upstream:\n  base_url: ftp://x\n",
        ":2: upstream.base_url: expected an address such as https://host:port/path",
    ),
    "port out of range": (
        "upstream:\n  base_url: http://x:99999\n",
        ":2: upstream.base_url: expected an address such as https://host:port/path",
    ),
    "user in the address": (
        "upstream:\n  base_url: http://me:pass@x\n",
        ":2: upstream.base_url: expected an address without user, query and fragment",
    ),
    "list for the file": ("- a\n", ":1: expected settings as `name: value`"),
    "text for the file": ("strict\n", ":1: expected settings as `name: value`"),
    "no YAML": ("strict: no\nlog: a: b\n", ":2: not valid YAML: mapping values are not allowed"),
    "tab": ("log:\n\tprompts: no\n", ":2: not valid YAML: "),
    "control character": ("a: b\nc: \x07\n", ":2: not valid YAML: a control character"),
    "deep": ("a: " + "[" * 5000, ": nested too deep"),
    "two documents": ("strict: no\n---\nstrict: no\n", ":2: not valid YAML: "),
    "impossible date": ("webhook: 2024-13-45\n", ":1: webhook: this value is not valid YAML"),
    "python object": ("webhook: !!python/name:os.x\n", ":1: webhook: this value is not valid YAML"),
    "alias": ("strict: &a no\nprompt_cache: *a\n", ":2: not valid YAML: aliases (*name) are"),
    "key that is a list": ("? [a]\n: 1\n", ":1: expected a name before the colon"),
    "not UTF-8": (b"models: {default: \xff}", ": cannot be read: it is not UTF-8"),
    "environment's key": (
        "strict: no\nstate_dir: /x\n",
        ":2: state_dir: not set here but by GIGAGATE_STATE_DIR, in .env or the environment",
    ),
    "verification": (
        "upstream:\n  verify: false\n",
        ":2: upstream.verify: not set here but by GIGACHAT_VERIFY_SSL_CERTS, in .env or the",
    ),
    "the authorization key": (
        f"authorization_key: {KEY}\n",
        ":1: authorization_key: not set here but by GIGACHAT_AUTH_KEY, in .env or the environment",
    ),
    **{
        f"secret {name}": (
            f"upstream:\n  {name}: {KEY}\n",
            f":2: upstream.{name}: secrets are not kept here; put GIGACHAT_AUTH_KEY into .env or",
        )
        for name in ("credentials", "auth_key", "auth-key", "token", "access_token", "GIGACHAT_KEY")
    },
}


@pytest.mark.parametrize(("content", "error"), YAML_MISTAKES.values(), ids=YAML_MISTAKES)
def test_a_mistake_in_the_yaml_file_is_named_with_its_line(
    checkout: Checkout, content: str, error: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        checkout.load_yaml(content)
    message = caught.value.message
    assert message.startswith(YAML + error)
    assert KEY not in message
    assert "\n" not in message


def test_another_file_is_read_if_gigagate_config_names_it(checkout: Checkout) -> None:
    path = checkout.write("other.yaml", "strict: true\n")
    checkout.write(YAML, "strict: false\n")
    assert checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGAGATE_CONFIG=str(path)).strict


def test_an_error_in_a_file_outside_the_checkout_names_its_whole_path(
    checkout: Checkout, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("elsewhere") / "settings.yaml"
    path.write_text("strict: 1\n")
    with pytest.raises(SettingsError) as caught:
        checkout.load(GIGACHAT_AUTH_KEY=KEY, GIGAGATE_CONFIG=str(path))
    assert caught.value.message.startswith(f"{path}:1: strict: expected true or false")


def test_a_byte_order_mark_is_no_mistake(checkout: Checkout) -> None:
    assert checkout.load_yaml(b"\xef\xbb\xbfstrict: true\r\n").strict
