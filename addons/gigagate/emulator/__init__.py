"""A strict local GigaChat over TLS: for the demo, for our tests and for our users' tests.

with EmulatorThread() as emulator:
    emulator.base_url, emulator.auth_url, emulator.ca_file, emulator.log
"""

from gigagate.emulator.config import ConfigError, Credential, EmulatorConfig
from gigagate.emulator.faults import Fault
from gigagate.emulator.log import Received
from gigagate.emulator.model import Answer, FunctionCall
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

__all__ = [
    "Answer",
    "ConfigError",
    "Credential",
    "Emulator",
    "EmulatorConfig",
    "EmulatorThread",
    "Fault",
    "FunctionCall",
    "Received",
]
