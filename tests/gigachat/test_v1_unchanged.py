"""What GigaChat v1 is sent for a request that needs nothing of v2: byte for byte as ever."""

import json

import pytest
from tests.support.v1_requests import FILE, digest, requests, sent

from gigagate.core.http import ClientRequest
from gigagate.core.policy import Policy

ONLY_V2 = ("cline: two tools at once, one broken", "claude code's schemas")
"""Several calls at once in the history, a web search."""
KNOWN: dict[str, str] = json.loads(FILE.read_text())


def test_every_request_has_its_digest() -> None:
    assert [name for name, _ in requests()] == list(KNOWN)


@pytest.mark.parametrize(("name", "request_"), list(requests()), ids=KNOWN)
def test_v1_gets_what_it_ever_got(name: str, request_: ClientRequest) -> None:
    upstream = sent(request_, Policy(api="v1"))
    assert upstream.path == "/v1/chat/completions"
    assert digest(upstream) == KNOWN[name]
    chosen = sent(request_, Policy())
    if name.startswith(ONLY_V2):
        assert chosen.path == "/v2/chat/completions"
    else:
        assert (chosen.path, digest(chosen)) == (upstream.path, KNOWN[name])
