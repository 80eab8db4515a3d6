"""Who may come in, as tables."""

import hashlib
from contextlib import nullcontext
from pathlib import Path

import pytest
from mitmproxy import http

from gigagate.clients import Budget, Clients, Ledger
from gigagate.clients.sqlite_store import SqliteClientStore
from gigagate.errors import HostNotAllowed, InvalidApiKey, LinkRefused
from gigagate.hooks.door import access
from gigagate.settings import Access, Secret, Settings


def settings(**changes: object) -> Settings:
    return Settings(authorization_key=Secret("key"), state_dir=Path(), **changes)  # type: ignore[arg-type]


OURS = settings(access=Access(hosts=("proxy.example.com", "fd00::1"), origins=("app://notes",)))


def request(path: str = "/v1/models", **headers: str) -> http.Request:
    fields = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    made = http.Request.make("GET", f"http://gigachat{path}")
    made.headers = http.Headers(list(fields.items()))
    return made


HOSTS_OF_OURS = [
    "localhost",
    "LocalHost:4000",
    "localhost.",
    "localhost.:80",
    "localhost:",
    "127.0.0.1:65535",
    "[::1]:4000",
    "[::1]",
    "[0:0:0:0:0:0:0:1]:80",
    "proxy.example.com:443",
    "[FD00::1]",
]


@pytest.mark.parametrize("host", HOSTS_OF_OURS)
def test_a_name_of_ours_is_answered_to_in_every_spelling(host: str) -> None:
    access.check_sender(request(host=host), OURS)


FOREIGN_HOSTS = [
    "",
    "evil.example",
    "evil.example:4000",
    "localhost.evil.example",
    "xlocalhost",
    "localhost..",
    "localhost:4000:4000",
    "localhost:port",
    "localhost:999999",
    "localhost@evil.example",
    "localhost/evil",
    "evil.example, localhost",
    "localhost evil.example",
    "::1",
    "[::1",
    "[::2]",
    "[::1]evil.example",
    "[::ffff:127.0.0.1]",
    "127.1",
    "2130706433",
    "0.0.0.0",
    "localhost\u0430",
]


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_name_is_refused(host: str) -> None:
    with pytest.raises(HostNotAllowed, match="GIGAGATE_ALLOWED_HOSTS"):
        access.check_sender(request(host=host), OURS)


def test_a_request_without_host_comes_from_no_browser() -> None:
    access.check_sender(request(), OURS)


@pytest.mark.parametrize("origin", ["app://notes", "APP://Notes", "http://localhost:4000"])
def test_a_listed_page_and_our_own_may_use_the_proxy(origin: str) -> None:
    access.check_sender(request(host="localhost:4000", origin=origin), OURS)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https://evil.example",
        "http://localhost",
        "http://localhost:3000",
        "http://127.0.0.1:4000",
        "app://notes.evil",
        "file://",
        "chrome-extension://localhost:4000",
    ],
)
def test_any_other_page_may_not(origin: str) -> None:
    with pytest.raises(HostNotAllowed, match=r"access\.origins"):
        access.check_sender(request(host="localhost:4000", origin=origin), OURS)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


WITH_KEYS = settings(client_keys={digest("anna-key"): "anna", digest("ключ"): "boris"})


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"authorization": "Bearer anna-key"}, "anna"),
        ({"authorization": "bearer  anna-key "}, "anna"),
        ({"x_api_key": "anna-key"}, "anna"),
        ({"api_key": "anna-key"}, "anna"),
        ({"authorization": "Bearer ключ"}, "boris"),
        ({"authorization": "Bearer wrong", "x_api_key": "anna-key"}, "anna"),
    ],
)
def test_a_key_tells_who_it_is(headers: dict[str, str], name: str) -> None:
    assert access.client_name(request(**headers), WITH_KEYS) == name


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "asks for a client key"),
        ({"authorization": "Bearer"}, "asks for a client key"),
        ({"x_api_key": ""}, "asks for a client key"),
        ({"authorization": "Bearer wrong"}, "does not know"),
        ({"authorization": "Bearer anna-key x"}, "does not know"),
        ({"authorization": f"Bearer {digest('anna-key')}"}, "does not know"),
        ({"authorization": "Token anna-key"}, "asks for a client key"),
        ({"x_api_key": "Anna-Key"}, "does not know"),
    ],
)
def test_without_a_known_key_nobody_comes_in_and_nothing_is_told(
    headers: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidApiKey, match=said) as refusal:
        access.client_name(request(**headers), WITH_KEYS)
    assert refusal.value.status == 401
    assert "anna" not in refusal.value.message
    assert "wrong" not in refusal.value.message


def test_a_key_of_bytes_that_are_no_text_is_refused() -> None:
    strange = request()
    strange.headers = http.Headers([(b"authorization", b"Bearer \xff\xfe")])
    with pytest.raises(InvalidApiKey):
        access.client_name(strange, WITH_KEYS)


def test_without_keys_any_key_and_none_will_do() -> None:
    for headers in ({}, {"authorization": "Bearer anything"}):
        assert access.client_name(request(**headers), settings()) == ""


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site"])
def test_what_a_foreign_page_embeds_is_refused(site: str) -> None:
    with pytest.raises(HostNotAllowed, match="Another web page"):
        access.check_page(request(host="localhost", sec_fetch_site=site))


@pytest.mark.parametrize("site", [None, "none", "same-origin"])
def test_what_no_page_or_our_own_asks_for_is_not(site: str | None) -> None:
    access.check_page(
        request(host="localhost", **({} if site is None else {"sec_fetch_site": site}))
    )


def test_a_page_that_tells_its_origin_is_judged_by_that() -> None:
    access.check_page(request(origin="app://notes", sec_fetch_site="cross-site"))


@pytest.mark.parametrize(
    ("client", "refusal"),
    [
        ("anna", None),
        ("of-team", None),
        ("revoked", LinkRefused),
        ("expired", LinkRefused),
        ("forgotten", LinkRefused),
        ("", LinkRefused),
    ],
)
def test_a_link_lives_no_longer_than_its_client_s_key(
    tmp_path: Path, client: str, refusal: type[Exception] | None
) -> None:
    store = SqliteClientStore(tmp_path)
    team = Clients(store)
    team.add("of-team")
    team.add("expired", Budget(expires=1.0))
    team.add("revoked")
    team.revoke("revoked")
    ledger = Ledger(store, tmp_path)
    with pytest.raises(refusal) if refusal else nullcontext():
        access.check_link(client, WITH_KEYS, ledger)


def test_where_nobody_is_asked_for_a_key_a_link_needs_none_behind_it(tmp_path: Path) -> None:
    access.check_link("anybody", settings(), Ledger(SqliteClientStore(tmp_path), tmp_path))
