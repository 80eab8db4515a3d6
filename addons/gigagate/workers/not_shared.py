"""mitmproxy's options that many processes cannot have.

Asked on the command line before mitmproxy starts, for it would have emptied the file of -w already;
asked again by each worker, for mitmproxy has a configuration file too.
"""

import argparse
from collections.abc import Sequence

from gigagate.errors import SettingsError

REASONS = {
    "save_stream_file": "-w: workers would write over each other's file",
    "hardump": "hardump: each worker would write a file with its own part of the conversations",
    "rfile": "-r: every worker would read the file",
    "client_replay": "-C: every worker would replay the conversations",
}


def refusal(option: str) -> SettingsError:
    return SettingsError(f"{REASONS[option]}. Start without it, or without --workers.")


def check(arguments: Sequence[str]) -> None:
    """Looks through mitmdump's arguments.  Raises SettingsError."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-w", "--save-stream-file")
    parser.add_argument("-r", "--rfile")
    parser.add_argument("-C", "--client-replay")
    parser.add_argument("--set", action="append", default=[], dest="options")
    known, _ = parser.parse_known_args(arguments)
    chosen = {option.partition("=")[0] for option in known.options}
    for option in REASONS:
        if option in chosen or getattr(known, option, None) is not None:
            raise refusal(option)
