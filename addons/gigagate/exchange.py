"""One client request and its answer, from first byte to last.  Bytes in, bytes out.

An Exchange knows no network: whoever carries the bytes asks it for the request to send, and feeds
it what comes back.  Whatever comes back, the client gets something it understands.
"""

from collections.abc import Collection, Mapping

from gigagate import routes
from gigagate.core import compact_json, sse
from gigagate.core.http import Answer, ClientRequest, Content, UpstreamRequest
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.report import Report
from gigagate.core.shelf import Shelf
from gigagate.dialects.handler import AnswerStream, Call, Handler
from gigagate.errors import GigaGateError, InternalError, InvalidRequest
from gigagate.gigachat import errors
from gigagate.gigachat.pictures import Pictures

__all__ = ["Answer", "ClientRequest", "Exchange", "UpstreamRequest"]


class AnsweredHere(Exception):
    """The dialect knows the answer itself: nothing goes to GigaChat."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Exchange:
    """Made per request, not shared."""

    def __init__(
        self,
        request: ClientRequest,
        policy: Policy,
        *,
        request_id: str,
        now: int,
        shelf: Shelf | None = None,
    ) -> None:
        """request_id: unique, hexadecimal.  now: unix seconds."""
        self.shelf = shelf or Shelf()
        self.notes = Notes()
        self.report = Report()
        self.ended = False
        """The client has its proper end or an error: nothing may follow."""
        self.crash: Exception | None = None
        """What became an InternalError, for the log."""
        self._request = request
        self._policy = policy
        self._request_id = request_id
        self._now = now
        self._handler: Handler | None = None
        self._stream: AnswerStream | None = None
        self._pictures: Pictures | None = None

    @property
    def wants_stream(self) -> bool:
        """Known after upstream_request()."""
        return self._handler is not None and self._handler.wants_stream

    @property
    def abandons_upstream(self) -> bool:
        """The client has its end, and GigaChat need not be heard out: close its connection."""
        cut = self._stream is not None and self._stream.cut
        return self.ended and (cut or self.report.error is not None)

    @property
    def missing_pictures(self) -> Collection[str]:
        """Ids of files: `give_pictures` of them, then go on with `resume` or another `answer`."""
        return self._pictures.missing if self._pictures is not None else ()

    def give_pictures(self, data_urls: Mapping[str, str | None]) -> None:
        """Id -> the file as a data URL; None if it cannot be had."""
        assert self._pictures is not None
        self._pictures.give(data_urls)

    def resume(self) -> list[bytes]:
        """What `feed` held back for a missing picture, up to the next one."""
        held = self._pictures.resume() if self._pictures is not None else b""
        return [held] if held else []

    def upstream_request(self) -> UpstreamRequest:
        """The only translation of the request; what it returns may be sent again.

        Called once.  Raises ClientError, or AnsweredHere.
        """
        endpoint = routes.find(self._request.method, self._request.path)
        self.report.endpoint = endpoint.path
        call = Call(
            request=self._request,
            policy=self._policy,
            request_id=self._request_id,
            now=self._now,
            notes=self.notes,
            report=self.report,
            item=endpoint.item,
            shelf=self.shelf,
        )
        self._pictures = call.pictures
        self._handler = endpoint.handler(call)
        try:
            translated = self._handler.upstream_request()
        except RecursionError:
            raise InvalidRequest("The request is nested too deep.") from None
        if isinstance(translated, Content):
            self.ended = True
            headers = self._headers(translated.media_type)
            raise AnsweredHere(Answer(200, headers, translated.body))
        return translated

    def begins_stream(self, status: int, content_type: str) -> bool:
        """True: send stream_headers() and feed() what comes.  False: collect it for answer()."""
        media_type = content_type.partition(";")[0].strip().lower()
        return self.wants_stream and status == 200 and media_type == "text/event-stream"

    def stream_headers(self) -> dict[str, str]:
        return self._headers("text/event-stream; charset=utf-8")

    def feed(self, chunk: bytes) -> list[bytes]:
        """What the client gets for these bytes of GigaChat's; b"" means that they have ended.

        Never raises, and never returns an empty item: mitmproxy would end the answer there.
        """
        if self.ended:
            return []
        out: list[bytes] = []
        try:
            if self._stream is None:
                assert self._handler is not None
                self._stream = self._handler.stream()
            self._stream.feed(chunk, out)
            self.ended = self._stream.ended
        except GigaGateError as error:
            out += self.fail_stream(error)
        except Exception as crash:
            self.crash = crash
            out += self.fail_stream(InternalError())
        sent = b"".join(out)
        return [sent] if sent else []

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> GigaGateError | None:
        """What GigaChat means by an answer that is no success."""
        if status == 200:
            return None
        return errors.from_answer(
            status,
            headers,
            body,
            now=self._now,
            endpoint=self.report.endpoint,
            owner=self._policy.key_owner,
        )

    def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
        """The whole answer for one of GigaChat's, error or not.  Never raises.

        May be asked again, once missing pictures are there.
        """
        try:
            if (failure := self.failure(status, headers, body)) is not None:
                return self._instead(failure) or self.fail(failure)
            assert self._handler is not None
            translated = self._handler.answer(body)
        except GigaGateError as error:
            return self.fail(error)
        except Exception as crash:
            self.crash = crash
            return self.fail(InternalError())
        self.ended = True
        media_type = "text/event-stream; charset=utf-8" if self.wants_stream else "application/json"
        if isinstance(translated, Content):
            media_type, translated = translated
        return Answer(200, self._headers(media_type), translated)

    def fail(self, error: GigaGateError) -> Answer:
        """The answer for an error before the first byte."""
        self._failed(error)
        headers = self._headers("application/json")
        if error.retry_after is not None:
            headers["retry-after"] = str(error.retry_after)
        return Answer(error.status, headers, compact_json.dumps(error.body()))

    def _instead(self, failure: GigaGateError) -> Answer | None:
        """What the handler would rather say than that GigaChat failed."""
        instead = getattr(self._handler, "instead", None)
        if instead is None or failure.status < 404:
            return None
        self.ended = True
        return Answer(200, self._headers("application/json"), instead(failure))

    def fail_stream(self, error: GigaGateError) -> list[bytes]:
        """The last event of a stream that has begun.  No [DONE] follows: that would be success."""
        if self.ended:
            return []
        self._failed(error)
        if (failed := getattr(self._handler, "failed", None)) is not None:
            return [failed(error)]
        return [sse.event(compact_json.dumps(error.body()))]

    def _failed(self, error: GigaGateError) -> None:
        self.ended = True
        self.report.error = error.code or error.type

    def _headers(self, content_type: str) -> dict[str, str]:
        headers = {"content-type": content_type, "x-request-id": self._request_id}
        if content_type.startswith("text/event-stream"):
            headers["cache-control"] = "no-cache"
            headers["x-accel-buffering"] = "no"  # nginx in front would keep the stream back
        return headers
