from urllib.parse import urlsplit

import pytest

from gigagate.core import signed_link
from gigagate.errors import LinkRefused

KEY = b"k" * 32
NOW = 1_700_000_000
ID = "5f8f9c3e-7a86-4a2b-9a0a-1d6f7b9e1c11"


def link(client: str = "алиса") -> str:
    return signed_link.make("http://localhost:4000/v1", ID, client=client, key=KEY, now=NOW)


def client_of(url: str, file_id: str = ID, *, key: bytes = KEY, now: int = NOW) -> str | None:
    return signed_link.client_of(file_id, urlsplit(url).query, key=key, now=now)


@pytest.mark.parametrize("client", ["", "алиса", "a&b=c\n"])
def test_a_link_opens_the_file_for_its_client(client: str) -> None:
    url = link(client)
    assert urlsplit(url).path == f"/v1/files/{ID}/content"
    assert client_of(url, now=NOW + signed_link.LIFE) == client


def test_without_a_signature_it_is_no_link_of_ours() -> None:
    assert client_of("http://localhost/v1/files/x/content") is None
    assert client_of("http://localhost/v1/files/x/content?a=b") is None


def test_a_link_expires() -> None:
    with pytest.raises(LinkRefused, match="expired"):
        client_of(link(), now=NOW + signed_link.LIFE + 1)


@pytest.mark.parametrize(
    "forged",
    [
        link().replace("expires=17", "expires=27"),
        link().replace("client=", "client=x"),
        link("").replace("&signature", "&client=bob&signature"),
        link()[:-1] + ("0" if link()[-1] != "0" else "1"),
        link().replace("expires=17", "expires=x"),
        link().replace("expires=17", "expires=²"),
        "http://x/?signature=",
        "http://x/?signature=ж&expires=1",
    ],
)
def test_nothing_of_a_link_can_be_changed(forged: str) -> None:
    assert forged != link()
    query = urlsplit(forged).query
    if "signature=&" in query or query.endswith("signature="):
        assert client_of(forged) is None  # an empty value is none
        return
    with pytest.raises(LinkRefused):
        client_of(forged)


def test_a_link_opens_no_other_file_and_is_worth_nothing_elsewhere() -> None:
    with pytest.raises(LinkRefused):
        client_of(link(), "another-file")
    with pytest.raises(LinkRefused):
        client_of(link(), key=b"x" * 32)
