"""The command line: `python -m gigagate VERB ...`, which run.sh calls.

Exit codes: 0 ended as asked; 2 wrong settings or arguments; 1 everything else.
"""

import difflib
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

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
    "status": Verb("status", "[--json]", "how the running proxy does"),
    "stats": Verb("status", "[--json]", "what it has counted: requests, tokens, rewrites"),
    "token": Verb("status", "[--refresh] [--json]", "its access token: time left, or a new one"),
    "models": Verb("status", "[--json]", "which models GigaChat has"),
    "doctor": Verb("doctor", "[--json]", "check everything the proxy needs, and say what to do"),
    "demo": Verb("demo", "[--once]", "see it work against a local GigaChat: no key, no internet"),
    "examples": Verb(
        "examples", "[--list] [NUMBER|all]", "programs to learn from, run against a local GigaChat"
    ),
    "emulator": Verb("emulator", "[--help]", "a strict local GigaChat to test clients with"),
}


def usage() -> str:
    lines = ["usage: ./run.sh [VERB] [ARGUMENTS]", ""]
    lines += [f"  {name + ' ' + verb.arguments:30} {verb.help}" for name, verb in VERBS.items()]
    lines += [
        f"  {'serve --workers N':30} the proxy as N processes, for many cores",
        f"  {'setup [--tests]':30} make the Python environment, start nothing",
        f"  {'test [PYTEST OPTIONS]':30} run the test suite",
    ]
    return "\n".join(lines)


def unknown(name: str) -> str:
    nearest = difflib.get_close_matches(name, [*VERBS, "setup", "test", "help"], n=1)
    hint = f' Did you mean "{nearest[0]}"?' if nearest else ""
    return f'gigagate: there is no verb "{name}".{hint} "./run.sh help" lists them.'


def main(argv: Sequence[str]) -> int:
    name, *args = argv or ["help"]
    if name in ("help", "-h", "--help"):
        print(usage())
        return 0
    if name not in VERBS:
        print(unknown(name), file=sys.stderr)
        return 2
    run: Callable[[str, list[str]], int]
    try:  # around the import as well: it is most of a start, and Ctrl-C may come any time
        run = import_module(f"gigagate.cli.{VERBS[name].module}").main
        return run(name, args)
    except (SettingsError, TrustError) as error:
        print(f"gigagate: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
