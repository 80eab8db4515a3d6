import hashlib
import http.server
import ssl
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import certifi
import pytest
import trustme
from tests.support.serving import serving

from gigagate import outbound, trust
from gigagate.errors import TrustError
from gigagate.settings import Secret, Settings, Upstream

CERTIFI = Path(certifi.where())


class Publisher(http.server.ThreadingHTTPServer):
    """The address a root certificate is published at."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), PublisherHandler)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []

    def url(self, name: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.server_port}/{name}"


class PublisherHandler(http.server.BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        content = self.server.files.get(self.path[1:])
        self.send_response(404 if content is None else 200)
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(Publisher()) as server:
        yield server


@pytest.fixture(scope="module")
def root() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def der(root: trustme.CA) -> bytes:
    return ssl.PEM_cert_to_DER_cert(root.cert_pem.bytes().decode())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(authorization_key=Secret("key"), state_dir=tmp_path)


def with_upstream(settings: Settings, **upstream: object) -> Settings:
    return Settings(
        authorization_key=settings.authorization_key,
        state_dir=settings.state_dir,
        upstream=Upstream(**upstream),  # type: ignore[arg-type]
    )


@pytest.fixture
def bundle(publisher: Publisher, der: bytes) -> Callable[..., Path]:
    """Make the bundle of settings from the publisher's files of these names."""

    def make(settings: Settings, *names: str) -> Path:
        path = trust.bundle(
            settings,
            root_urls=[publisher.url(name) for name in names],
            sha256=hashlib.sha256(der).hexdigest(),
        )
        assert path is not None
        return path

    return make


def never(url: str, proxy: object) -> bytes:
    raise AssertionError(f"{url} was fetched")


def trusted(path: Path) -> set[bytes]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(path)
    return set(context.get_ca_certs(binary_form=True))


def test_the_bundle_is_certifi_and_the_pinned_root(
    settings: Settings,
    bundle: Callable[..., Path],
    publisher: Publisher,
    root: trustme.CA,
    der: bytes,
) -> None:
    before = CERTIFI.read_bytes()
    publisher.files["root"] = root.cert_pem.bytes()
    path = bundle(settings, "root")
    assert path.parent == settings.state_dir
    assert trusted(path) == trusted(CERTIFI) | {der}
    assert CERTIFI.read_bytes() == before


def test_a_server_certified_by_the_root_is_verified_with_the_bundle(
    settings: Settings, bundle: Callable[..., Path], publisher: Publisher, root: trustme.CA
) -> None:
    publisher.files["root"] = root.cert_pem.bytes()
    client = ssl.create_default_context(cafile=str(bundle(settings, "root")))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    root.issue_cert("giga.test").configure_cert(server)
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname="giga.test")
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert ours.getpeercert()["subjectAltName"] == (("DNS", "giga.test"),)  # type: ignore[index]


def test_the_root_may_come_as_pem_der_or_among_others(
    settings: Settings,
    bundle: Callable[..., Path],
    publisher: Publisher,
    root: trustme.CA,
    der: bytes,
) -> None:
    pem = root.cert_pem.bytes()
    publisher.files |= {
        "pem": b"# a comment\r\n" + pem.replace(b"\n", b"\r\n"),
        "der": der,
        "many": trustme.CA().cert_pem.bytes() + pem,
    }
    for name in ("pem", "der", "many"):
        assert trusted(bundle(settings, name)) == trusted(CERTIFI) | {der}
        (settings.state_dir / trust.ROOT_FILE).unlink()


def test_addresses_are_tried_in_order_until_one_has_the_pinned_certificate(
    settings: Settings, bundle: Callable[..., Path], publisher: Publisher, der: bytes
) -> None:
    publisher.files |= {
        "other": trustme.CA().cert_pem.bytes(),
        "page": b"<html>-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----</html>",
        "root": der,
        "spare": der,
    }
    bundle(settings, "missing", "other", "page", "root", "spare")
    assert publisher.asked == ["/missing", "/other", "/page", "/root"]


def test_an_https_address_with_an_unknown_certificate_serves_too(
    settings: Settings, publisher: Publisher, root: trustme.CA, der: bytes
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    root.issue_cert("127.0.0.1").configure_cert(context)
    publisher.socket = context.wrap_socket(publisher.socket, server_side=True)
    publisher.files["root"] = der
    path = trust.bundle(
        settings,
        root_urls=[publisher.url("root", "https")],
        sha256=hashlib.sha256(der).hexdigest(),
    )
    assert path is not None
    assert der in trusted(path)


def test_a_certificate_with_another_fingerprint_is_never_trusted(
    settings: Settings, bundle: Callable[..., Path], publisher: Publisher
) -> None:
    publisher.files["root"] = trustme.CA().cert_pem.bytes()
    with pytest.raises(TrustError) as caught:
        bundle(settings, "root")
    assert "127.0.0.1: not the certificate with the pinned SHA-256" in caught.value.message
    assert list(settings.state_dir.iterdir()) == []


def test_without_a_network_both_ways_out_are_told(settings: Settings) -> None:
    def no_network(url: str, proxy: object) -> bytes:
        raise outbound.NotReached("gu-st.ru: OSError")

    with pytest.raises(TrustError) as caught:
        trust.bundle(settings, fetch=no_network)
    assert caught.value.message.count("gu-st.ru") == 1, "however many addresses of it were asked"
    assert "connect this machine to the internet" in caught.value.message
    assert "GIGACHAT_CA_BUNDLE_FILE" in caught.value.message
    assert "\n" not in caught.value.message


def test_an_endless_download_is_cut_off(
    settings: Settings, bundle: Callable[..., Path], publisher: Publisher, der: bytes
) -> None:
    publisher.files["root"] = b"#" * trust.MAX_CERTIFICATE + ssl.DER_cert_to_PEM_cert(der).encode()
    with pytest.raises(TrustError):
        bundle(settings, "root")


def test_the_second_start_fetches_and_writes_nothing(
    settings: Settings, bundle: Callable[..., Path], publisher: Publisher, der: bytes
) -> None:
    publisher.files["root"] = der
    path = bundle(settings, "root")
    before = path.stat()
    assert bundle(settings, "root") == path
    assert publisher.asked == ["/root"]
    assert path.stat().st_ino == before.st_ino


@pytest.mark.parametrize("damage", [b"", b"junk", trustme.CA().cert_pem.bytes()])
def test_a_kept_root_that_is_not_the_pinned_one_is_fetched_anew(
    settings: Settings,
    bundle: Callable[..., Path],
    publisher: Publisher,
    der: bytes,
    damage: bytes,
) -> None:
    publisher.files["root"] = der
    path = bundle(settings, "root")
    (settings.state_dir / trust.ROOT_FILE).write_bytes(damage)
    assert bundle(settings, "root") == path
    assert publisher.asked == ["/root", "/root"]


def test_a_damaged_bundle_is_written_anew(
    settings: Settings, bundle: Callable[..., Path], publisher: Publisher, der: bytes
) -> None:
    publisher.files["root"] = der
    path = bundle(settings, "root")
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    assert bundle(settings, "root").read_bytes() == whole


def test_a_newer_certifi_makes_a_new_bundle(
    settings: Settings,
    bundle: Callable[..., Path],
    publisher: Publisher,
    der: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publisher.files["root"] = der
    old = bundle(settings, "root")
    newer = tmp_path / "newer.pem"
    newer.write_bytes(trustme.CA().cert_pem.bytes())
    monkeypatch.setattr(certifi, "where", lambda: str(newer))
    new = bundle(settings, "root")
    assert new != old
    assert trusted(new) == trusted(newer) | {der}


def test_concurrent_starts_get_the_same_whole_file(
    settings: Settings, bundle: Callable[..., Path], publisher: Publisher, der: bytes
) -> None:
    publisher.files["root"] = der
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda _: bundle(settings, "root"), range(8)))
    (path,) = paths
    assert trusted(path) == trusted(CERTIFI) | {der}
    assert {file.name for file in settings.state_dir.iterdir()} == {path.name, trust.ROOT_FILE}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("form", ["pem", "der", "with a key"])
def test_a_file_of_the_users_own_is_added_and_nothing_is_fetched(
    settings: Settings, root: trustme.CA, der: bytes, tmp_path: Path, form: str
) -> None:
    pem = root.cert_pem.bytes()
    key = root.private_key_pem.bytes()
    file = tmp_path / "own.pem"
    file.write_bytes({"pem": pem, "der": der, "with a key": key + pem}[form])
    path = trust.bundle(with_upstream(settings, ca_bundle_file=file), fetch=never)
    assert path is not None
    assert trusted(path) == trusted(CERTIFI) | {der}
    assert b"PRIVATE" not in path.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no certificate",
        b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        trustme.CA().cert_pem.bytes()
        + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        b"\xff" * 100,
    ],
)
def test_a_file_of_the_users_own_that_does_not_parse_stops_the_start(
    settings: Settings, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "own.pem"
    file.write_bytes(content)
    with pytest.raises(TrustError, match=r"GIGACHAT_CA_BUNDLE_FILE: .*holds no certificate"):
        trust.bundle(with_upstream(settings, ca_bundle_file=file), fetch=never)


def test_nothing_is_fetched_where_nothing_is_verified(settings: Settings) -> None:
    plain = {"base_url": "http://x/v1", "auth_url": "http://x/oauth"}
    assert trust.bundle(with_upstream(settings, **plain), fetch=never) is None
    assert trust.bundle(with_upstream(settings, verify=False), fetch=never) is None
    assert "NOT checked" in trust.NOT_VERIFIED


def test_a_bundle_is_made_if_oauth_alone_is_tls(
    settings: Settings, publisher: Publisher, der: bytes
) -> None:
    publisher.files["root"] = der
    path = trust.bundle(
        with_upstream(settings, base_url="http://x/v1"),
        root_urls=[publisher.url("root")],
        sha256=hashlib.sha256(der).hexdigest(),
    )
    assert path is not None


def test_a_state_directory_that_cannot_be_written_is_a_trust_error(
    settings: Settings,
    bundle: Callable[..., Path],
    publisher: Publisher,
    der: bytes,
    tmp_path: Path,
) -> None:
    publisher.files["root"] = der
    missing = Settings(authorization_key=Secret("key"), state_dir=tmp_path / "missing")
    with pytest.raises(TrustError, match="cannot be written"):
        bundle(missing, "root")
