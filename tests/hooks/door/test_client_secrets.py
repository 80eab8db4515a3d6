"""Wherever a dialect looks for a key, nobody is shown what stands there."""

from collections.abc import Iterator

import pytest
from mitmproxy.test import tutils

from gigagate.core.http import Head
from gigagate.dialects.dialect import Dialect
from gigagate.hooks.door import client_secrets
from gigagate.routes import DIALECTS

KEY = "sk-client-key-0123456789"


class Asked(dict[str, str]):
    """Headers that remember which were looked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return True

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return KEY

    def get(self, name: str, default: object = None) -> str:  # type: ignore[override]
        return self[name]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("a dialect names the headers it looks at")


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_header_where_a_dialect_looks_for_a_key_is_hidden(dialect: Dialect) -> None:
    headers = Asked()
    assert KEY in list(dialect.keys(Head("POST", "/", headers)))
    assert {name.encode() for name in headers.names} <= client_secrets.headers()
    for name in headers.names:
        request = tutils.treq()
        request.headers[name.title()] = f"Bearer {KEY}"
        client_secrets.remove(request)
        assert request.headers[name] == client_secrets.HIDDEN


@pytest.mark.parametrize("name", ["key", "api_key", "access_token", "KEY"])
def test_a_key_in_the_query_is_hidden(name: str) -> None:
    request = tutils.treq(path=f"/v1/models?a=1&{name}={KEY}&b=2")
    client_secrets.remove(request)
    assert KEY not in request.path
    assert request.path.endswith("&b=2")
