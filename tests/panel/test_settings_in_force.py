"""The settings in force: where each comes from, and no secret among them."""

import base64
import json
from pathlib import Path

import pytest

from gigagate.panel import settings_in_force
from gigagate.panel.origins import DEFAULT, Origins
from gigagate.settings import Settings

KEY = base64.b64encode(b"some-client:its-secret").decode()
YAML = "models:\n  default: GigaChat-2\nlimits:\n  slots: 3\n"


def files(folder: Path) -> tuple[Path, ...]:
    env, config = folder / ".env", folder / "gigachat.yaml"
    env.write_text("GIGACHAT_SCOPE=GIGACHAT_API_CORP\nGIGACHAT_AUTH_KEY_FILE=key\n")
    config.write_text(YAML)
    return env, config, folder / "gone.yaml"


@pytest.mark.parametrize(
    ("key", "origin"),
    [
        ("models.default", "GIGACHAT_MODEL"),
        ("limits.slots", "gigachat.yaml"),
        ("upstream.scope", ".env"),
        ("authorization_key", ".env"),
        ("admin_key", "GIGAGATE_ADMIN_KEY_FILE"),
        ("models.light", DEFAULT),
        ("strict", DEFAULT),
    ],
)
def test_a_setting_has_the_origin_that_won(tmp_path: Path, key: str, origin: str) -> None:
    environ = {"GIGACHAT_MODEL": "x", "GIGAGATE_ADMIN_KEY_FILE": "y"}
    assert Origins(files(tmp_path), environ).of(key) == origin


@pytest.mark.parametrize("text", [b"a: [", b"- list", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_has_set_nothing(tmp_path: Path, text: bytes) -> None:
    (file := tmp_path / "gigachat.yaml").write_bytes(text)
    assert Origins((file,), {}).of("strict") == DEFAULT


def test_secrets_are_dots(tmp_path: Path) -> None:
    environ = {
        "GIGACHAT_AUTH_KEY": KEY,
        "GIGAGATE_ADMIN_KEY": "an-admin-s-long-key",
        "GIGAGATE_CLIENT_KEYS": "anna:a-client-s-key-1234",
        "GIGAGATE_STORE": "redis://:a-password@localhost:1/0",
        "GIGAGATE_STATE_DIR": str(tmp_path / "state"),
    }
    rows = settings_in_force.told(Settings.load(environ=environ, root=tmp_path))
    told = json.dumps(rows)
    for secret in (KEY, "an-admin-s-long-key", "a-client-s-key-1234", "a-password"):
        assert secret not in told
    by_key = {row["key"]: row for row in rows}
    assert by_key["authorization_key"]["value"] == settings_in_force.HIDDEN
    assert by_key["client_keys"]["value"] == "anna"
    assert by_key["models.default"]["changed"] is False
