"""addon-path: the file that `mitmdump -s` loads, for whoever starts mitmproxy himself."""

import argparse

from gigagate.cli import COMMAND, ENTRY


def main(verb: str, args: list[str]) -> int:
    argparse.ArgumentParser(prog=f"{COMMAND} {verb}", description=__doc__).parse_args(args)
    print(ENTRY)
    return 0
