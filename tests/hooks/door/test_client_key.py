import base64
import hashlib

import pytest
from mitmproxy import http

from gigagate.hooks.door import client_key

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
