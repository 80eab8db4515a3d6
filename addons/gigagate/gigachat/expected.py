"""What of a request its answer depends on, whichever API of GigaChat's gives it."""

from dataclasses import dataclass, field

from gigagate.core.key_owner import PROXY, KeyOwner
from gigagate.core.pivot import ToolCall, Usage
from gigagate.gigachat.function_call import FunctionCall
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.words import AnswerWords, Wording

CHARACTERS_PER_TOKEN = 4
"""Roughly, in Russian and in English, for the usage of an answer that was cut."""


@dataclass(frozen=True, slots=True)
class Expected:
    request_id: str
    model: str
    """The model asked for, should the answer not name its own."""
    now: int
    """Unix seconds, should the answer not say when it was created."""
    tool_names: ToolNames
    wording: Wording = field(default_factory=Wording)
    json_function: bool = False
    """The one function of the request stands for an answer in JSON."""
    prompt_characters: int = 0
    """Characters of the request, for an estimate."""
    question: str = ""
    """What a tool of GigaChat's own is used for, in the client's words; "" if none may be."""
    one_call: bool = False
    """The client takes no more than one call in an answer."""
    logprobs: int | None = None
    """How many likeliest tokens the client wants of each place; None: no log probabilities."""
    key_owner: KeyOwner = PROXY

    def estimated_usage(self, words: AnswerWords) -> Usage:
        """The estimate for an answer whose tokens GigaChat has not told."""
        prompt, completion = self.prompt_characters, words.characters
        return Usage(prompt // CHARACTERS_PER_TOKEN, completion // CHARACTERS_PER_TOKEN, 0)

    def tool_call(self, call: FunctionCall, index: int = 0) -> ToolCall:
        """index: 0, 1, 2, …, another one for each call.  Raises UpstreamProtocolError."""
        return call.as_tool_call(self.tool_names, f"{self.request_id[:24]}{index}")
