"""report: saved conversations as one page: what an agent did, step by step, and what it took.

The page is one file that asks nothing of any other host: open it from disk, print it, send it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from gigagate.cli import COMMAND, saved
from gigagate.private_file import write
from gigagate.report_page import compare, page
from gigagate.sessions import anonymous, as_json
from gigagate.sessions.finder import Finder
from gigagate.sessions.session import Session, gathered
from gigagate.sessions.words import spoken_in, t
from gigagate.settings import Settings, known_models
from gigagate.views.text import count


def main(verb: str, args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} {verb}", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="flows or a HAR")
    parser.add_argument("-o", "--output", type=Path, help="where to write; FILE.html without it")
    parser.add_argument("--json", action="store_true", help="for programs, to standard output")
    parser.add_argument("--anonymous", action="store_true", help="words replaced by filler")
    parser.add_argument(
        "--compare",
        action="store_true",
        help="the longest conversations of two FILEs side by side, or the two longest of one",
    )
    parser.add_argument(
        "--lang", choices=("en", "ru"), default="en", help="of the page's own words (default: en)"
    )
    arguments = parser.parse_args(args)
    files: list[Path] = arguments.files
    if arguments.compare and len(files) > 2:
        parser.error("--compare takes one FILE or two")
    try:
        sessions = _compared(files) if arguments.compare else _found(files)
    except ValueError as error:
        print(f"gigagate: {error}", file=sys.stderr)
        return 1
    if arguments.anonymous:
        sessions = anonymous.all_of(sessions)
    return _tell(sessions, arguments)


def _found(files: Sequence[Path]) -> list[Session]:
    """Raises ValueError."""
    settings = Settings.load(key_needed=False)
    finder = Finder(lambda name: known_models.of(name, settings))
    for file in files:
        try:
            for seen in saved.read(file):
                finder.add(seen)
        except RecursionError:
            raise ValueError(f"{file}: something in it is nested too deep") from None
        except (OSError, ValueError) as error:
            raise ValueError(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    if not finder.sessions:
        raise ValueError(f"{', '.join(map(str, files))}: no chat of a client is in it")
    return gathered(finder.sessions)


def _compared(files: Sequence[Path]) -> list[Session]:
    """Two.  Files are read apart: the same task in both is no conversation that went on."""
    longest = [sorted(_found([file]), key=_length, reverse=True) for file in files]
    pair = [one[0] for one in longest] if len(files) == 2 else longest[0][:2]
    if len(pair) < 2:
        raise ValueError(f"{files[0]}: only one conversation is in it")
    return pair


def _length(session: Session) -> int:
    return len(session.steps)


def _tell(sessions: list[Session], arguments: argparse.Namespace) -> int:
    if arguments.json:
        told = [as_json.told(session) for session in sessions]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    files: list[Path] = arguments.files
    output: Path = arguments.output or files[0].with_name(f"{files[0].name}.html")
    with spoken_in(arguments.lang):
        text = _compared_page(sessions, files) if arguments.compare else page.render(sessions)
    try:  # another's text may hold halves of letters, which no file can
        write(output, text.encode(errors="replace"))
    except OSError as error:
        print(f"gigagate: {output}: {error.strerror or error}", file=sys.stderr)
        return 1
    steps = sum(len(session.steps) for session in sessions)
    print(f"{output}: {count(len(sessions), 'conversation')}, {count(steps, 'step')}")
    return 0


def _compared_page(pair: list[Session], files: Sequence[Path]) -> str:
    first, second = (file.name for file in (files[0], files[-1]))
    if first == second:
        first, second = t("the first"), t("the second")
    return compare.render((pair[0], pair[1]), (first, second))
