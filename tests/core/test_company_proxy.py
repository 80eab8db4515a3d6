"""Which way is taken to an address, and what is shown of it."""

import base64

import pytest

from gigagate.core.company_proxy import CompanyProxy, Ways, excepted, refusal, ways

OURS = CompanyProxy("ours", 1, "GIGAGATE_UPSTREAM_PROXY")
API, PLAIN = "https://api.giga.chat/v1", "http://nuc-cdp.digital.gov.ru/a.crt"
BOTH = {"HTTPS_PROXY": "http://p:3128", "HTTP_PROXY": "http://q:3128"}


@pytest.mark.parametrize(
    ("environ", "url", "way"),
    [
        ({}, API, None),
        (BOTH, API, "p"),
        (BOTH, PLAIN, "q"),
        ({"HTTP_PROXY": "http://q:3128"}, API, None),
        ({"https_proxy": "r:3128"} | BOTH, API, "r"),
        ({"HTTPS_PROXY": " "}, API, None),
        (BOTH | {"NO_PROXY": "giga.chat"}, API, None),
        (BOTH | {"NO_PROXY": "giga.chat", "no_proxy": "other"}, API, "p"),
        (BOTH, "https://localhost:4443/v1", None),
        (BOTH, "https://127.0.0.1:4443/v1", None),
        (BOTH, "https://[::1]:4443/v1", None),
        ({"ALL_PROXY": "socks5://s:1080"}, API, None),
    ],
)
def test_the_variables_of_other_programs(
    environ: dict[str, str], url: str, way: str | None
) -> None:
    found = ways(environ, None).to_gigachat(url)
    assert (found and found.host) == way


def test_ours_wins_for_gigachat_and_for_nothing_else() -> None:
    found = ways(BOTH | {"NO_PROXY": "*"}, OURS)
    assert found.to_gigachat(API) == found.to_gigachat("https://localhost/") == OURS
    assert found.elsewhere(API) is None
    direct = ways(BOTH, None, direct=True)
    assert direct.to_gigachat(API) is None
    assert direct.elsewhere(API) is not None
    assert Ways().to_gigachat(API) is None


@pytest.mark.parametrize(
    ("exceptions", "excepts"),
    [
        ("", False),
        ("*", True),
        ("api.giga.chat", True),
        (".giga.chat", True),
        ("*.giga.chat", True),
        ("giga.chat", True),
        ("GIGA.CHAT.", True),
        ("iga.chat", False),
        ("api.giga.chat.ru", False),
        ("a.b, giga.chat ,c", True),
        ("a giga.chat", True),
        ("giga.chat:443", True),
        ("giga.chat:8443", False),
        ("10.0.0.0/8", False),
        (":", False),
        (".", False),
        (",", False),
    ],
)
def test_names_that_are_excepted(exceptions: str, excepts: bool) -> None:
    assert excepted("api.giga.chat", 443, exceptions) is excepts


@pytest.mark.parametrize(
    ("host", "exceptions", "excepts"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:443", True),
        ("10.1.2.3", "10.1.2.3:80", False),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("fd00::1", "fd00::/8", True),
        ("fd00::1", "fd00::1", True),
        ("fd00::1", "[fd00::1]", True),
        ("fd00::1", "10.0.0.0/8", False),
    ],
)
def test_addresses_that_are_excepted(host: str, exceptions: str, excepts: bool) -> None:
    assert excepted(host, 443, exceptions) is excepts


@pytest.mark.parametrize(
    ("text", "address", "pair"),
    [
        ("http://proxy.corp:3128", ("proxy.corp", 3128), None),
        ("proxy.corp:3128", ("proxy.corp", 3128), None),
        ("http://proxy.corp/", ("proxy.corp", 80), None),
        ("http://[fd00::1]:3128", ("fd00::1", 3128), None),
        ("http://me:p%40ss@proxy.corp:3128", ("proxy.corp", 3128), "me:p@ss"),
        ("me:слово@proxy.corp:3128", ("proxy.corp", 3128), "me:слово"),
        ("http://me@proxy.corp", ("proxy.corp", 80), "me:"),
    ],
)
def test_an_address_is_read(text: str, address: tuple[str, int], pair: str | None) -> None:
    proxy = CompanyProxy.read(text, "HTTPS_PROXY")
    assert proxy.address == address
    sent = base64.b64decode(proxy.authorization.removeprefix("Basic ")).decode()
    assert (sent or None) == pair
    for shown in (repr(proxy), str(proxy), refusal(proxy, 407, "api.giga.chat")):
        assert "p@ss" not in shown
        assert "p%40ss" not in shown
        assert proxy.authorization not in shown or not proxy.authorization


@pytest.mark.parametrize(
    "text",
    [
        "socks5://me:hidden@s:1080",
        "https://me:hidden@s:443",
        "http://",
        "http://me:hidden@s:99999",
        "http://me:hidden@s:port",
        "http://me:hidden@[fd00::1",
        "http://me:hidden@a b:1",
        "http://me:hidden@a{b:1",
    ],
)
def test_what_is_no_such_address_is_told_without_it(text: str) -> None:
    with pytest.raises(ValueError, match="http://") as refused:
        CompanyProxy.read(text, "X")
    assert "hidden" not in str(refused.value)
    with pytest.raises(ValueError, match=r"^HTTPS_PROXY: .*GIGAGATE_UPSTREAM_PROXY wins"):
        ways({"HTTPS_PROXY": text}, None)
    assert ways({"HTTPS_PROXY": text}, OURS).to_gigachat(API) == OURS
    assert ways({"HTTPS_PROXY": text}, None, direct=True).to_gigachat(API) is None


def test_a_refusal_names_the_proxy_the_address_and_what_to_do() -> None:
    told = refusal(OURS, 407, "api.giga.chat")
    assert told == (
        "the proxy ours:1 (GIGAGATE_UPSTREAM_PROXY) refuses the way to api.giga.chat: it asks for "
        "a user and a password: GIGAGATE_UPSTREAM_PROXY=http://user:password@host:port (status 407)"
    )
    assert "forbids" in refusal(OURS, 403, "a")
    assert "status 418" in refusal(OURS, 418, "a")
