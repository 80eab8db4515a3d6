"""GigaChat's side of a conversation, kept beside the flow for those who look.

A flow is the client's side; what GigaChat got and sent exists on the wire only.  When somebody can
look at flows (mitmweb, console) or saves them, it is kept in the flow's metadata, as text and bytes
and without any key, so that a saved flow holds both sides.  With mitmdump alone nothing is kept.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from weakref import WeakKeyDictionary

from mitmproxy import ctx, http
from mitmproxy.hooks import UpdateHook
from mitmproxy.proxy import events
from mitmproxy.proxy.layers.http import ResponseData, ResponseHeaders

from gigagate.core.redact import MASK, mask
from gigagate.exchange import Exchange
from gigagate.hooks import client_secrets
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

UPDATE_SECONDS = 0.5
"""Between two updates of a stream that somebody watches."""

_SECRET_HEADERS = (*client_secrets.SECRET_HEADERS, "set-cookie")


def inspection_is_on() -> bool:
    """Whether anybody can look at flows, now or later."""
    looks = ctx.master.addons.get("view") is not None
    return looks or bool(ctx.options.save_stream_file or ctx.options.hardump)


def facts(flow: http.HTTPFlow) -> Facts:
    return Facts.loads(flow.metadata.get(FACTS))


class Recorder:
    name = "gigagate.recorder"

    def __init__(self) -> None:
        self.on = False
        self.recordings: WeakKeyDictionary[http.HTTPFlow, Recording] = WeakKeyDictionary()

    def configure(self, updated: AbstractSet[str]) -> None:
        self.on = inspection_is_on()

    def begin(self, flow: http.HTTPFlow, exchange: Exchange) -> "Recording | None":
        """None if nobody looks: then nothing is kept."""
        if not self.on:
            return None
        recording = self.recordings[flow] = Recording(flow, exchange)
        return recording

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        recording = self.recordings.get(flow)
        if recording is not None and flow.response and callable(flow.response.stream):
            flow.response.stream = recording.overhear(flow.response.stream)

    def response(self, flow: http.HTTPFlow) -> None:
        self.end(flow, None)

    def error(self, flow: http.HTTPFlow) -> None:
        self.end(flow, flow.error.msg if flow.error else "unknown")

    def end(self, flow: http.HTTPFlow, ending: str | None) -> None:
        recording = self.recordings.get(flow)
        if recording is not None:
            recording.end(ending)


class Recording:
    """One flow's."""

    def __init__(self, flow: http.HTTPFlow, exchange: Exchange) -> None:
        self.flow = flow
        self.exchange = exchange
        self.began = time.time()
        self.facts = Facts()
        self.received = bytearray()
        """GigaChat's answer."""
        self.given = bytearray()
        """The client's, of a stream."""
        self.secrets: set[str] = set()
        self.attempt_began = 0.0
        self.update: asyncio.TimerHandle | None = None
        for key in KEYS:
            flow.metadata.pop(key, None)
        self.keep()

    def sent(self, request: http.Request, body: bytes) -> None:
        """An attempt goes out."""
        self.attempt_began = time.time()
        if not self.facts.attempts:
            self.facts.waited = self.attempt_began - self.began
        self.facts.attempts.append(Attempt())
        self.received.clear()
        authorization = request.headers.get("authorization", "")
        self.secrets.add(authorization.rpartition(" ")[2])
        start = f"{request.method} {request.path} {request.http_version}"
        self.flow.metadata[REQUEST_HEAD] = self.masked("\n".join([start, *_shown(request.headers)]))
        self.flow.metadata[REQUEST] = body
        self.keep()

    def upstream(self, event: events.Event) -> None:
        """A piece of GigaChat's answer comes in."""
        if isinstance(event, ResponseData):
            if self.facts.first_byte is None:
                self.facts.first_byte = time.time() - self.began
            room = MOST_KEPT - len(self.received)
            self.received += event.data[:room]
            self.facts.cut |= len(event.data) > room
        elif isinstance(event, ResponseHeaders):
            head = event.response
            self.facts.first_byte = None
            self.facts.attempts[-1] = Attempt(head.status_code, time.time() - self.attempt_began)
            start = f"{head.http_version} {head.status_code} {head.reason}"
            self.flow.metadata[RESPONSE_HEAD] = self.masked(
                "\n".join([start, *_shown(head.headers)])
            )

    def overhear(
        self, feed: Callable[[bytes], bytes | Iterable[bytes]]
    ) -> Callable[[bytes], Iterable[bytes]]:
        """The function that translates a stream, with what it gives to the client kept."""

        def overheard(chunk: bytes) -> Iterable[bytes]:
            given = feed(chunk)
            given = [given] if isinstance(given, bytes) else list(given)
            for piece in given:
                self.given += piece
            if chunk and self.update is None and _someone_watches():
                self.update = asyncio.get_running_loop().call_later(UPDATE_SECONDS, self.show)
            return given

        return overheard

    def show(self) -> None:
        """The stream as far as it has come, to whoever watches."""
        self.update = None
        if self.flow.response is not None and self.flow.response.timestamp_end is None:
            self.flow.response.data.content = bytes(self.given)
            self.keep()
            ctx.master.addons.trigger(UpdateHook([self.flow]))

    def end(self, ending: str | None) -> None:
        if self.update is not None:
            self.update.cancel()
        self.facts.total = time.time() - self.began
        self.facts.ending = None if ending is None else mask(ending).rstrip(".")
        response = self.flow.response
        if self.given and response is not None and (ending or response.raw_content is None):
            response.data.content = bytes(self.given)
        self.keep()

    def keep(self) -> None:
        self.facts.learn(self.exchange.report)
        self.facts.notes = [mask(note.text) for note in self.exchange.notes]
        self.facts.kinds = sorted({note.kind for note in self.exchange.notes})
        self.flow.metadata[FACTS] = self.facts.dumps()
        if self.received:
            self.flow.metadata[RESPONSE] = self.without_secrets(bytes(self.received))

    def without_secrets(self, answer: bytes) -> bytes:
        """A server may echo the access token, whole; in an error also something like it."""
        for secret in self.secrets:
            if secret:
                answer = answer.replace(secret.encode(), MASK.encode())
        status = self.facts.attempts[-1].status if self.facts.attempts else None
        if status is not None and status != 200:
            return mask(answer.decode(errors="replace")).encode()
        return answer

    def masked(self, text: str) -> str:
        for secret in self.secrets:
            if secret:
                text = text.replace(secret, MASK)
        return text


def _shown(headers: http.Headers) -> list[str]:
    return [
        f"{name}: {client_secrets.HIDDEN if name.lower() in _SECRET_HEADERS else value}"
        for name, value in headers.items(multi=True)
    ]


def _someone_watches() -> bool:
    """A browser is connected to mitmweb, or this is the console."""
    if ctx.master.addons.get("view") is None:
        return False
    web = sys.modules.get("mitmproxy.tools.web.app")
    return web is None or bool(web.ClientConnection.connections)
