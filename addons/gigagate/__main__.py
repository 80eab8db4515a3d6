"""The command line: `python -m gigagate VERB ...`, which run.sh and `gigagate` call.

Exit codes: 0 ended as asked; 2 wrong settings or arguments; 1 everything else.
"""

import difflib
import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib import import_module, metadata
from typing import NamedTuple

from gigagate import __version__, home
from gigagate.cli import COMMAND
from gigagate.errors import SettingsError, TrustError


class Verb(NamedTuple):
    module: str
    """In gigagate.cli; its `main(verb, args)` returns the exit code."""
    arguments: str
    help: str


VERBS = {
    "serve": Verb("serve", "[MITMPROXY OPTIONS]", "the proxy on http://localhost:4000"),
    "web": Verb("serve", "[MITMPROXY OPTIONS]", "the same, and every conversation in a browser"),
    "console": Verb("serve", "[MITMPROXY OPTIONS]", "the same in the terminal"),
    "replay": Verb("replay", "FILE [--json]", "saved requests through the translation, unsent"),
    "report": Verb("report", "FILE... [-o FILE.html]", "what an agent did, as a page to read"),
    "status": Verb("status", "[--json]", "how the running proxy is doing"),
    "stats": Verb("status", "[--json]", "what it has counted: requests, tokens, rewrites"),
    "token": Verb("status", "[--refresh] [--json]", "its access token: time left, or a new one"),
    "models": Verb("status", "[--json]", "which models GigaChat has"),
    "panel": Verb("panel", "[--json]", "the link to the panel in the browser, with its key"),
    "clients": Verb(
        "clients", "ACTION [NAME]", "a team's keys and budgets: add, list, revoke, rotate"
    ),
    "doctor": Verb("doctor", "[--json]", "check everything the proxy needs, and say what to do"),
    "demo": Verb("demo", "[--once]", "see it work against a local GigaChat: no key, no internet"),
    "examples": Verb(
        "examples", "[--list] [NUMBER|all]", "programs to learn from, run against a local GigaChat"
    ),
    "addon-path": Verb("addon_path", "", "the file for mitmdump -s"),
    "emulator": Verb("emulator", "[--help]", "a strict local GigaChat to test clients with"),
}


_OTHER_WORDS = {
    "start": "{command} alone starts the proxy",
    "run": "{command} alone starts the proxy",
    "up": "{command} alone starts the proxy",
    "stop": "Ctrl-C in its terminal ends the proxy; {command} status tells where one runs",
    "down": "Ctrl-C in its terminal ends the proxy; {command} status tells where one runs",
    "restart": "Changed settings are used without a restart",
    "logs": "The proxy's terminal has its log; {command} stats has the sums",
    "config": "Settings lie in .env and config/gigachat.yaml; {command} doctor checks them",
    "check": "{command} doctor checks everything the proxy needs",
}
"""Verbs that other programs have -> what to do here."""

_OF_A_CHECKOUT = ("setup", "test")


def usage() -> str:
    words = {f"{name} {verb.arguments}": verb.help for name, verb in VERBS.items()}
    words["serve --workers N"] = "the proxy as N processes, for many cores"
    if home.is_checkout():
        words["setup [--tests]"] = "make the Python environment, start nothing"
        words["test [PYTEST OPTIONS]"] = "run the test suite"
    words["help, --version"] = "this page; which version this is"
    options = {
        "-p PORT": "listen there instead of on 4000",
        "-w FILE": "save every conversation, keys left out",
        "--emulator": "in front of a local GigaChat: no key, no internet",
        "--verbose": "each request with what was changed in it",
    }
    return "\n".join(
        [
            f"usage: {COMMAND} [VERB] [ARGUMENTS]          without a verb: serve",
            "",
            *(f"  {name:30} {about}" for name, about in words.items()),
            "",
            "serve, web and console take mitmproxy's options, and of these most often:",
            "",
            *(f"  {name:30} {about}" for name, about in options.items()),
        ]
    )


def version() -> str:
    """Ours, and what we stand on: what a report of a bug should say."""
    try:
        mitmproxy = metadata.version("mitmproxy")
    except metadata.PackageNotFoundError:
        mitmproxy = "not installed yet"
    python = platform.python_version()
    return f"GigaGate {__version__} (mitmproxy {mitmproxy}, Python {python}, {sys.platform})"


def unknown(name: str) -> str:
    told = f'gigagate: there is no verb "{name}".'
    if hint := _OTHER_WORDS.get(name):
        return f"{told} {hint.format(command=COMMAND)}."
    if name in _OF_A_CHECKOUT and not home.is_checkout():
        return f"gigagate: {name} is a verb of run.sh, in a clone of the project."
    nearest = difflib.get_close_matches(name, [*VERBS, *_OF_A_CHECKOUT, "help"], n=1)
    guess = f' Did you mean "{nearest[0]}"?' if nearest else ""
    return f'{told}{guess} "{COMMAND} help" lists them.'


def main(argv: Sequence[str]) -> int:
    name, *args = argv or ["help"]
    try:  # around the import as well: it is most of a start, and Ctrl-C may come any time
        return _run(name, args)
    except (SettingsError, TrustError) as error:
        print(f"gigagate: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(name: str, args: list[str]) -> int:
    if name in ("help", "-h", "--help"):
        print(usage(), flush=True)
    elif name in ("version", "-V", "--version"):
        print(version(), flush=True)
    elif name in VERBS:
        run: Callable[[str, list[str]], int]
        run = import_module(f"gigagate.cli.{VERBS[name].module}").main
        return run(name, args)
    else:
        print(unknown(name), file=sys.stderr)
        return 2
    return 0


def tool() -> int:
    """The command `gigagate` of an installed wheel: without a verb, it serves, as run.sh does."""
    words = sys.argv[1:]
    if not words or (words[0].startswith("-") and words[0] not in _ALONE):
        words = ["serve", *words]
    return main(words)


_ALONE = ("-h", "--help", "-V", "--version")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
