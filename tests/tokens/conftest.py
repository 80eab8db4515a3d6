from collections.abc import Iterator

import pytest
from tests.support import oauth_server
from tests.support.oauth_server import OAuthServer


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with oauth_server.running() as running:
        yield running
