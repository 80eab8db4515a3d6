"""/emulator/…: a test in another process commands the emulator.  No token is asked for.

POST /emulator/faults    a fault or a list of them (see faults.py)
POST /emulator/script    a list of answers (see model.py)
POST /emulator/switches  {"name": value} of the configuration
POST /emulator/revoke    every access token expires
POST /emulator/reset     forgets everything and takes back the switches
GET  /emulator/log       what was received, and how many times OAuth was called
"""

from typing import Any, Protocol

from gigagate.emulator.config import ConfigError
from gigagate.emulator.faults import Faults
from gigagate.emulator.log import Received
from gigagate.emulator.model import Script
from gigagate.emulator.reply import Reply, error, ok

PREFIX = "/emulator/"


class Commanded(Protocol):
    """The emulator, as far as it is commanded from outside."""

    @property
    def faults(self) -> Faults: ...
    @property
    def script(self) -> Script: ...
    @property
    def log(self) -> list[Received]: ...
    @property
    def oauth_calls(self) -> int: ...
    def revoke_tokens(self) -> None: ...
    def reset(self) -> None: ...
    def switch(self, **values: Any) -> None: ...


def control(emulator: Commanded, received: Received) -> Reply:
    command = (received.method, received.path.removeprefix(PREFIX))
    given = received.json
    try:
        match command:
            case ("GET", "log"):
                requests = [r.as_dict() for r in emulator.log]
                return ok({"requests": requests, "oauth_calls": emulator.oauth_calls})
            case ("POST", "faults"):
                emulator.faults.add(*(given if isinstance(given, list) else [given]))
            case ("POST", "script"):
                emulator.script.add(*(given if isinstance(given, list) else [given]))
            case ("POST", "switches"):
                emulator.switch(**given)
            case ("POST", "revoke"):
                emulator.revoke_tokens()
            case ("POST", "reset"):
                emulator.reset()
            case _:
                return error(404, "No such command")
    except (ConfigError, TypeError) as wrong:
        return error(400, str(wrong))
    return ok({"status": 200})
