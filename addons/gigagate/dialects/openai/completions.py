"""POST /v1/completions, the API OpenAI had before chat: the prompt becomes a user's message.

GigaChat has chat models only, so it answers the prompt where the old models would have gone on
writing it.
"""

from collections.abc import Mapping
from typing import Any

from gigagate.core import compact_json, sse
from gigagate.core.http import UpstreamRequest
from gigagate.core.parameter_table import Row, Table
from gigagate.core.report import Usage
from gigagate.core.value_types import Boolean, Number
from gigagate.dialects import upstream_json
from gigagate.dialects.handler import AnswerStream, Call
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.openai import chat as openai_chat
from gigagate.dialects.openai.chunks import DONE
from gigagate.errors import InvalidRequest, UnsupportedFeature, UpstreamProtocolError
from gigagate.gigachat.errors import unexpected
from gigagate.gigachat.v1 import response, upstream_chat
from gigagate.gigachat.v1.function_call import ToolCall
from gigagate.gigachat.v1.stream import ChatStream

REASONING = sse.comment(b"GigaChat is thinking")
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
        "dropped",
        Number(0, 5, integer=True),
        meaning_changes=True,
        reason="GigaChat v1 gives no log probabilities.",
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


def as_chat(asked: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """The request as a chat completion.  Raises ClientError."""
    own = {name: value for name, value in asked.items() if name in TABLE}
    TABLE.translate(own, call.policy, call.notes)
    message = {"role": "user", "content": _prompt(asked.get("prompt"))}
    return {name: value for name, value in asked.items() if name not in own} | {
        "messages": [message]
    }


class Completions:
    """Handler."""

    wants_stream = False

    def __init__(self, call: Call) -> None:
        self._call = call
        self._include_usage = False

    def upstream_request(self) -> UpstreamRequest:
        chat = openai_chat.checked(as_chat(parse_object(self._call.request.body), self._call))
        self._call.report.model_asked = chat["model"]
        self.wants_stream = bool(chat.get("stream"))
        self._include_usage = openai_chat.wants_usage(chat)
        upstream, self._expected = upstream_chat.ask(chat, self._call)
        return upstream

    def stream(self) -> AnswerStream:
        return ChatStream(self._writer(), self._expected, self._call.report)

    def answer(self, body: bytes) -> bytes:
        answer = upstream_json.parsed(body)
        report = self._call.report
        completion = response.chat_completion(answer, self._expected, report)
        texts = [_text_choice(choice) for choice in completion["choices"]]
        if not self.wants_stream:
            return compact_json.dumps(completion | self._identity() | {"choices": texts})
        writer = self._writer()
        start = writer.start(completion["model"], completion["created"])
        said = writer.text(texts[0]["text"])
        return start + said + writer.finish(texts[0]["finish_reason"], report.usage)

    def _writer(self) -> "TextWriter":
        return TextWriter(self._identity(), include_usage=self._include_usage)

    def _identity(self) -> dict[str, Any]:
        return {"id": f"cmpl-{self._expected.request_id}", "object": "text_completion"}


class TextWriter:
    """Implements gigachat.stream.ChunkWriter."""

    def __init__(self, identity: Mapping[str, Any], *, include_usage: bool) -> None:
        self._head = dict(identity)
        self._include_usage = include_usage

    def start(self, model: str, created: int) -> bytes:
        self._head |= {"created": created, "model": model}
        return self.text("")

    def text(self, text: str) -> bytes:
        return self._event([_choice(text, None)], usage=None)

    def reasoning(self, text: str) -> bytes:
        return REASONING

    def tool_call(self, call: ToolCall) -> bytes:
        raise _uncalled_for()

    def finish(self, reason: str, tokens: Usage | None) -> bytes:
        end = self._event([_choice("", reason)], usage=None)
        if self._include_usage and tokens:
            end += self._event([], usage=response.openai_usage(tokens))
        return end + DONE

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


def _text_choice(choice: Mapping[str, Any]) -> dict[str, Any]:
    if "tool_calls" in choice["message"]:
        raise _uncalled_for()
    return _choice(choice["message"]["content"], choice["finish_reason"], choice["index"])


def _uncalled_for() -> UpstreamProtocolError:
    return unexpected("a function call that nobody asked for")


def _choice(text: str, finish_reason: str | None, index: int = 0) -> dict[str, Any]:
    return {"text": text, "index": index, "logprobs": None, "finish_reason": finish_reason}
