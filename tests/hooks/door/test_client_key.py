import base64
import hashlib

import pytest
from mitmproxy import http

from gigagate.hooks.door import client_key, client_secrets

KEYS = {
    hashlib.sha256(b"key-of-anna").hexdigest(): "anna",
    hashlib.sha256("ключ".encode()).hexdigest(): "boris",
}


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"authorization": "Bearer key-of-anna"}, "anna"),
        ({"authorization": "bearer  key-of-anna "}, "anna"),
        ({"authorization": basic("whoever:key-of-anna")}, "anna"),
        ({"authorization": basic("whoever:ключ")}, "boris"),
        ({"x-api-key": "key-of-anna"}, "anna"),
        ({"api-key": "key-of-anna"}, "anna"),
        ({"x-goog-api-key": "key-of-anna"}, "anna"),
        ({"authorization": "Bearer wrong", "x-api-key": "key-of-anna"}, "anna"),
        ({"authorization": "Bearer wrong"}, None),
        ({"authorization": "key-of-anna"}, None),
        ({"authorization": "Basic !!!"}, None),
        ({"authorization": basic("key-of-anna")}, None),
        ({"authorization": ""}, None),
        ({}, None),
    ],
)
def test_a_key_is_found_where_clients_put_it(headers: dict[str, str], name: str | None) -> None:
    request = http.Request.make("GET", "http://localhost/", headers=headers)
    assert client_key.holder(request, KEYS) == name


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("key=key-of-anna", "anna"),
        ("alt=sse&key=key-of-anna", "anna"),
        ("key=%D0%BA%D0%BB%D1%8E%D1%87", "boris"),
        ("key=wrong&key=key-of-anna", "anna"),
        ("k%65y=key-of-anna", None),
        ("monkey=key-of-anna", None),
        ("key=wrong", None),
        ("", None),
    ],
)
def test_googles_key_in_the_address_is_found_and_leaves_it(query: str, name: str | None) -> None:
    """Under its plain name alone: another spelling would not be hidden."""
    url = f"http://localhost/v1beta/models/x:generateContent?{query}"
    request = http.Request.make("POST", url)
    assert client_key.holder(request, KEYS) == name
    client_secrets.remove(request)
    assert name is None or "key-of-anna" not in request.path
    assert "%D1%8E" not in request.path
