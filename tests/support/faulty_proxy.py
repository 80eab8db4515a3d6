"""A real proxy in which one function of ours raises, for the connections made meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from tests.support.proxy import ENTRY, MITMDUMP, ROOT, Proxy

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


class FaultyProxy:
    def __init__(self, proxy: Proxy, emulator: Emulator, fault_file: Path) -> None:
        self.proxy, self.emulator, self.fault_file = proxy, emulator, fault_file

    def post(self, fault: str, **body: object) -> requests.Response:
        """A request on a connection of its own, made while `fault` is in force."""
        with requests.Session() as session:
            return self.post_in(session, fault, **body)

    def post_in(self, session: requests.Session, fault: str, **body: object) -> requests.Response:
        """A fault comes into force with a new connection."""
        self.emulator.log.clear()
        self.fault_file.write_text(fault)
        try:
            return session.post(
                f"{self.proxy.base_url}/chat/completions", json=CHAT | body, timeout=20
            )
        finally:
            self.fault_file.write_text("")
            assert self.fault_file.with_suffix(".in-force").read_text() == fault

    def chats_upstream(self) -> int:
        return sum("chat" in received.target for received in self.emulator.log)


@contextmanager
def faulty_proxy(folder: Path) -> Iterator[FaultyProxy]:
    fault_file = folder / "fault"
    fault_file.write_text("")
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        command = (MITMDUMP, "-s", str(ROOT / "tests/support/inject_fault.py"), "-s", str(ENTRY))
        environment = {"FAULT_FILE": str(fault_file)}
        with Proxy(emulator, folder, command=command, environment=environment) as proxy:
            yield FaultyProxy(proxy, emulator, fault_file)
