"""panel: the link to the panel of the proxy that runs, with its key, for this user alone."""

import argparse
import json
import sys

from gigagate import running
from gigagate.cli import COMMAND
from gigagate.cli.status import NotRunning, ask
from gigagate.settings import Settings


def main(verb: str, args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} panel")
    parser.add_argument("--json", action="store_true", help="for programs")
    as_json = parser.parse_args(args).json
    settings = Settings.load(key_needed=False)
    try:
        proxies = running.find(settings.state_dir)
        if not proxies:
            raise NotRunning(f"no proxy is running (none is named in {settings.state_dir})")
        url = proxies[0].url + ask(proxies[0], "GET", "/admin/api/link")["path"]
    except NotRunning as error:
        print(f"gigagate: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"url": url}) if as_json else url)
    return 0
