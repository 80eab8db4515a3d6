"""--emulator: the local GigaChat beside the proxy, so that nothing has to be pasted.

Its certificate lies in the user's state directory and its port is the same each time if it is
free, so what trusts or names it goes on working after a restart.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gigagate.cli.demo.proxy import free_port, settings_of
from gigagate.emulator import EmulatorThread
from gigagate.settings import Settings

PORT = 9443
_OURS = ("GIGACHAT_CREDENTIALS", "GIGACHAT_ACCESS_TOKEN", "GIGACHAT_USER", "GIGACHAT_PASSWORD")
"""Other ways to say who one is: none of them is the local GigaChat's."""


def state_dir() -> Path:
    """The user's, whatever is said of the real GigaChat.  Raises SettingsError."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIGACHAT_")}
    return Settings.load(environ=kept, key_needed=False).state_dir


def folder() -> Path:
    """Where its certificate is kept.  Raises SettingsError."""
    return state_dir() / "emulator"


@contextmanager
def in_front_of_one() -> Iterator[None]:
    """This process's environment names the emulator, whatever the user's .env says."""
    with EmulatorThread(port=free_port(PORT), state_dir=folder()) as emulator:
        for name in _OURS:
            os.environ.pop(name, None)
        scope = emulator.config.credentials[0].scope
        os.environ.update(settings_of(emulator) | {"GIGACHAT_SCOPE": scope})
        print(
            f"In front of the local GigaChat at {emulator.base_url}: its answers are made up, "
            "and nothing leaves this machine.",
            file=sys.stderr,
        )
        yield
