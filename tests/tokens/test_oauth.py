import socket
import ssl
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.support.checkout import KEY
from tests.support.dripping import Dripping
from tests.support.oauth_server import OAuthServer

from gigagate import __version__
from gigagate.errors import CredentialError, CredentialsRejected, TokenUnavailable
from gigagate.settings import Secret, Upstream
from gigagate.tokens import OAuthClient

NOW = 1_700_000_000.0
LATER = 1_700_001_800


def client(url: str, **upstream: Any) -> OAuthClient:
    return OAuthClient(Upstream(auth_url=url, **upstream), Secret(KEY), clock=lambda: NOW)


def error(client: OAuthClient) -> CredentialError:
    with pytest.raises(CredentialError) as caught:
        client.fetch()
    assert KEY not in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value


def test_the_request_is_what_gigachat_asks_for(server: OAuthServer) -> None:
    token = client(server.url, scope="GIGACHAT_API_B2B").fetch()
    assert token.value == "token-1"
    assert "token-1" not in repr(token)
    (asked,) = server.asked
    assert asked.path == "/api/v2/oauth"
    assert asked.body == "scope=GIGACHAT_API_B2B"
    assert asked.headers["Authorization"] == f"Basic {KEY}"
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers["User-Agent"] == f"GigaGate/{__version__}"
    assert uuid.UUID(asked.headers["RqUID"]).version == 4


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": "t", "expires_at": LATER * 1000},
        {"access_token": "t", "expires_at": LATER},
        {"tok": "t", "exp": LATER},
        {"tok": "t", "exp": LATER * 1000},
    ],
)
def test_a_token_is_read_in_every_form_it_comes_in(server: OAuthServer, answer: object) -> None:
    server.answer(200, answer)
    token = client(server.url).fetch()
    assert token.value == "t"
    assert token.expires_at == LATER


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "holds no token"),
        (b"<html>", "holds no token"),
        (b"[]", "holds no token"),
        (b"\xff", "holds no token"),
        ({}, "holds no token"),
        ({"access_token": None, "expires_at": LATER}, "holds no token"),
        ({"access_token": "", "expires_at": LATER}, "holds no token"),
        ({"access_token": "a b", "expires_at": LATER}, "holds no token"),
        ({"access_token": "a\r\nX: b", "expires_at": LATER}, "holds no token"),
        ({"access_token": "токен", "expires_at": LATER}, "holds no token"),
        ({"access_token": "t"}, "does not say when"),
        ({"access_token": "t", "expires_at": "soon"}, "does not say when"),
        ({"access_token": "t", "expires_at": NOW - 1}, "Set the clock"),
        (b'{"access_token": "t", "expires_at": NaN}', "holds no token"),
        (b'{"access_token": "t", "expires_at": 1e999}', "holds no token"),
        ({"access_token": "t", "expires_at": 10**400}, "does not say when"),
        (b"[" * 60_000, "holds no token"),
    ],
)
def test_a_nonsense_answer_is_no_token(server: OAuthServer, answer: object, reason: str) -> None:
    server.answer(200, answer)
    refusal = error(client(server.url))
    assert isinstance(refusal, TokenUnavailable)
    assert reason in refusal.message
    assert "127.0.0.1" in refusal.message


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (401, {"code": 6, "message": "credentials doesn't match db data"}, "doesn't match db"),
        (401, {"code": 4, "message": "Can't decode 'Authorization' header"}, "Can't decode"),
        (401, b"<html>", "HTTP 401"),
        (400, {"code": 5, "message": "scope is empty"}, "scope is empty"),
        (403, {"code": 6, "message": f"key {KEY} is blocked"}, "key *** is blocked"),
    ],
)
def test_a_rejected_key_says_whose_key_and_where_to_fix_it(
    server: OAuthServer, status: int, answer: object, words: str
) -> None:
    server.answer(status, answer)
    refusal = error(client(server.url))
    assert isinstance(refusal, CredentialsRejected)
    assert refusal.status == 401
    assert refusal.code == "upstream_credentials_rejected"
    assert refusal.message.startswith("GigaChat rejected this proxy's authorization key (")
    assert words in refusal.message
    assert "Fix GIGACHAT_AUTH_KEY on the proxy" in refusal.message
    assert "the key in your client is not used" in refusal.message


@pytest.mark.parametrize("status", [400, 401])
def test_a_wrong_scope_says_what_was_asked_and_what_to_try(
    server: OAuthServer, status: int
) -> None:
    message = "scope from db not fully includes consumed scope"
    server.answer(status, {"code": 7, "message": message})
    refusal = error(client(server.url, scope="GIGACHAT_API_PERS"))
    assert isinstance(refusal, CredentialsRejected)
    assert "the scope GIGACHAT_API_PERS" in refusal.message
    assert "Set GIGACHAT_SCOPE on the proxy to GIGACHAT_API_B2B or" in refusal.message


@pytest.mark.parametrize(
    ("status", "reason", "ours"),
    [
        (429, "too many tokens", 503),
        (500, "HTTP 500", 503),
        (503, "HTTP 503", 503),
        (404, "HTTP 404", 502),
    ],
)
def test_a_failing_endpoint_is_no_fault_of_the_key(
    server: OAuthServer, status: int, reason: str, ours: int
) -> None:
    """503: it may pass by itself; 502: somebody has to do something."""
    server.answer(status, {"message": "x" * 1000})
    refusal = error(client(server.url))
    assert isinstance(refusal, TokenUnavailable)
    assert refusal.status == ours
    assert reason in refusal.message
    assert len(refusal.message) < 400


def test_a_redirect_is_not_followed(server: OAuthServer) -> None:
    server.answer(307, b"", Location=server.url)
    refusal = error(client(server.url))
    assert isinstance(refusal, TokenUnavailable)
    assert "it redirects" in refusal.message
    assert len(server.asked) == 1


def test_proxies_and_netrc_of_the_environment_are_not_obeyed(
    server: OAuthServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    client(server.url).fetch()
    assert server.asked[0].headers["Authorization"] == f"Basic {KEY}"


def test_an_endpoint_that_refuses_connections_is_unavailable() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        refusal = error(client(f"http://127.0.0.1:{bound.getsockname()[1]}/"))
    assert isinstance(refusal, TokenUnavailable)
    assert "no connection" in refusal.message


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
def test_an_endpoint_that_falls_silent_is_given_up(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gigagate.tokens.oauth.SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        silent = client(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        connection: list[socket.socket] = []

        def accept() -> None:
            connection.append(listening.accept()[0])
            connection[0].sendall(sent)

        thread = threading.Thread(target=accept)
        thread.start()
        refusal = error(silent)
        thread.join()
        connection[0].close()
    assert isinstance(refusal, TokenUnavailable)
    assert "did not answer in time" in refusal.message


def test_an_endpoint_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gigagate.tokens.oauth.SECONDS", 0.3)
    with Dripping(b"HTTP/1.1 200 OK\r\nX-A: ", b"a", pause=0.02) as server:
        refusal = error(client(f"{server.url}/"))
    assert isinstance(refusal, TokenUnavailable)
    assert "did not answer in time" in refusal.message


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_url(server: OAuthServer, authority: trustme.CA) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return f"https://127.0.0.1:{server.server_port}/api/v2/oauth"


def test_a_trusted_certificate_is_verified_with_the_bundle(
    tls_url: str, authority: trustme.CA, tmp_path: Path
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    oauth = OAuthClient(Upstream(auth_url=tls_url), Secret(KEY), bundle)
    assert oauth.fetch().value == "token-1"


def test_an_unknown_certificate_gets_no_key(tls_url: str, server: OAuthServer) -> None:
    refusal = error(client(tls_url))
    assert isinstance(refusal, TokenUnavailable)
    assert "GIGACHAT_CA_BUNDLE_FILE" in refusal.message
    assert server.asked == []


def test_without_verification_any_certificate_will_do(tls_url: str) -> None:
    assert client(tls_url, verify=False).fetch().value == "token-1"
