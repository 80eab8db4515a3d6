"""The emulator's certificate authority: made once, kept in the state directory.

It stays the same over restarts, so a client that trusts the CA file goes on working.
"""

import os
import ssl
from pathlib import Path

import trustme

CA_FILE = "emulator-ca.pem"
_KEY_FILE = "emulator-ca.key"
NAMES = ("localhost", "127.0.0.1", "::1")


def server_context(state_dir: Path) -> ssl.SSLContext:
    """A TLS server for `NAMES`; the CA that signed it is in `state_dir / CA_FILE`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    _authority(state_dir).issue_cert(*NAMES).configure_cert(context)
    return context


def _authority(state_dir: Path) -> trustme.CA:
    cert_file, key_file = state_dir / CA_FILE, state_dir / _KEY_FILE
    if cert_file.exists() and key_file.exists():
        return trustme.CA.from_pem(cert_file.read_bytes(), key_file.read_bytes())
    ca = trustme.CA(organization_name="GigaGate emulator")
    state_dir.mkdir(parents=True, exist_ok=True)
    key_file.unlink(missing_ok=True)
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(ca.private_key_pem.bytes())
    cert_file.write_bytes(ca.cert_pem.bytes())
    return ca
