"""A client certificate and its private key: read, checked, and read again when their files change.

A company's GigaChat knows us by it within TLS: at its API, at /files and at /token, but not at
OAuth.  Files that are renewed one after the other do not fit for a moment: until they do, what was
read before stays.  A passphrase is never asked for on the terminal.
"""

import ssl
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from gigagate import file_state
from gigagate.errors import SettingsError
from gigagate.outbound import connection
from gigagate.plural import counted
from gigagate.settings import CertificateFiles

type PrivateKey = (
    rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)  # fmt: skip

DAY = 86400.0
WARN_DAYS = 30
"""Before it ends: as long as a company may need to get a new one."""


class CertificateAndKey(NamedTuple):
    chain: Sequence[x509.Certificate]
    """Ours first, then who signed it, each by the next."""
    key: PrivateKey
    context: ssl.SSLContext
    """The TLS context beside mitmproxy: it has the certificate, and trusts nobody yet."""


class ClientCertificate:
    def __init__(self, files: CertificateFiles) -> None:
        """Raises SettingsError, one line that says which file is wrong and how."""
        self.files = files
        self._seen = self._state()
        self.content = _read(files)
        self._trusting: tuple[CertificateAndKey, str | bool] | None = None

    def look(self) -> bool:
        """Whether renewed files have been taken over.  Raises SettingsError, once for each change;
        what was read before stays."""
        if (state := self._state()) == self._seen:
            return False
        self._seen = state
        self.content = _read(self.files)
        return True

    @property
    def subject(self) -> str:
        return self.content.chain[0].subject.rfc4514_string() or "without a name"

    @property
    def issuer(self) -> str:
        return self.content.chain[0].issuer.rfc4514_string() or "without a name"

    def days_left(self, now: float | None = None) -> float:
        """Days until the first certificate of the chain ends; less than 0: it has ended."""
        ends = min(one.not_valid_after_utc.timestamp() for one in self.content.chain)
        return (ends - (time.time() if now is None else now)) / DAY

    def warning(self, now: float | None = None) -> str | None:
        """A sentence, if somebody has to see to a new one."""
        days = self.days_left(now)
        if days >= WARN_DAYS:
            return None
        when = "has expired" if days < 0 else f"expires in {counted(int(days), 'day')}"
        return (
            f"The client certificate {self.files.certificate} ({self.subject}) {when}. Put a new "
            "one in its place: it is taken over without a restart."
        )

    def context(self, verify: str | bool) -> ssl.SSLContext:
        """The context of connections that show it.  verify: as outbound.ask takes it."""
        content = self.content
        if self._trusting != (content, verify):
            connection.trust(content.context, verify)
            self._trusting = content, verify
        return content.context

    def _state(self) -> file_state.FileState:
        return file_state.of(
            [self.files.certificate, *([self.files.key] if self.files.key else [])]
        )


def _read(files: CertificateFiles) -> CertificateAndKey:
    """Raises SettingsError."""
    chain = _chain(files.certificate)
    key_file = files.key or files.certificate
    key = _key(key_file, files)
    if _public(key.public_key()) != _public(chain[0].public_key()):
        raise SettingsError(
            f"The private key in {key_file} does not belong to the client certificate in "
            f"{files.certificate}."
        )
    for number, (one, signer) in enumerate(pairwise(chain), start=2):
        try:
            one.verify_directly_issued_by(signer)
        except (ValueError, TypeError, InvalidSignature):
            raise SettingsError(
                f"{files.certificate}: its certificate {number} has not signed the one before it. "
                "The client's own comes first, then who signed it, each by the next."
            ) from None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    password = files.password.reveal() if files.password else ""
    try:
        context.load_cert_chain(files.certificate, key_file, lambda: password)
    except OSError as error:  # of ssl too: renewed in this very moment, or too weak for OpenSSL
        raise SettingsError(
            f"{files.certificate}: TLS cannot use it ({getattr(error, 'reason', error.strerror)})."
        ) from None
    return CertificateAndKey(chain, key, context)


def _chain(file: Path) -> list[x509.Certificate]:
    content = _bytes(file)
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise SettingsError(
            f"{file} holds no certificate in PEM. One in PKCS #12 (.p12, .pfx) becomes PEM by "
            f"openssl pkcs12 -in FILE -out client.pem."
        ) from None


def _key(file: Path, files: CertificateFiles) -> PrivateKey:
    content = _bytes(file)
    password = files.password.reveal().encode() if files.password else None
    if b"PRIVATE KEY" not in content:
        missing = "" if files.key else ". Name the file of the key in GIGACHAT_KEY_FILE"
        raise SettingsError(f"{file} holds no private key in PEM{missing}.")
    encrypted = b"ENCRYPTED" in content
    if encrypted and password is None:
        raise SettingsError(
            f"The private key in {file} is encrypted: set GIGACHAT_KEY_FILE_PASSWORD."
        )
    try:
        key = load_pem_private_key(content, password if encrypted else None)
    except (ValueError, TypeError):
        wrong = "GIGACHAT_KEY_FILE_PASSWORD does not open it" if encrypted else "it is broken"
        raise SettingsError(f"The private key in {file} cannot be read: {wrong}.") from None
    kinds = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)
    if not isinstance(key, (*kinds, ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)):
        raise SettingsError(f"The private key in {file} is of a kind that TLS does not know.")
    return key


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None


def _public(key: Any) -> bytes:
    public: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return public
