"""A client's request as today's translation makes it, with no network: what GigaChat would get."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gigagate.core.any_json import object_of
from gigagate.core.attachment import WantedFile
from gigagate.core.http import ClientRequest, UpstreamRequest
from gigagate.core.policy import Policy
from gigagate.errors import GigaGateError
from gigagate.exchange import Answer, Exchange
from gigagate.views import changes
from gigagate.views.facts import Facts

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


def _stand_in(file: WantedFile) -> str:
    return f"<id of a file: {file.kind}, {file.key[:8]}>"


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
