"""replay: saved requests of clients through today's translation, and no network.

So a request that went wrong once becomes a test case: what it prints is the same every time.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gigagate.cli import COMMAND, saved, since_then
from gigagate.cli.translated import translated
from gigagate.core.any_json import object_of
from gigagate.core.http import ClientRequest
from gigagate.settings import Settings
from gigagate.settings.policy import policy

CHAT = "/v1/chat/completions"


def main(verb: str, args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} {verb}", description=__doc__)
    parser.add_argument("file", type=Path, help="flows, a HAR, a fixture or a request in JSON")
    parser.add_argument(
        "--path", default=CHAT, help="of the API that a bare body speaks (default: %(default)s)"
    )
    parser.add_argument(
        "--then",
        action="store_true",
        help="step by step, what differs from what GigaChat was sent then; of flows or a HAR",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON array")
    arguments = parser.parse_args(args)
    today = policy(Settings.load(key_needed=False))
    try:
        if arguments.then:
            steps = list(since_then.compared(arguments.file, today))
            if not steps:
                raise ValueError("no chat of a client is in it")
            print(since_then.told(steps, as_json=arguments.json))
            return int(any(one.differs for one in steps))
        requests = list(read(arguments.file, arguments.path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        print(f"gigagate: {arguments.file}: {reason}", file=sys.stderr)
        return 1
    if not requests:
        print(f"gigagate: {arguments.file} holds no request of a client", file=sys.stderr)
        return 1
    outcomes = [translated(request, today) for request in requests]
    if arguments.json:
        told = [outcome.as_json() for outcome in outcomes]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join("\n".join(outcome.as_text()) for outcome in outcomes))
    return int(any(outcome.error for outcome in outcomes))


def read(file: Path, path: str = CHAT) -> Iterator[ClientRequest]:
    """path: of a body that does not say where it was sent.

    Raises OSError, or ValueError for what is none of the formats.
    """
    with file.open("rb") as opened:
        is_json = opened.read(1) == b"{"
    if is_json:
        content = json.loads(file.read_bytes())
        if "log" not in content:
            yield _from_json(content, path)
            return
    yield from (kept.asked for kept in saved.flows(file))


def _from_json(content: Mapping[str, Any], path: str) -> ClientRequest:
    """A fixture, which says where it was sent, or just a body."""
    if "body" not in content:
        content = {"body": content}
    headers = {
        name.lower(): str(value) for name, value in object_of(content.get("headers")).items()
    }
    body = json.dumps(content["body"], ensure_ascii=False).encode()
    method, path = content.get("method", "POST"), content.get("path", path)
    return ClientRequest(str(method), str(path), headers, body)
