"""The certificate authorities GigaChat is verified with: certifi's and the Russian Trusted Root CA.

Sber's servers have certificates of the Russian national authority, which certifi does not list.
Its root is fetched once and accepted only if its SHA-256 is the one pinned here, so it does not
matter which way it came. The bundle is for GigaChat and OAuth alone: nothing else trusts that root.
"""

import hashlib
import re
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import certifi

from gigagate import outbound, private_file
from gigagate.core.company_proxy import CompanyProxy
from gigagate.errors import TrustError
from gigagate.settings import Settings

ROOT_URLS = (
    "https://gu-st.ru/content/lending/russian_trusted_root_ca_pem.crt",
    "https://gu-st.ru/content/Other/doc/russian_trusted_root_ca.cer",
    "http://nuc-cdp.digital.gov.ru/cdp/rootca_ssl_rsa2022.crt",
)
ROOT_SHA256 = "d26d2d0231b7c39f92cc738512ba54103519e4405d68b5bd703e9788ca8ecf31"
"""The SHA-256 of the certificate in DER.

CN=Russian Trusted Root CA, serial 0x1000, valid until 2032-02-27.
"""

ROOT_FILE = "russian-trusted-root-ca.pem"

NOT_VERIFIED = (
    "GIGACHAT_VERIFY_SSL_CERTS=false: GigaChat's certificate is NOT checked. Anybody on the way "
    "can read the conversations and take the authorization key."
)
WAYS_OUT = (
    "Either connect this machine to the internet for one start, or download the Russian Trusted "
    "Root CA from https://www.gosuslugi.ru/crt and name its file in GIGACHAT_CA_BUNDLE_FILE."
)
SECONDS = 15.0
MAX_CERTIFICATE = 64 * 1024
PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def download(url: str, proxy: CompanyProxy | None = None) -> bytes:
    """Unverified: the hosts may have certificates of this very root. The fingerprint decides."""
    answer = outbound.ask(
        "GET", url, verify=False, proxy=proxy, seconds=SECONDS, limit=MAX_CERTIFICATE
    )
    if answer.status != 200:
        raise outbound.NotReached(f"{urlsplit(url).hostname}: status {answer.status}")
    return answer.body


def bundle(
    settings: Settings,
    *,
    root_urls: Sequence[str] = ROOT_URLS,
    sha256: str = ROOT_SHA256,
    fetch: Callable[[str, CompanyProxy | None], bytes] = download,
) -> Path | None:
    """The file of trusted authorities; None if nothing is verified: plain http, or switched off.

    Its name is made of its content, so a file in use never changes. Raises TrustError.
    """
    upstream = settings.upstream
    upstreams = [upstream, *(one.upstream for one in settings.opened)]
    schemes = {urlsplit(url).scheme for one in upstreams for url in (one.base_url, one.auth_url)}
    if not upstream.verify or "https" not in schemes:
        return None
    if upstream.ca_bundle_file:
        extra = _user_certificates(upstream.ca_bundle_file)
    else:
        extra = [
            _root(
                settings.state_dir / ROOT_FILE,
                root_urls,
                sha256,
                lambda url: fetch(url, upstream.ways.to_gigachat(url)),
            )
        ]
    content = Path(certifi.where()).read_bytes() + b"".join(map(_pem, extra))
    path = settings.state_dir / f"ca-bundle-{hashlib.sha256(content).hexdigest()[:16]}.pem"
    if _read(path) != content:
        _write(path, content)
    return path


def _user_certificates(file: Path) -> list[bytes]:
    try:
        certificates = _certificates(file.read_bytes())
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=b"".join(certificates))
    except (OSError, ValueError) as error:
        no_certificate = isinstance(error, ssl.SSLError | ValueError)
        reason = "it holds no certificate" if no_certificate else error
        raise TrustError(f"GIGACHAT_CA_BUNDLE_FILE: {file} cannot be used: {reason}.") from None
    return certificates


def _root(kept: Path, urls: Sequence[str], sha256: str, fetch: Callable[[str], bytes]) -> bytes:
    if certificate := _pinned(_read(kept), sha256):
        return certificate
    failures = []
    for url in urls:
        host = urlsplit(url).hostname
        try:
            certificate = _pinned(fetch(url), sha256)
        except outbound.OutboundError as error:
            failures.append(str(error))
            continue
        if certificate:
            _write(kept, _pem(certificate))
            return certificate
        failures.append(f"{host}: not the certificate with the pinned SHA-256")
    why = "; ".join(dict.fromkeys(failures))
    raise TrustError(f"The Russian Trusted Root CA cannot be fetched ({why}). {WAYS_OUT}")


def _pinned(content: bytes, sha256: str) -> bytes | None:
    try:
        certificates = _certificates(content)
    except ValueError:
        return None
    digests = {hashlib.sha256(certificate).hexdigest(): certificate for certificate in certificates}
    return digests.get(sha256)


def _certificates(content: bytes) -> list[bytes]:
    """In DER, of a file in PEM or DER. Raises ValueError if PEM is broken."""
    blocks = PEM.findall(content)
    return [ssl.PEM_cert_to_DER_cert(block.decode("ascii")) for block in blocks] or [content]


def _pem(certificate: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(certificate).encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, also when several processes start at once."""
    try:
        private_file.write(path, content)
    except OSError as error:
        raise TrustError(f"{path} cannot be written: {error.strerror}.") from None
