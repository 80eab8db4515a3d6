"""What was on the wire for one flow, kept in its metadata: text and bytes, and no key."""

import asyncio
import time

from mitmproxy import ctx, http
from mitmproxy.hooks import UpdateHook

from gigagate.core import content_coding
from gigagate.core.http import ANONYMOUS
from gigagate.core.redact import MASK, mask
from gigagate.errors import ClientError
from gigagate.exchange import Exchange
from gigagate.hooks.door import client_secrets
from gigagate.hooks.door.door import CLIENT
from gigagate.views.facts import Attempt, Facts

REQUEST_HEAD = "gigachat.request_head"
REQUEST = "gigachat.request"
RESPONSE_HEAD = "gigachat.response_head"
RESPONSE = "gigachat.response"
FACTS = "gigachat.facts"
KEYS = (REQUEST_HEAD, REQUEST, RESPONSE_HEAD, RESPONSE, FACTS)
"""In `flow.metadata`: the heads and the facts are text, the bodies bytes."""

MOST_KEPT = 16 * 1024 * 1024
"""Bytes of one answer of GigaChat's."""

LONGEST_NAME = 32
"""Characters of a program's own name."""

UPDATE_SECONDS = 0.5
"""Between two updates of a stream that somebody watches."""


def facts(flow: http.HTTPFlow) -> Facts:
    return Facts.loads(flow.metadata.get(FACTS))


def client_of(flow: http.HTTPFlow) -> str:
    """The name of its key; else the first word of what the program calls itself."""
    name = str(flow.metadata.get(CLIENT, ""))
    if name and name != ANONYMOUS:
        return name
    program = str(flow.request.headers.get("user-agent", ""))
    return program.partition(" ")[0][:LONGEST_NAME]


def for_har(flow: http.HTTPFlow) -> dict[str, object]:
    """Fields of a HAR's entry, whose own request and response are the client's side."""
    kept = {key.partition(".")[2]: flow.metadata[key] for key in KEYS if key in flow.metadata}
    texts = {
        name: value.decode(errors="replace") if isinstance(value, bytes) else value
        for name, value in kept.items()
    }
    return {"_gigachat": texts} if texts else {}


class WireRecord:
    def __init__(self, flow: http.HTTPFlow, exchange: Exchange | None) -> None:
        """exchange: None for what the proxy answered by itself."""
        self.flow = flow
        self.exchange = exchange
        self.began = flow.request.timestamp_end or time.time()
        self.facts = Facts(client=client_of(flow) or None)
        self.received = bytearray()
        """GigaChat's answer."""
        self.given = bytearray()
        """The client's, of a stream."""
        self.coding = ""
        """The content coding of GigaChat's answer."""
        self.tokens: set[str] = set()
        """The access tokens that signed the attempts."""
        self.attempt_began = 0.0
        self.update: asyncio.TimerHandle | None = None
        self.ended = False
        for key in KEYS:
            flow.metadata.pop(key, None)

    def sends(self, request: http.Request, body: bytes) -> None:
        """An attempt goes out."""
        self.attempt_began = time.time()
        if not self.facts.attempts:
            self.facts.waited = self.attempt_began - self.began
        self.facts.attempts.append(Attempt())
        self.facts.first_byte = None
        self.received.clear()
        if token := request.headers.get("authorization", "").rpartition(" ")[2]:
            self.tokens.add(token)
        metadata = self.flow.metadata
        metadata[REQUEST_HEAD] = self.head(
            f"{request.method} {request.path} {request.http_version}", request.headers
        )
        metadata[REQUEST] = body
        for key in (RESPONSE_HEAD, RESPONSE):
            metadata.pop(key, None)
        self.keep()

    def receives(self, answer: http.Response) -> None:
        self.coding = answer.headers.get("content-encoding", "")
        self.facts.attempts[-1] = Attempt(answer.status_code, time.time() - self.attempt_began)
        self.flow.metadata[RESPONSE_HEAD] = self.head(
            f"{answer.http_version} {answer.status_code} {answer.reason}", answer.headers
        )

    def receives_data(self, data: bytes) -> None:
        if self.facts.first_byte is None:
            self.facts.first_byte = time.time() - self.began
        room = MOST_KEPT - len(self.received)
        self.received += data[:room]
        self.facts.cut |= len(data) > room

    def gives(self, data: bytes, *, watched: bool) -> None:
        response = self.flow.response
        if response is None or not response.stream:
            return
        self.given += data
        if watched and self.update is None:
            self.update = asyncio.get_running_loop().call_later(UPDATE_SECONDS, self.show)

    def show(self) -> None:
        """The stream as far as it has come, to whoever watches."""
        self.update = None
        if self.flow.response is not None and self.flow.response.timestamp_end is None:
            self.flow.response.data.content = bytes(self.given)
            self.keep()
            ctx.master.addons.trigger(UpdateHook([self.flow]))

    def end(self, ending: str | None) -> None:
        """ending: why the connection ended early, if it did."""
        self.ended = True
        if self.update is not None:
            self.update.cancel()
        self.facts.total = time.time() - self.began
        self.facts.ending = None if ending is None else mask(ending).rstrip(".")
        response = self.flow.response
        if self.given and response is not None and (ending or response.raw_content is None):
            response.data.content = bytes(self.given)
        self.given.clear()
        self.keep()

    def keep(self) -> None:
        if self.exchange is None:
            return
        self.facts.learn(self.exchange.report)
        self.facts.notes = [mask(note.text) for note in self.exchange.notes]
        self.facts.kinds = sorted({note.kind for note in self.exchange.notes})
        self.flow.metadata[FACTS] = self.facts.dumps()
        if self.received:
            self.flow.metadata[RESPONSE] = self.without_tokens(self.unpacked())

    def unpacked(self) -> bytes:
        """GigaChat's answer; packed, it would hide from people, and a token from `without_tokens`.

        Nothing as long as it cannot be unpacked.
        """
        try:
            return content_coding.decode(bytes(self.received), self.coding, MOST_KEPT)
        except ClientError:
            return b""

    def without_tokens(self, answer: bytes) -> bytes:
        """A server may echo an access token; where it complains, also in another form."""
        for token in self.tokens:
            answer = answer.replace(token.encode(), MASK.encode())
        if self.facts.attempts[-1].status == 200:
            return answer
        return mask(answer.decode(errors="replace")).encode()

    def head(self, start: str, headers: http.Headers) -> str:
        secret = {name.decode() for name in client_secrets.headers()} | {"set-cookie"}
        lines = [
            f"{name}: {client_secrets.HIDDEN if name.lower() in secret else value}"
            for name, value in headers.items(multi=True)
        ]
        text = "\n".join([start, *lines])
        for token in self.tokens:
            text = text.replace(token, MASK)
        return text
