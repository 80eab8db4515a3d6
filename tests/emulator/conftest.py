"""A running emulator, and a client that has a token."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from gigagate.emulator import EmulatorConfig, EmulatorThread

Start = Callable[..., EmulatorThread]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts emulators over plain HTTP, with the switches given; all are stopped in the end."""
    with ExitStack() as stack:
        yield lambda **switches: stack.enter_context(
            EmulatorThread(EmulatorConfig().changed(switches), tls=False)
        )


@pytest.fixture
def emulator(start: Start) -> EmulatorThread:
    return start()


@pytest.fixture
def connect() -> Iterator[Callable[[EmulatorThread], httpx.Client]]:
    with ExitStack() as stack:

        def connected(emulator: EmulatorThread) -> httpx.Client:
            client = stack.enter_context(httpx.Client(base_url=emulator.base_url, timeout=20))
            client.headers["Authorization"] = f"Bearer {token(emulator)}"
            return client

        yield connected


@pytest.fixture
def client(
    emulator: EmulatorThread, connect: Callable[[EmulatorThread], httpx.Client]
) -> httpx.Client:
    return connect(emulator)


def token(emulator: EmulatorThread) -> str:
    answer = httpx.post(
        emulator.auth_url,
        headers={
            "RqUID": str(uuid.uuid4()),
            "Authorization": f"Basic {emulator.authorization_key}",
        },
        data={"scope": "GIGACHAT_API_PERS"},
    )
    text: str = answer.json()["access_token"]
    return text
