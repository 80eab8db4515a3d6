"""POST /v1/chat/completions, OpenAI's chat: the pivot, so it only reads, checks and writes."""

from typing import Any, cast

from gigagate.core import compact_json
from gigagate.core.http import JSON, Content
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerMessage, AnswerWriter, Chat, Completion, Finish, Usage
from gigagate.core.validation import array_at, object_at, text_at, wrong_type
from gigagate.dialects import chat as any_chat
from gigagate.dialects.dialect import Translation
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.openai.chunks import ChunkWriter
from gigagate.dialects.openai.envelope import ENVELOPE
from gigagate.dialects.openai.source_links import linked
from gigagate.errors import InvalidRequest


def translate(call: InHand) -> Translation:
    """Raises ClientError."""
    return any_chat.translate(ChatCompletions(call), call, ENVELOPE.stream_type)


def checked(chat: dict[str, Any]) -> Chat:
    """Its top level; what lies deeper is the translation's to check.  Raises InvalidRequest."""
    if not array_at("messages", chat.get("messages")):
        raise InvalidRequest("messages is empty: there is nothing to answer.", param="messages")
    text_at("model", chat.get("model"))
    if not isinstance(chat.get("stream"), bool | None):
        raise wrong_type("stream", "a boolean", chat["stream"])
    if chat.get("stream_options") is not None:
        object_at("stream_options", chat["stream_options"])
    return cast(Chat, chat)


def wants_usage(chat: Chat) -> bool:
    return bool((chat.get("stream_options") or {}).get("include_usage"))


class ChatCompletions:
    """Implements dialects.dialect.ChatForm."""

    takes_pictures = False

    def __init__(self, call: InHand) -> None:
        self._call = call
        self._include_usage = self._legacy_functions = self._source_links = False

    def chat(self) -> Chat:
        chat = checked(parse_object(self._call.request.body))
        self._include_usage = wants_usage(chat)
        self._legacy_functions = bool(chat.get("functions")) and not chat.get("tools")
        self._source_links = self._call.policy.source_links and not chat.get("response_format")
        return chat

    def whole(self, completion: Completion, tokens: Usage | None) -> Content:
        choices: list[Any] = list(completion["choices"])
        for choice in choices:
            said = choice["message"]
            said.pop("tool_runs", None)
            if self._source_links and said["content"] and "annotations" in said:
                told = linked(said["content"], said["annotations"])
                said["content"], said["annotations"] = told
        if self._legacy_functions:
            choices = [
                choice
                | {
                    "message": _legacy(choice["message"]),
                    "finish_reason": _legacy_reason(choice["finish_reason"]),
                }
                for choice in completion["choices"]
            ]
        identity = {"id": self._id, "object": "chat.completion"}
        return Content(JSON, compact_json.dumps(identity | completion | {"choices": choices}))

    def writer(self) -> AnswerWriter:
        return ChunkWriter(
            self._id,
            model=self._call.report.model_asked or "",
            created=self._call.now,
            include_usage=self._include_usage,
            legacy_functions=self._legacy_functions,
            source_links=self._source_links,
        )

    def path_of(self, pivot_path: str) -> str:
        return pivot_path

    @property
    def _id(self) -> str:
        return f"chatcmpl-{self._call.request_id}"


def _legacy(message: AnswerMessage) -> dict[str, Any]:
    told: dict[str, Any] = {**message}
    if calls := told.pop("tool_calls", None):
        told["function_call"] = calls[0]["function"]
    return told


def _legacy_reason(reason: Finish) -> Finish:
    return "function_call" if reason == "tool_calls" else reason
