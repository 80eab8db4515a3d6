"""serve, web, console: mitmproxy's three programs, started as our reverse proxy in this process.

Mode, address and configuration directory go on the command line: an addon that sets them comes too
late, mitmproxy would first listen as an open forward proxy.
"""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gigagate import running
from gigagate.cli import COMMAND, ENTRY
from gigagate.errors import SettingsError
from gigagate.settings import Settings

PROGRAMS = {"serve": "mitmdump", "web": "mitmweb", "console": "mitmproxy"}

CANNOT_LISTEN = {errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES}
"""mitmweb's page: its port is taken, for one."""

VERBOSE = "--verbose"
WORKERS = "--workers"
EMULATOR = "--emulator"


def workers(given: Sequence[str]) -> tuple[int, list[str]]:
    """How many processes, and the arguments without that.  Raises SettingsError."""
    count, others = "1", []
    words = iter(given)
    for word in words:
        name, equals, value = word.partition("=")
        if name == WORKERS:
            count = value if equals else next(words, "")
        else:
            others.append(word)
    if not (count.isascii() and count.isdecimal() and int(count)):
        raise SettingsError(f"{WORKERS} takes the number of processes, such as {WORKERS} 4.")
    return int(count), others


def chosen_options(user: Sequence[str]) -> set[str]:
    """Names of the mitmproxy options that the user's arguments set and a later flag would not."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-m", "--mode")
    parser.add_argument("--set", action="append", default=[], dest="options")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("-v", action="store_true")
    known, _ = parser.parse_known_args(user)
    chosen = {option.partition("=")[0] for option in known.options}
    if known.quiet or known.v:
        chosen |= {"flow_detail", "termlog_verbosity"}
    return chosen | {"mode"} if known.mode else chosen


def arguments(mode: str, state_dir: Path, given: Sequence[str], verb: str = "serve") -> list[str]:
    """The user's arguments win.  What would be unsafe, the addon refuses.

    flow_detail, termlog_verbosity: the addon's own line about each request stands in place of
    mitmproxy's lines about it and its connections.  --verbose: the addon's, not mitmproxy's own,
    which is -v.
    """
    user = [word for word in given if word != VERBOSE]
    _check_port(user)
    defaults = {
        "mode": ["--mode", mode],
        "listen_host": ["--listen-host", running.DEFAULT_HOST],
        "listen_port": ["-p", str(running.DEFAULT_PORT)],
        "confdir": ["--set", f"confdir={state_dir / 'mitmproxy'}"],
        "flow_detail": ["--set", "flow_detail=0"],
        "termlog_verbosity": ["--set", "termlog_verbosity=alert"],
    }
    chosen = chosen_options(user)
    if verb != "serve":  # an option of mitmdump's only
        del defaults["flow_detail"]
    ours = [word for name, words in defaults.items() if name not in chosen for word in words]
    if len(user) < len(given):
        ours += ["--set", "gigachat_verbose=true"]
    return ["-s", str(ENTRY), *ours, *user]


def _check_port(user: Sequence[str]) -> None:
    """--port is what people try; mitmproxy answers it with a page of its options."""
    for word in user:
        if word in ("--port", "--host") or word.startswith(("--port=", "--host=")):
            right = "-p 4100" if word.startswith("--port") else "--listen-host 127.0.0.1"
            raise SettingsError(f"{word}: there is no such option. Write {right}.")


def main(verb: str, args: list[str]) -> int:
    if EMULATOR not in args:
        return serve(verb, args)
    from gigagate.cli import local_gigachat

    with local_gigachat.in_front_of_one():
        return serve(verb, [word for word in args if word != EMULATOR])


def serve(verb: str, args: list[str]) -> int:
    count, others = workers(args)
    if len(others) < len(args) and verb != "serve":
        raise SettingsError(
            f"{WORKERS}: {COMMAND} {verb} shows the conversations of one process, and of many each "
            f"would have its own. Give it to {COMMAND} serve, or leave it out."
        )
    settings = Settings.load()
    if count > 1:
        from gigagate.cli import workers as supervisor

        return supervisor.main(settings, count, others)
    argv = arguments(settings.upstream.mode, settings.state_dir, others, verb)

    from gigagate.hooks.process import start_garbage

    start_garbage.begin()
    if not settings.plain:
        from gigagate.hooks.patches import unused

        unused.leave_out()  # before the others: they import mitmproxy

        from gigagate.hooks.patches import authority_key

        authority_key.read_quickly()

    from gigagate.hooks.patches import ports

    ports.listen_our_way()
    if running.WORKER in os.environ:
        from gigagate.workers.folder import Member

        ports.share_the_port(Member.of_environment().port)

    from mitmproxy.tools import main as programs

    program = PROGRAMS[verb]
    sys.argv = [program, *argv]
    try:
        getattr(programs, program)(argv)
    except OSError as error:
        if error.errno not in CANNOT_LISTEN:
            raise
        print(f"gigagate: {error.strerror}", file=sys.stderr)
        return 1
    return 0
