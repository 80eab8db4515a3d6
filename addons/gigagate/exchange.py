"""One client request and its answer, from first byte to last.  Bytes in, bytes out.

An Exchange knows no network: whoever carries the bytes asks it for the request to send, and feeds
it what comes back.  Whatever comes back, the client gets something it understands: every error of
the request is told by its Exchange, in the form of the API that the request speaks.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from gigagate import routes
from gigagate.core.http import Answer, ClientRequest, Content, UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.core.learnt import Learnt
from gigagate.core.model_list import ModelList
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.report import Report
from gigagate.core.shelf import Shelf
from gigagate.dialects.dialect import Translation
from gigagate.errors import GigaGateError, InternalError, InvalidRequest
from gigagate.gigachat import errors

__all__ = ["Answer", "ClientRequest", "Exchange", "UpstreamRequest"]


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
        models: ModelList | None = None,
        learnt: Learnt | None = None,
    ) -> None:
        """request_id: unique, hexadecimal.  now: unix seconds.

        models: what GigaChat has listed so far.  learnt: what its answers have taught.
        """
        self.shelf = shelf or Shelf()
        self.notes = Notes()
        self.report = Report()
        self.ended = False
        """The client has its proper end or an error: nothing may follow."""
        self.crash: Exception | None = None
        """What became an InternalError, for the log."""
        self._head = request.head
        self._dialect = routes.dialect_of(self._head)
        self.report.dialect = self._dialect.name
        self._request = request
        self._models = models or ModelList()
        self._learnt = learnt or Learnt()
        names = self._models.names
        self._policy = replace(policy, listed=names) if names else policy
        self._request_id = request_id
        self._now = now
        self._translated: Translation | None = None

    @property
    def wants_stream(self) -> bool:
        """Known after upstream_request()."""
        return self._translated is not None and self._translated.stream is not None

    @property
    def abandons_upstream(self) -> bool:
        """The client has its end, and GigaChat need not be heard out: close its connection."""
        stream = self._translated.stream if self._translated else None
        cut = stream is not None and stream.cut
        return self.ended and (cut or self.report.error is not None)

    @property
    def missing_pictures(self) -> Collection[str]:
        """Ids of files: `give_pictures` of them, then go on with `resume` or another `answer`."""
        pictures = self._translated.pictures if self._translated else None
        return pictures.missing if pictures is not None else ()

    def give_pictures(self, data_urls: Mapping[str, str | None]) -> None:
        """Id -> the file as a data URL; None if it cannot be had."""
        pictures = self._translation.pictures
        if pictures is None:
            raise InternalError
        pictures.give(data_urls)

    def resume(self) -> list[bytes]:
        """What `feed` held back for a missing picture, up to the next one."""
        pictures = self._translated.pictures if self._translated else None
        held = pictures.resume() if pictures is not None else b""
        return [held] if held else []

    def upstream_request(self) -> UpstreamRequest | Answer:
        """The only translation of the request; what it returns may be sent again.

        An Answer: the dialect knows it by itself, and nothing goes out.  Called once.
        Raises ClientError.
        """
        endpoint, item = routes.find(self._head, self._dialect)
        self.report.endpoint = endpoint.path
        self.report.operation = endpoint.operation
        call = InHand(
            request=self._request,
            policy=self._policy,
            request_id=self._request_id,
            now=self._now,
            notes=self.notes,
            report=self.report,
            item=item,
            shelf=self.shelf,
            models=self._models,
            learnt=self._learnt,
        )
        try:
            translated = endpoint.translate(call)
        except RecursionError:
            raise InvalidRequest("The request is nested too deep.") from None
        if isinstance(translated, Content):
            return self._told(translated)
        self._translated = translated
        return translated.upstream

    def following(self, body: bytes) -> UpstreamRequest | None:
        """What is still to be asked after this 200, before `answer` gets the last one's body.

        Raises UpstreamError.
        """
        following = self._translated.following if self._translated else None
        return None if following is None else following(body)

    def fall_back(self, model: str, other: str) -> UpstreamRequest:
        """The same request for another of GigaChat's models.  Raises ClientError."""
        self.notes.begin_anew()
        self.notes.add("fallback", f"model {model} cannot answer now: {other} does")
        self._policy = replace(
            self._policy, instead=MappingProxyType({**self._policy.instead, model: other})
        )
        asked = self.upstream_request()
        if isinstance(asked, Answer):
            raise InternalError
        return asked

    def begins_stream(self, status: int, content_type: str) -> bool:
        """True: send stream_headers() and feed() what comes.  False: collect it for answer()."""
        media_type = content_type.partition(";")[0].strip().lower()
        return self.wants_stream and status == 200 and media_type == "text/event-stream"

    def stream_headers(self) -> dict[str, str]:
        return self._headers(self._stream_type)

    def sign_of_life(self) -> bytes:
        """What shows the client of a stream that it goes on; b"" where the form has nothing."""
        writer = self._translated.writer if self._translated else None
        return b"" if writer is None or self.ended else writer.working()

    def feed(self, chunk: bytes) -> list[bytes]:
        """What the client gets for these bytes of GigaChat's; b"" means that they have ended.

        Never raises, and never returns an empty item: mitmproxy would end the answer there.
        """
        if self.ended:
            return []
        out: list[bytes] = []
        try:
            stream = self._translation.stream
            if stream is None:
                raise InternalError
            stream.feed(chunk, out)
            self.ended = stream.ended
        except GigaGateError as error:
            out += self.fail_stream(error)
        except Exception as crash:
            self.crash = crash
            out += self.fail_stream(InternalError())
        sent = b"".join(out)
        return [sent] if sent else []

    def otherwise(self, status: int, body: bytes) -> UpstreamRequest | Answer | None:
        """What to send, or to answer, in place of what GigaChat refused; None: it is refused."""
        translated = self._translated
        if status == 200 or translated is None or translated.otherwise is None:
            return None
        try:
            other = translated.otherwise(status, body)
        except GigaGateError as error:
            return self.fail(error)
        except Exception as crash:
            self.crash = crash
            return self.fail(InternalError())
        if other is None:
            return None
        if isinstance(other, Content):
            return self._told(other)
        self._translated = other
        return other.upstream

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> GigaGateError | None:
        """What GigaChat means by an answer that is no success."""
        if status == 200:
            return None
        error = errors.from_answer(
            status,
            headers,
            body,
            now=self._now,
            operation=self.report.operation,
            owner=self._policy.key_owner,
        )
        if error.param is not None and self._translated is not None:
            error.param = self._translated.path_of(error.param)
        return error

    def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
        """The whole answer for one of GigaChat's, error or not.  Never raises.

        May be asked again, once missing pictures are there.
        """
        try:
            if (failure := self.failure(status, headers, body)) is not None:
                return self.fail(failure)
            return self._told(self._translation.whole(body))
        except GigaGateError as error:
            return self.fail(error)
        except Exception as crash:
            self.crash = crash
            return self.fail(InternalError())

    def fail(self, error: GigaGateError) -> Answer:
        """The answer for an error before the first byte, or what the dialect has in its place."""
        if self._translated is not None and self._translated.instead is not None:
            content = self._translated.instead(error)
            if content is not None:
                return self._told(content)
        self._failed(error)
        envelope = self._dialect.envelope
        media_type, body = envelope.error(error, self._request_id)
        headers = self._headers(media_type) | dict(envelope.error_headers(error))
        if error.retry_after is not None:
            headers["retry-after"] = str(error.retry_after)
        return Answer(error.status, headers, body)

    def fail_stream(self, error: GigaGateError) -> list[bytes]:
        """The end of a stream that has begun and breaks off."""
        if self.ended:
            return []
        self._failed(error)
        writer = self._translated.writer if self._translated else None
        if writer is not None:
            try:
                return [writer.broken(error)]
            except Exception as crash:
                self.crash = crash
        return [self._dialect.envelope.error(error, self._request_id).body]

    @property
    def _translation(self) -> Translation:
        if self._translated is None:
            raise InternalError
        return self._translated

    @property
    def _stream_type(self) -> str:
        own = self._translated.stream_type if self._translated else ""
        return own or self._dialect.envelope.stream_type

    def _told(self, content: Content) -> Answer:
        self.ended = True
        return Answer(200, self._headers(content.media_type), content.body)

    def _failed(self, error: GigaGateError) -> None:
        self.ended = True
        self.report.error = error.code or error.type
        self.report.error_message = error.message

    def _headers(self, content_type: str) -> dict[str, str]:
        headers = {"content-type": content_type}
        if name := self._dialect.envelope.id_header:
            headers[name] = self._request_id
        if content_type == self._stream_type:
            headers["cache-control"] = "no-cache"
            headers["x-accel-buffering"] = "no"  # nginx in front would keep the stream back
        return headers
