"""Everything an emulator remembers, and one request as the routes see it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from gigagate.emulator.config import Credential, EmulatorConfig
from gigagate.emulator.faults import Faults
from gigagate.emulator.file_store import FileStore
from gigagate.emulator.log import Received, RequestLog
from gigagate.emulator.model import Script
from gigagate.emulator.oauth import TokenOffice
from gigagate.emulator.prompt_cache import PromptCache
from gigagate.emulator.reply import Reply


@dataclass(slots=True)
class State:
    config: EmulatorConfig
    log: RequestLog
    script: Script
    office: TokenOffice = field(default_factory=TokenOffice)
    faults: Faults = field(default_factory=Faults)
    files: FileStore = field(default_factory=FileStore)
    cache: PromptCache = field(default_factory=PromptCache)
    batches: dict[str, dict[str, object]] = field(default_factory=dict)
    generating: dict[int, str] = field(default_factory=dict)
    """Connection -> client id of those that generate now; what the concurrency limit counts."""
    clock: Callable[[], float] = time.time

    def clear(self) -> None:
        for part in (self.log, self.script, self.faults, self.files, self.cache, self.batches):
            part.clear()
        self.office.forget()


@dataclass(frozen=True, slots=True)
class Call:
    """A request that got past the gate."""

    received: Received
    credential: Credential
    session_id: str
    parameters: tuple[str, ...] = ()
    """What the route's pattern found in the path."""

    @property
    def owner(self) -> str:
        """Files are seen by their account, and within it by the X-Client-ID that sent them."""
        return f"{self.credential.client_id}/{self.received.header('x-client-id') or ''}"

    def query(self, name: str) -> str | None:
        values = parse_qs(self.received.target.partition("?")[2]).get(name)
        return values[0] if values else None


Handler = Callable[[State, Call], Awaitable[Reply]]
