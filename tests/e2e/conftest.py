"""One proxy in front of one emulator, shared by the tests of a file."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.support import agent_task
from tests.support.fault_table import TABLE
from tests.support.proxy import Proxy
from tests.support.saved_sessions import SavedSessions

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

if TYPE_CHECKING:
    from openai import OpenAI

Served = tuple[Emulator, Proxy]


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path | None:
    """Where a file's flows are saved, if it says SAVES_FLOWS."""
    saves = getattr(request.module, "SAVES_FLOWS", False)
    return tmp_path_factory.mktemp("flows") / "flows.mitm" if saves else None


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, flows: Path | None) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(config, state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, *(["-w", str(flows)] if flows else [])) as proxy:
            yield emulator, proxy


@pytest.fixture
def emulator(served: Served) -> Iterator[Emulator]:
    """With an empty log; what a test changes of it lasts for that test."""
    emulator, _ = served
    switches = dataclasses.asdict(emulator.config)
    emulator.log.clear()
    yield emulator
    emulator.script.clear()
    emulator.faults.clear()
    emulator.switch(**switches)


@pytest.fixture
def proxy(served: Served, emulator: Emulator) -> Proxy:
    return served[1]


@pytest.fixture
def sessions(emulator: Emulator, flows: Path | None) -> SavedSessions:
    assert flows is not None
    return SavedSessions(flows)


@pytest.fixture
def client(proxy: Proxy) -> "Iterator[OpenAI]":
    from openai import OpenAI  # slow, and for a few files only

    with OpenAI(base_url=proxy.base_url, api_key="any", max_retries=0, timeout=30) as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a coding agent works."""
    return agent_task.work_folder(tmp_path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TABLE.rows:
        terminalreporter.section("faults")
        terminalreporter.write_line(TABLE.markdown())
