from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from mitmproxy import certs

from gigagate.hooks.patches import authority_key


@pytest.fixture
def original(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(certs, "load_pem_private_key", original := certs.load_pem_private_key)
    authority_key.read_quickly()
    return original


@pytest.mark.usefixtures("original")
def test_the_store_is_what_it_was(tmp_path: Path) -> None:
    made = certs.CertStore.from_store(tmp_path, "mitmproxy", 2048)
    again = certs.CertStore.from_store(tmp_path, "mitmproxy", 2048)
    assert again.default_ca == made.default_ca
    assert again.default_ca.public_key() == again.default_privatekey.public_key()
    assert again.get_cert("localhost", []).cert.cn == "localhost"


@pytest.mark.parametrize(
    ("stored", "given", "read"),
    [
        (None, None, True),
        (None, b"not needed", True),
        (b"secret", b"secret", True),
        (b"secret", None, False),
        (b"secret", b"wrong", False),
    ],
)
def test_passwords_are_taken_as_mitmproxy_takes_them(
    original: object, stored: bytes | None, given: bytes | None, read: bool
) -> None:
    key, _ = certs.create_ca("GigaGate", "GigaGate", 2048)
    assert isinstance(key, RSAPrivateKey)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.BestAvailableEncryption(stored) if stored else serialization.NoEncryption(),
    )
    for load in (certs.load_pem_private_key, original):
        assert callable(load)
        try:
            found = load(pem, given)
        except (TypeError, ValueError):
            assert not read
        else:
            assert read
            assert found.private_numbers() == key.private_numbers()
