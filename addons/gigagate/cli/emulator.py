"""emulator: the local GigaChat in a terminal.

Its certificate stays the same over restarts: it is kept where the proxy keeps its state.
"""

import contextlib

from gigagate.cli import local_gigachat
from gigagate.emulator import command
from gigagate.errors import SettingsError

STATE_DIR = "--state-dir"


def main(verb: str, args: list[str]) -> int:
    if not any(word.partition("=")[0] == STATE_DIR for word in args):
        with contextlib.suppress(SettingsError):  # of the proxy's: nothing to the emulator
            args = [STATE_DIR, str(local_gigachat.folder()), *args]
    return command.main(args)
