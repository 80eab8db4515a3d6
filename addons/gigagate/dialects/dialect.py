"""What a dialect is: a client's API, told apart, translated, and answered in its own form.

A new dialect is a folder beside this file and one name in routes.DIALECTS.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol

from gigagate.core.http import Content, Head, UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerStream, AnswerWriter, Chat, Completion, Usage
from gigagate.dialects.reading import Said
from gigagate.dialects.words import COMMON, Words
from gigagate.errors import GigaGateError
from gigagate.gigachat.pictures import Pictures


class Envelope(Protocol):
    """How an API tells an error, whatever it was asked."""

    @property
    def id_header(self) -> str:
        """The header that names the request: "x-request-id"; "" for none."""

    @property
    def stream_type(self) -> str:
        """The media type of a stream."""

    def error(self, error: GigaGateError, request_id: str) -> Content: ...

    def error_headers(self, error: GigaGateError) -> Mapping[str, str]:
        """Those beside Retry-After, which every error has that knows it."""


class Reader(Protocol):
    """An API's bytes in the pivot's terms, for people: views, the prompts log, fixtures."""

    def chat(self, body: bytes, path: str) -> Chat:
        """A request for a chat, not checked deeper than it must be to be told.

        path: the request's, with the query: some APIs name the model there.
        Raises ValueError, with a sentence, if it is none.
        """

    def answer(self, body: bytes) -> Said:
        """An answer or an error, whole or a stream, as far as it has come.

        Raises ValueError, with a sentence, if it is none.
        """


def _same(path: str) -> str:
    return path


class Translation(NamedTuple):
    """A request, translated: what goes out, and how what comes back is told."""

    upstream: UpstreamRequest
    whole: Callable[[bytes], Content]
    """The answer for a 200 that is no stream.  May be asked again.  Raises UpstreamError."""
    stream: AnswerStream | None = None
    """The reader of a 200 that is a stream; None: the client wants none."""
    writer: AnswerWriter | None = None
    """The stream's: what the client gets while nothing comes, or when it breaks off."""
    pictures: Pictures | None = None
    """Those that the answer may wait for."""
    instead: Callable[[GigaGateError], Content | None] | None = None
    """An answer in the place of GigaChat's error, such as an estimate; None: the error."""
    stream_type: str = ""
    """The stream's media type, where the API has more than one; "": the envelope's."""
    otherwise: Callable[[int, bytes], "Translation | Content | None"] | None = None
    """What is asked, or answered, in place of what GigaChat refused, by its status and body."""
    path_of: Callable[[str], str] = _same
    """Where the client has what stands here in the pivot, for an error of GigaChat's."""
    following: Callable[[bytes], UpstreamRequest | None] | None = None
    """What is asked after a 200, before `whole` gets the last one's body; None: that was the last.
    Raises UpstreamError."""


class Endpoint(NamedTuple):
    method: str
    path: str
    """Below /v1, with {id} for the part that varies."""
    about: str
    """One sentence for the docs."""
    operation: str
    """What is asked of GigaChat: "chat", "embeddings", "files", "models", "tokens", …"""
    translate: Callable[[InHand], Translation | Content]
    """Content: the dialect answers by itself, and nothing goes out.  Raises ClientError."""


class Dialect(NamedTuple):
    name: str
    """In metrics and logs."""
    envelope: Envelope
    endpoints: tuple[Endpoint, ...]
    claims: Callable[[Head, str], bool]
    """Whether a request speaks it, by method, path and headers; and by its canonical path."""
    keys: Callable[[Head], Iterator[str]]
    """The keys a request brings, from wherever this API's clients put them."""
    reader: Reader
    key_headers: tuple[str, ...] = ()
    """Where `keys` looks beside Authorization, in lower case: nobody is shown what stands there."""
    words: Words = Words(COMMON)
    """What of a request stays where the rest is replaced by filler."""


class ChatForm(Protocol):
    """One request to a chat API and its answer; dialects/chat.py does what all have in common."""

    @property
    def takes_pictures(self) -> bool:
        """Pictures beside the text are wanted: the writer is a TellsPictures.  After `chat`."""

    def chat(self) -> Chat:
        """The client's request, checked.  Raises ClientError."""

    def whole(self, completion: Completion, tokens: Usage | None) -> Content: ...

    def writer(self) -> AnswerWriter:
        """Asked once, after `chat`."""

    def path_of(self, pivot_path: str) -> str:
        """Where the client has what stands here in the pivot: "messages[2].content"."""
