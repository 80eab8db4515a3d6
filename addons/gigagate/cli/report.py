"""report: saved conversations as one page: what an agent did, step by step, and what it took.

The page is one file that asks nothing of any other host: open it from disk, print it, send it.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from gigagate.cli import COMMAND, saved
from gigagate.core import models
from gigagate.private_file import write
from gigagate.report_page import page
from gigagate.sessions import anonymous, as_json
from gigagate.sessions.finder import Finder
from gigagate.sessions.session import Session, gathered
from gigagate.settings import Settings
from gigagate.views.text import count


def main(verb: str, args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} {verb}", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="flows or a HAR")
    parser.add_argument("-o", "--output", type=Path, help="where to write; FILE.html without it")
    parser.add_argument("--json", action="store_true", help="for programs, to standard output")
    parser.add_argument("--anonymous", action="store_true", help="words replaced by filler")
    arguments = parser.parse_args(args)
    finder = Finder(_price(Settings.load(key_needed=False)))
    for file in arguments.files:
        try:
            for seen in saved.read(file):
                finder.add(seen)
        except RecursionError:
            print(f"gigagate: {file}: something in it is nested too deep", file=sys.stderr)
            return 1
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            print(f"gigagate: {file}: {reason}", file=sys.stderr)
            return 1
    sessions = gathered(finder.sessions)
    if not sessions:
        named = ", ".join(map(str, arguments.files))
        print(f"gigagate: {named}: no chat of a client is in it", file=sys.stderr)
        return 1
    if arguments.anonymous:
        sessions = anonymous.all_of(sessions)
    return _tell(sessions, arguments)


def _tell(sessions: list[Session], arguments: argparse.Namespace) -> int:
    if arguments.json:
        told = [as_json.told(session) for session in sessions]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    output: Path = arguments.output or arguments.files[0].with_name(
        f"{arguments.files[0].name}.html"
    )
    try:  # another's text may hold halves of letters, which no file can
        write(output, page.render(sessions).encode(errors="replace"))
    except OSError as error:
        print(f"gigagate: {output}: {error.strerror or error}", file=sys.stderr)
        return 1
    steps = sum(len(session.steps) for session in sessions)
    print(f"{output}: {count(len(sessions), 'conversation')}, {count(steps, 'step')}")
    return 0


def _price(settings: Settings) -> Callable[[str], float]:
    def price(model: str) -> float:
        own = settings.prices.get(model)
        return models.of(model, settings.models.table).price or 0 if own is None else own

    return price
