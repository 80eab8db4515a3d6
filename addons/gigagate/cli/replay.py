"""replay: saved requests of clients through today's translation, and no network.

So a request that went wrong once becomes a test case: what it prints is the same every time.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gigagate.cli import COMMAND
from gigagate.core.any_json import object_of
from gigagate.core.attachment import WantedFile
from gigagate.core.http import ClientRequest, UpstreamRequest
from gigagate.core.policy import Policy
from gigagate.errors import GigaGateError
from gigagate.exchange import Answer, Exchange
from gigagate.settings import Settings
from gigagate.settings.policy import policy
from gigagate.views import changes
from gigagate.views.facts import Facts

CHAT = "/v1/chat/completions"
REQUEST_ID = "0" * 32


@dataclass(frozen=True, slots=True)
class Outcome:
    request: ClientRequest
    notes: list[str]
    sent: UpstreamRequest | None = None
    api: str | None = None
    """GigaChat's chat API that it goes to."""
    error: GigaGateError | None = None
    told: Any = None
    """The error, as the client is told of it."""

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"method": self.request.method, "path": self.request.path}
        if self.error is not None:
            return told | {"status": self.error.status, **object_of(self.told)}
        if self.sent is None:
            return told | {"notes": self.notes, "upstream": None}
        return told | {
            "notes": self.notes,
            "upstream": {
                "api": self.api,
                "method": self.sent.method,
                "path": self.sent.path,
                "headers": dict(self.sent.headers),
                "body": _parsed(self.sent.body),
            },
        }

    def as_text(self) -> Iterator[str]:
        yield f"{self.request.method} {self.request.path}"
        if self.error is not None:
            yield f"refused: {self.error.status} {self.error.code}: {self.error.message}"
            return
        if self.sent is None:
            yield "answered by the proxy itself"
            return
        yield from changes.sentences(Facts(notes=self.notes, api=self.api))
        yield ""
        yield f"{self.sent.method} {self.sent.path}"
        yield from (f"{name}: {value}" for name, value in self.sent.headers.items())
        yield ""
        body = _parsed(self.sent.body)
        yield body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, indent=2)


def main(verb: str, args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} {verb}", description=__doc__)
    parser.add_argument("file", type=Path, help="flows, a HAR, a fixture or a request in JSON")
    parser.add_argument(
        "--path", default=CHAT, help="of the API that a bare body speaks (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON array")
    arguments = parser.parse_args(args)
    try:
        requests = list(read(arguments.file, arguments.path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        print(f"gigagate: {arguments.file}: {reason}", file=sys.stderr)
        return 1
    if not requests:
        print(f"gigagate: {arguments.file} holds no request of a client", file=sys.stderr)
        return 1
    today = policy(Settings.load(key_needed=False))
    outcomes = [translated(request, today) for request in requests]
    if arguments.json:
        told = [outcome.as_json() for outcome in outcomes]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join("\n".join(outcome.as_text()) for outcome in outcomes))
    return int(any(outcome.error for outcome in outcomes))


def translated(request: ClientRequest, policy: Policy) -> Outcome:
    exchange = Exchange(request, policy, request_id=REQUEST_ID, now=0)
    try:
        sent = exchange.upstream_request()
    except GigaGateError as error:
        return Outcome(request, [], error=error, told=_parsed(exchange.fail(error).body))
    if isinstance(sent, Answer):
        return Outcome(request, [note.text for note in exchange.notes])
    if sent.files:
        sent = sent.with_files({file.key: _stand_in(file) for file in sent.files})
    api = exchange.report.api or None
    return Outcome(request, [note.text for note in exchange.notes], sent, api)


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
    yield from _from_flows(file)


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


def _from_flows(file: Path) -> Iterator[ClientRequest]:
    from mitmproxy import exceptions, http, io

    with file.open("rb") as opened:
        try:
            for flow in io.FlowReader(opened).stream():
                if isinstance(flow, http.HTTPFlow) and flow.request.method == "POST":
                    request = flow.request
                    headers = {name.lower(): request.headers[name] for name in request.headers}
                    body = request.get_content(strict=False) or b""
                    yield ClientRequest(request.method, request.path, headers, body)
        except exceptions.FlowReadException as error:
            raise ValueError(str(error)) from None


def _stand_in(file: WantedFile) -> str:
    return f"<id of a file: {file.kind}, {file.key[:8]}>"


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
