"""GigaChat's first chat API: the request, and what reads its answer."""

from typing import Any, cast

from gigagate.core import attachment, compact_json
from gigagate.core.attachment import FileIds
from gigagate.core.http import UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerWriter, Chat, Completion
from gigagate.core.report import Report
from gigagate.gigachat import session
from gigagate.gigachat.answer_json import parsed
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1 import left_out, parameters, request, response, structured
from gigagate.gigachat.v1.stream import ChatStream
from gigagate.gigachat.words import Wording

PATH = "/v1/chat/completions"


class ChatV1:
    """Implements gigachat.upstream.UpstreamChat."""

    name = "v1"
    may_be_refused = False

    def ask(self, chat: Chat, call: InHand) -> tuple[UpstreamRequest, Expected]:
        return ask(chat, call)

    def whole(self, body: bytes, expected: Expected, report: Report) -> Completion:
        return response.chat_completion(parsed(body), expected, report)

    def stream(self, writer: AnswerWriter, expected: Expected, report: Report) -> ChatStream:
        return ChatStream(writer, expected, report)


def ask(asked: Chat, call: InHand) -> tuple[UpstreamRequest, Expected]:
    """Raises ClientError."""
    chat = cast(dict[str, Any], asked)  # what lies below the top is not checked yet
    count_messages(chat, call)
    names = ToolNames.of(chat)
    body = request.chat_completion(chat, call.policy, call.notes, names)
    call.report.model_sent = body["model"]

    def body_with(ids: FileIds) -> bytes:
        told = left_out.told(body["messages"], ids, call.notes, strict=call.policy.strict)
        messages = attachment.with_ids(told, ids)
        return compact_json.dumps_whole(body | {"messages": messages})

    content = body_with({})
    files = attachment.wanted(body["messages"])
    upstream = UpstreamRequest(
        "POST",
        PATH,
        headers(chat, body, call),
        content,
        files,
        body_with,
        in_one_piece=not chat.get("stream") or bool(body.get("functions")),
    )
    return upstream, expected(chat, names, body, content, call)


def count_messages(chat: dict[str, Any], call: InHand) -> None:
    """Counts the messages, for the report; plain are those that GigaChat v1 would take as is."""
    messages = chat["messages"]
    plain = [
        1
        for message in messages
        if type(message) is dict
        and len(message) == 2
        and type(message.get("content")) is str
        and message.get("role") in ("system", "user", "assistant")
    ]
    call.report.messages = len(messages)
    call.report.messages_converted = len(messages) - len(plain)


def headers(chat: dict[str, Any], body: dict[str, Any], call: InHand) -> dict[str, str]:
    """body: with model and messages of v1's form."""
    told = {
        "Content-Type": "application/json",
        "Accept": "text/event-stream" if chat.get("stream") else "application/json",
        "X-Request-ID": session.uuid_form(call.request_id),
    }
    if session_id := session.session_id(call.request, body, call.policy, call.session):
        told["X-Session-ID"] = session_id
    return told


def expected(
    chat: dict[str, Any], names: ToolNames, body: dict[str, Any], content: bytes, call: InHand
) -> Expected:
    """body: with model and function_call of v1's form."""
    stop = parameters.stop_sequences(chat)
    wanted = structured.WantedJson.of(chat.get("response_format"))
    return Expected(
        request_id=call.request_id,
        model=body["model"],
        now=call.now,
        tool_names=names,
        wording=Wording(call.policy.reasoning, stop, wanted.opening if wanted else None),
        json_function=wanted is not None and structured.is_asked_by_function(body, names),
        prompt_characters=len(content.decode()) if stop else 0,
        key_owner=call.policy.key_owner,
    )
