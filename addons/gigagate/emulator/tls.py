"""The emulator's certificate authority: made once, kept in the state directory.

It stays the same over restarts, so a client that trusts the CA file goes on working.
"""

import os
import ssl
from datetime import datetime
from pathlib import Path
from typing import Any

import trustme

CA_FILE = "emulator-ca.pem"
_KEY_FILE = "emulator-ca.key"
NAMES = ("localhost", "127.0.0.1", "::1")


def server_context(state_dir: Path, client_certificate: str = "none") -> ssl.SSLContext:
    """A TLS server for `NAMES`; the CA that signed it is in `state_dir / CA_FILE`.

    client_certificate: whether clients are asked for one that the same CA has signed.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    authority = _authority(state_dir)
    authority.issue_cert(*NAMES).configure_cert(context)
    if client_certificate != "none":
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def issue_client_certificate(
    state_dir: Path, name: str, not_after: datetime | None = None
) -> tuple[bytes, bytes]:
    """A client's certificate and private key, in PEM, signed by the CA."""
    issued = _authority(state_dir).issue_cert(
        f"{name}.example", common_name=name, not_after=not_after
    )
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    return chain, issued.private_key_pem.bytes()


def common_name(certificate: Any) -> str | None:
    """The common name in what ssl tells of a peer; None if it has shown nothing."""
    names = (pair for part in (certificate or {}).get("subject", ()) for pair in part)
    return next((value for key, value in names if key == "commonName"), None)


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
