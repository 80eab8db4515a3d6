"""serve, web, console: mitmproxy's three programs, started as our reverse proxy in this process.

Mode, address and configuration directory are given on the command line because an addon that sets
them later is too late: mitmproxy would first listen as an open forward proxy.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from gigagate import trust
from gigagate.cli import ENTRY, ROOT
from gigagate.errors import SettingsError
from gigagate.settings import Settings

PROGRAMS = {"serve": "mitmdump", "web": "mitmweb", "console": "mitmproxy"}


def arguments(settings: Settings, user: Sequence[str]) -> list[str]:
    """The user's port, address and other options win, the mode does not.  Raises SettingsError."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-m", "--mode", action="append", default=[])
    parser.add_argument("--set", action="append", default=[], dest="options")
    known, rest = parser.parse_known_args(user)

    mode = settings.upstream_mode
    for other in known.mode:
        if other != mode:
            raise SettingsError(
                f"--mode {other} is not possible: GigaGate is a reverse proxy to GigaChat. "
                "Another GigaChat address goes into GIGACHAT_BASE_URL."
            )

    defaults = {
        "listen_host": ["--listen-host", "127.0.0.1"],
        "listen_port": ["-p", "4000"],
        "confdir": ["--set", f"confdir={settings.state_dir / 'mitmproxy'}"],
    }
    chosen = {option.partition("=")[0] for option in known.options}
    argv = ["--mode", mode, "-s", str(ENTRY)]
    for name, default in defaults.items():
        if name not in chosen:
            argv += default
    for option in known.options:
        argv += ["--set", option]
    return argv + rest


def main(verb: str, args: list[str]) -> int:
    settings = Settings.load(environ=os.environ, root=ROOT)
    argv = arguments(settings, args)
    trust.bundle(settings)

    from mitmproxy.tools import main as programs

    program = PROGRAMS[verb]
    sys.argv = [program, *argv]
    getattr(programs, program)(argv)
    return 0
