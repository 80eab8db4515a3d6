"""POST /v1/completions, the API OpenAI had before chat: the prompt becomes a user's message.

GigaChat has chat models only, so it answers the prompt where the old models would have gone on
writing it.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from gigagate.core import compact_json, sse
from gigagate.core.http import JSON, Content
from gigagate.core.in_hand import InHand
from gigagate.core.logprobs import TokenLogprob
from gigagate.core.parameter_table import Row, Table
from gigagate.core.pivot import (
    AnswerWriter,
    Chat,
    Choice,
    Completion,
    Finish,
    ToolCall,
    Usage,
)
from gigagate.core.value_types import Boolean, Number
from gigagate.dialects import chat as any_chat
from gigagate.dialects.dialect import Translation
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.openai import chat as openai_chat
from gigagate.dialects.openai import envelope
from gigagate.dialects.openai.chunks import DONE
from gigagate.dialects.openai.envelope import ENVELOPE
from gigagate.errors import (
    GigaGateError,
    InvalidRequest,
    UnsupportedFeature,
    UpstreamProtocolError,
)
from gigagate.gigachat.errors import unexpected
from gigagate.gigachat.v1.parameters import LOGPROBS

_OF_CHAT = "It belongs to /v1/chat/completions."

TABLE = Table(
    Row("prompt", "translated", reason="One text, which becomes the user's message."),
    Row("suffix", "refused", neutral=("",), reason="GigaChat does not fill in the middle."),
    Row("echo", "refused", Boolean(), neutral=(False,), reason="The answer holds no prompt."),
    Row(
        "best_of",
        "dropped",
        Number(1, 20, integer=True),
        neutral=(1,),
        meaning_changes=True,
        reason="GigaChat gives one answer a request.",
    ),
    Row(
        "logprobs",
        "translated",
        Number(0, 5, integer=True),
        reason=f"As logprobs and top_logprobs in a chat. {LOGPROBS}",
    ),
    *(
        Row(name, "refused", reason=_OF_CHAT)
        for name in (
            *("messages", "tools", "tool_choice", "functions", "function_call"),
            *("response_format", "modalities", "audio"),
        )
    ),
)
"""What is not in it is as in a chat completion."""


def as_chat(asked: Mapping[str, Any], call: InHand) -> dict[str, Any]:
    """The request as a chat completion.  Raises ClientError."""
    own = {name: value for name, value in asked.items() if name in TABLE}
    TABLE.translate(own, call.policy, call.notes)
    message = {"role": "user", "content": _prompt(asked.get("prompt"))}
    chat = {name: value for name, value in asked.items() if name not in own}
    if (likely := asked.get("logprobs")) is not None:
        top = TABLE["logprobs"].accepts.check("logprobs", likely)
        chat |= {"logprobs": True, "top_logprobs": top}
    return chat | {"messages": [message]}


def translate(call: InHand) -> Translation:
    """Raises ClientError."""
    return any_chat.translate(Completions(call), call, ENVELOPE.stream_type)


class Completions:
    """Implements dialects.dialect.ChatForm."""

    takes_pictures = False

    def __init__(self, call: InHand) -> None:
        self._call = call
        self._include_usage = False

    def chat(self) -> Chat:
        asked = parse_object(self._call.request.body)
        chat = openai_chat.checked(as_chat(asked, self._call))
        self._include_usage = openai_chat.wants_usage(chat)
        return chat

    def whole(self, completion: Completion, tokens: Usage | None) -> Content:
        texts = [_text_choice(choice) for choice in completion["choices"]]
        told = self._identity() | completion | {"choices": texts}
        return Content(JSON, compact_json.dumps(told))

    def writer(self) -> AnswerWriter:
        head = {"created": self._call.now, "model": self._call.report.model_asked}
        return _TextWriter(self._identity() | head, include_usage=self._include_usage)

    def path_of(self, pivot_path: str) -> str:
        return "prompt" if pivot_path.startswith("messages") else pivot_path

    def _identity(self) -> dict[str, Any]:
        return {"id": f"cmpl-{self._call.request_id}", "object": "text_completion"}


class _TextWriter:
    """Implements core.pivot.AnswerWriter and TellsLogprobs."""

    def __init__(self, head: Mapping[str, Any], *, include_usage: bool) -> None:
        self._head = dict(head)
        self._offset = 0
        """Characters of the tokens whose log probabilities have been told."""
        self._include_usage = include_usage

    def start(self, model: str, created: int) -> bytes:
        self._head |= {"created": created, "model": model}
        return self.text("")

    def text(self, text: str) -> bytes:
        return self._event([_choice(text, None)], usage=None)

    def reasoning(self, text: str) -> bytes:
        return self.working()

    def tool_call(self, call: ToolCall, index: int) -> bytes:
        raise _uncalled_for()

    def logprobs(self, tokens: Sequence[TokenLogprob]) -> bytes:
        told = _logprobs(tokens, self._offset)
        self._offset += sum(len(token.token) for token in tokens)
        return self._event([_choice("", None, logprobs=told)], usage=None)

    def working(self) -> bytes:
        return self.text("")

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes:
        end = self._event([_choice("", reason)], usage=None)
        if self._include_usage and tokens:
            end += self._event([], usage=tokens.as_object())
        return end + DONE

    def broken(self, error: GigaGateError) -> bytes:
        return envelope.last_event(error)

    def _event(self, choices: list[dict[str, Any]], usage: Mapping[str, Any] | None) -> bytes:
        event = self._head | {"choices": choices}
        if self._include_usage:
            event["usage"] = usage
        return sse.event(compact_json.dumps(event))


def _prompt(given: object) -> str:
    prompt = given[0] if isinstance(given, list) and len(given) == 1 else given
    if not isinstance(prompt, str):
        raise UnsupportedFeature(
            "prompt must be one text: GigaChat takes no token ids and one prompt a request. "
            "(LangChain: OpenAI(batch_size=1).)",
            param="prompt",
        )
    if not prompt:
        raise InvalidRequest("prompt is empty: there is nothing to answer.", param="prompt")
    return prompt


def _text_choice(choice: Choice) -> dict[str, Any]:
    if "tool_calls" in choice["message"]:
        raise _uncalled_for()
    likely = TokenLogprob.all_in(choice.get("logprobs"))
    told = _logprobs(likely) if likely else None
    text = choice["message"]["content"] or ""
    return _choice(text, choice["finish_reason"], choice["index"], told)


def _uncalled_for() -> UpstreamProtocolError:
    return unexpected("a function call that nobody asked for")


def _choice(
    text: str, finish_reason: str | None, index: int = 0, logprobs: Any = None
) -> dict[str, Any]:
    return {"text": text, "index": index, "logprobs": logprobs, "finish_reason": finish_reason}


def _logprobs(tokens: Sequence[TokenLogprob], offset: int = 0) -> dict[str, Any]:
    """The older form, of columns.  offset: of the first token in the text."""
    words = [token.token for token in tokens]
    ends = accumulate(map(len, words), initial=offset)
    top = [{other.token: other.logprob for other in token.top} for token in tokens]
    return {
        "tokens": words,
        "token_logprobs": [token.logprob for token in tokens],
        "top_logprobs": top if any(top) else None,
        "text_offset": [*ends][:-1],
    }
