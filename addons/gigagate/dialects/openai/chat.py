"""POST /v1/chat/completions, OpenAI's chat: the pivot, so it only reads, checks and writes."""

from typing import Any

from gigagate.core import compact_json
from gigagate.core.http import UpstreamRequest
from gigagate.core.validation import array_at, object_at, text_at, wrong_type
from gigagate.dialects import upstream_json
from gigagate.dialects.handler import AnswerStream, Call
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.openai.chunks import ChunkWriter
from gigagate.errors import InvalidRequest
from gigagate.gigachat.v1 import response, upstream_chat
from gigagate.gigachat.v1.stream import ChatStream


def checked(chat: dict[str, Any]) -> dict[str, Any]:
    """Its top level; what lies deeper is the translation's to check.  Raises InvalidRequest."""
    if not array_at("messages", chat.get("messages")):
        raise InvalidRequest("messages is empty: there is nothing to answer.", param="messages")
    text_at("model", chat.get("model"))
    if not isinstance(chat.get("stream"), bool | None):
        raise wrong_type("stream", "a boolean", chat["stream"])
    if chat.get("stream_options") is not None:
        object_at("stream_options", chat["stream_options"])
    return chat


def wants_usage(chat: dict[str, Any]) -> bool:
    return bool((chat.get("stream_options") or {}).get("include_usage"))


class ChatCompletions:
    """Handler."""

    wants_stream = False

    def __init__(self, call: Call) -> None:
        self._call = call
        self._include_usage = False

    def upstream_request(self) -> UpstreamRequest:
        chat = checked(parse_object(self._call.request.body))
        self._call.report.model_asked = chat["model"]
        self.wants_stream = bool(chat.get("stream"))
        self._include_usage = wants_usage(chat)
        upstream, self._expected = upstream_chat.ask(chat, self._call)
        return upstream

    def stream(self) -> AnswerStream:
        writer = self._call.pictures.written_by(self._writer())
        return ChatStream(writer, self._expected, self._call.report)

    def answer(self, body: bytes) -> bytes:
        answer = upstream_json.parsed(body)
        completion = response.chat_completion(answer, self._expected, self._call.report)
        for choice in completion["choices"]:
            message = choice["message"]
            message["content"] = self._call.pictures.shown(message["content"])
        if self.wants_stream:
            return self._writer().whole(completion, self._call.report.usage)
        return compact_json.dumps(completion)

    def _writer(self) -> ChunkWriter:
        return ChunkWriter(
            self._expected.completion_id,
            include_usage=self._include_usage,
            legacy_functions=self._expected.legacy_functions,
        )
