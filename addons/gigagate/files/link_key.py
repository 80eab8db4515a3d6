"""The key that signs links to pictures: made once, shared by every process of the user."""

import os
import secrets
from pathlib import Path

from gigagate import private_folder
from gigagate.errors import SettingsError

BYTES = 32


def load(path: Path) -> bytes:
    """Made if it is not there, mode 0600.  Raises SettingsError."""
    try:
        if not path.exists():
            _make(path)
        if fault := private_folder.fault_of_file(path):
            raise SettingsError(f"{fault}. Remove it: a new one will be made.")
        key = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be used: {error.strerror}.") from None
    if len(key) != BYTES:
        raise SettingsError(f"{path} is damaged. Remove it: a new one will be made.")
    return key


def _make(path: Path) -> None:
    """Whole or not at all; of several processes that start at once, the first one's stays."""
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    mine.unlink(missing_ok=True)
    descriptor = os.open(mine, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(BYTES))
    try:
        path.hardlink_to(mine)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
