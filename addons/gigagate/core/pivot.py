"""The pivot: a chat and its answer in the form of OpenAI's chat completions, which all share.

A client's API is translated to it and from it, and so is each of GigaChat's, so that neither knows
the other.  A Chat is checked at its top level by the dialect that makes it; what lies deeper may
be a client's own, and is checked by whoever reads it.
"""

from collections.abc import Mapping, Sequence
from typing import (
    Any,
    Literal,
    NamedTuple,
    NotRequired,
    Protocol,
    Required,
    TypedDict,
    runtime_checkable,
)

from gigagate.errors import GigaGateError

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]

Finish = Literal["stop", "length", "tool_calls", "function_call", "content_filter"]
"""Why an answer ended.  function_call is the older word for tool_calls, read but not written."""

INCOMPLETE: frozenset[Finish] = frozenset({"length", "content_filter"})
"""The ends at which the model had more to say."""


class TextPart(TypedDict):
    type: Literal["text"]
    text: str


class RefusalPart(TypedDict):
    type: Literal["refusal"]
    refusal: str


class ImageUrl(TypedDict):
    url: str
    """A data URL, or an address."""
    detail: NotRequired[str]


class ImagePart(TypedDict):
    type: Literal["image_url"]
    image_url: ImageUrl


class File(TypedDict, total=False):
    file_data: str
    """Base64 or a data URL."""
    file_url: str
    file_id: str
    """The id of a file that GigaChat has already."""
    filename: str


class FilePart(TypedDict):
    type: Literal["file"]
    file: File


class Audio(TypedDict):
    data: str
    """Base64."""
    format: str


class AudioPart(TypedDict):
    type: Literal["input_audio"]
    input_audio: Audio


Part = TextPart | RefusalPart | ImagePart | FilePart | AudioPart


class CalledFunction(TypedDict):
    name: str
    arguments: str
    """A JSON text.  It is the model's: not valid if the model erred or was cut off."""


class CallObject(TypedDict):
    """A call of a function, in a message."""

    id: str
    type: Literal["function"]
    function: CalledFunction


class Message(TypedDict, total=False):
    role: Required[Role]
    content: str | list[Part] | None
    name: str
    refusal: str | None
    reasoning_content: str
    tool_calls: list[CallObject]
    tool_call_id: str
    function_call: CalledFunction
    """The older form of tool_calls."""


class FunctionDefinition(TypedDict, total=False):
    name: Required[str]
    description: str
    parameters: Mapping[str, Any]
    """A JSON schema."""
    strict: bool | None
    few_shot_examples: list[Mapping[str, Any]]
    """GigaChat's own."""
    return_parameters: Mapping[str, Any]
    """GigaChat's own: a JSON schema."""


class Tool(TypedDict, total=False):
    """A function, or one of gigachat.builtin_tools.KINDS, which GigaChat runs itself."""

    type: Required[str]
    function: FunctionDefinition


class StreamOptions(TypedDict, total=False):
    include_usage: bool


class Chat(TypedDict, total=False):
    """A request.  Its parameters are those of gigachat.v1.parameters.TABLE; null is as absent."""

    model: Required[str]
    messages: Required[list[Message]]
    tools: list[Tool] | None
    tool_choice: str | Mapping[str, Any] | None
    functions: list[FunctionDefinition] | None
    """The older form of tools."""
    function_call: str | Mapping[str, Any] | None
    """The older form of tool_choice."""
    parallel_tool_calls: bool | None
    response_format: Mapping[str, Any] | None
    stream: bool | None
    stream_options: StreamOptions | None
    stop: str | Sequence[str] | None
    max_tokens: int | None
    max_completion_tokens: int | None
    temperature: float | None
    top_p: float | None
    reasoning_effort: str | None
    logprobs: bool | None
    top_logprobs: int | None


class PromptTokensDetails(TypedDict):
    cached_tokens: int


class UsageObject(TypedDict):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptTokensDetails


class UrlCitation(TypedDict):
    start_index: int
    end_index: int
    url: str
    title: str


class Annotation(TypedDict):
    type: Literal["url_citation"]
    url_citation: UrlCitation


class Picture(NamedTuple):
    """A picture that GigaChat has made."""

    media_type: str
    data: str
    """Base64."""


class AnswerMessage(TypedDict, total=False):
    role: Required[Literal["assistant"]]
    content: Required[str | None]
    """None beside calls only."""
    refusal: None
    reasoning_content: str
    tool_calls: list[CallObject]
    annotations: list[Annotation]
    tool_runs: list["ToolRun"]
    """What GigaChat's own tools did; not OpenAI's, so its chat leaves it out."""
    pictures: list[Picture]
    """Pictures for a client that takes them beside the text."""


class Logprobs(TypedDict):
    content: list[dict[str, Any]]
    """Those of each token, as core.logprobs makes them."""
    refusal: None


class Choice(TypedDict):
    index: int
    message: AnswerMessage
    logprobs: Logprobs | None
    finish_reason: Finish


class Completion(TypedDict):
    """A whole answer.  What names it, an id and an object's kind, is its dialect's."""

    created: int
    """Unix seconds."""
    model: str
    """The one that answered, in GigaChat's words."""
    choices: list[Choice]
    usage: NotRequired[UsageObject]


class ToolCall(NamedTuple):
    """A call of a function, in an answer."""

    id: str
    name: str
    """The name the client has for it."""
    arguments: str
    """A JSON text.  It is the model's: not valid if the model erred or was cut off."""


RunKind = Literal["web_search", "web_fetch", "code_interpreter", "image_generation", "other"]


class Source(NamedTuple):
    """A page that a search has found."""

    url: str
    title: str


class Citation(NamedTuple):
    """That a part of the answer's text is from a source."""

    start: int
    end: int
    """Characters of the answer's text so far; what is cited ends there."""
    text: str
    """What is cited."""
    source: Source

    @classmethod
    def of(cls, annotation: Annotation, text: str) -> "Citation":
        """text: the whole answer's."""
        place = annotation["url_citation"]
        start, end = place["start_index"], place["end_index"]
        return cls(start, end, text[start:end], Source(place["url"], place["title"]))

    def as_object(self) -> Annotation:
        url, title = self.source
        place: UrlCitation = {
            "start_index": self.start,
            "end_index": self.end,
            "url": url,
            "title": title,
        }
        return {"type": "url_citation", "url_citation": place}


class ToolRun(NamedTuple):
    """One run of a tool of GigaChat's own, as far as it is known."""

    number: int
    """0, 1, 2, … within the answer."""
    kind: RunKind
    status: Literal["in_progress", "completed", "failed"]
    query: str = ""
    """What was asked for, in the client's words: GigaChat does not tell its own."""
    sources: tuple[Source, ...] = ()


class Usage(NamedTuple):
    """Tokens."""

    prompt: int
    """Those found in GigaChat's prompt cache included."""
    completion: int
    cached: int
    """Those of the prompt that were found in the prompt cache, and are not billed."""

    def as_object(self) -> UsageObject:
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached},
        }


class AnswerWriter(Protocol):
    """An answer as a dialect's stream: `start` once, `finish` once and last, pieces between.

    Nothing is written ahead of what stands before it, so a writer may count.
    """

    def start(self, model: str, created: int) -> bytes:
        """The model as GigaChat names it; unix seconds."""

    def text(self, text: str) -> bytes: ...
    def reasoning(self, text: str) -> bytes: ...

    def tool_call(self, call: ToolCall, index: int) -> bytes:
        """A whole call.  index: 0, 1, 2, … within the answer."""

    def working(self) -> bytes:
        """A sign of life, at any moment, before `start` too; b"" if the form has none."""

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes: ...

    def broken(self, error: GigaGateError) -> bytes:
        """The end in place of `finish`, of an answer that breaks off, before `start` too."""


@runtime_checkable
class TellsTools(Protocol):
    """A writer that has a form for what GigaChat's own tools do.  To others they are not told."""

    def tool_run(self, run: ToolRun) -> bytes:
        """in_progress, perhaps several times; then once completed or failed, with its sources."""

    def cite(self, citations: Sequence[Citation]) -> bytes:
        """Right behind the text that is cited."""


@runtime_checkable
class TellsPictures(Protocol):
    """A writer that has a form for pictures beside the text."""

    def picture(self, picture: Picture) -> bytes: ...


class AnswerStream(Protocol):
    """GigaChat's bytes in, the client's out."""

    ended: bool
    """The client has its proper end: nothing more is read or written."""
    cut: bool
    """The client has its end early: GigaChat's answer goes on, and nobody needs the rest."""

    def feed(self, chunk: bytes, out: list[bytes]) -> None:
        """Appends what the client gets to `out`, so that what came before a fault is not lost.

        b"": GigaChat's bytes end here.  Raises GigaGateError.
        """
