import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.support.proxy import Proxy
from tests.support.stores import Place, RedisPlace, SqlitePlace
from tests.support.valkey import Valkey

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
"""How long an example takes tells of the machine, not of the code."""

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHOWN = 20_000
"""Characters of a log, its end."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What failed once on a busy machine is understood from what the proxies said."""
    report = yield
    if report.failed:
        for proxy in Proxy.running:
            report.sections.append((f"log of the proxy on {proxy.port}", proxy.output()[-SHOWN:]))
    return report


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A server for tests that let it live."""
    with Valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Valkey]:
    """A server of the test's own, which it may kill."""
    with Valkey(tmp_path) as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Every kind of place where stores keep things, empty."""
    if request.param == "sqlite":
        yield SqlitePlace(tmp_path)
        return
    found = RedisPlace(request.getfixturevalue("valkey").address)
    yield found
    found.close()
