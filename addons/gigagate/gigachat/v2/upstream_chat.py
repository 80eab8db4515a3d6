"""GigaChat's second chat API: the request, and what reads its answer."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from gigagate.core import attachment, compact_json
from gigagate.core.attachment import FileIds
from gigagate.core.http import UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerWriter, Chat, Completion
from gigagate.core.report import Report
from gigagate.gigachat.answer_json import parsed
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.v1 import left_out
from gigagate.gigachat.v1 import upstream_chat as v1
from gigagate.gigachat.v2 import request, whole
from gigagate.gigachat.v2.stream import ChatStream
from gigagate.gigachat.v2.variation import Variation

PATH = "/v2/chat/completions"
_LONGEST_QUESTION = 400


class ChatV2:
    """Implements gigachat.upstream.UpstreamChat."""

    name = "v2"
    may_be_refused = True

    def __init__(self, variation: Variation) -> None:
        self.variation = variation

    def ask(self, chat: Chat, call: InHand) -> tuple[UpstreamRequest, Expected]:
        """Raises ClientError."""
        asked = cast(dict[str, Any], chat)  # what lies below the top is not checked yet
        v1.count_messages(asked, call)
        built = request.built(asked, call.policy, call.notes, self.variation)
        body = built.body
        call.report.model_sent = body["model"]

        def body_with(ids: FileIds) -> bytes:
            told = left_out.told(body["messages"], ids, call.notes, strict=call.policy.strict)
            return compact_json.dumps_whole(built.whole(attachment.with_ids(told, ids)))

        content = body_with({})
        upstream = UpstreamRequest(
            "POST",
            PATH,
            v1.headers(asked, body, call),
            content,
            attachment.wanted(body["messages"]),
            body_with,
            in_one_piece=not asked.get("stream") or bool(built.tools),
        )
        if built.is_regex:
            asked = asked | {"response_format": None}
        expected = replace(
            v1.expected(asked, built.names, body, content, call),
            question=_question(chat) if built.builtin else "",
            one_call=chat.get("parallel_tool_calls") is False,
            logprobs=built.logprobs,
            prompt_characters=len(content.decode()),
        )
        return upstream, expected

    def whole(self, body: bytes, expected: Expected, report: Report) -> Completion:
        return whole.chat_completion(parsed(body), expected, report)

    def stream(self, writer: AnswerWriter, expected: Expected, report: Report) -> ChatStream:
        return ChatStream(writer, expected, report)


def _question(chat: Chat) -> str:
    """What the user wrote last, and no client around it: GigaChat does not tell what it looked for.

    Clients wrap what they add themselves in tags.
    """
    for message in reversed(chat["messages"]):
        if message.get("role") == "user":
            texts = [text.strip() for text in _texts(message.get("content"))]
            plain = [text for text in texts if text and not text.startswith("<")]
            return (plain or texts or [""])[-1][:_LONGEST_QUESTION]
    return ""


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict) and isinstance(text := part.get("text"), str):
            yield text
