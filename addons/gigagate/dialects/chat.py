"""What every chat API has in common: GigaChat is asked, and its answer told in the client's form.

A dialect brings a ChatForm; whole answers, streams, and a whole answer where a stream was wanted
are handled here, once.
"""

from gigagate.core.http import Content
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerWriter, Completion, ToolCall, Usage
from gigagate.dialects.dialect import ChatForm, Translation
from gigagate.errors import ClientError
from gigagate.gigachat.pictures import Pictures
from gigagate.gigachat.upstream import UpstreamChat
from gigagate.gigachat.v1.upstream_chat import ChatV1

_V1: UpstreamChat = ChatV1()


def translate(form: ChatForm, call: InHand, stream_type: str) -> Translation:
    """stream_type: the media type of the dialect's streams.  Raises ClientError."""
    chat = form.chat()
    call.report.model_asked = chat["model"]
    try:
        upstream, expected = _V1.ask(chat, call)
    except ClientError as error:
        raise error.moved(form.path_of) from None
    pictures = Pictures(call.policy.files, call.request, call.now)
    report = call.report
    writer = form.writer() if chat.get("stream") else None

    def whole(body: bytes) -> Content:
        completion = _V1.whole(body, expected, report)
        for choice in completion["choices"]:
            choice["message"]["content"] = pictures.shown(choice["message"]["content"])
        if pictures.missing or writer is None:
            return form.whole(completion, report.usage)
        return Content(stream_type, in_pieces(writer, completion, report.usage))

    if writer is None:
        return Translation(upstream, whole, pictures=pictures, path_of=form.path_of)
    stream = _V1.stream(pictures.written_by(writer), expected, report)
    return Translation(
        upstream,
        whole,
        stream,
        writer,
        pictures,
        stream_type=stream_type,
        path_of=form.path_of,
    )


def in_pieces(writer: AnswerWriter, completion: Completion, tokens: Usage | None) -> bytes:
    """The stream for an answer that came whole."""
    choice = completion["choices"][0]
    said = choice["message"]
    pieces = [writer.start(completion["model"], completion["created"])]
    if thought := said.get("reasoning_content"):
        pieces.append(writer.reasoning(thought))
    if text := said["content"]:
        pieces.append(writer.text(text))
    for index, call in enumerate(said.get("tool_calls", ())):
        function = call["function"]
        made = ToolCall(call["id"], function["name"], function["arguments"])
        pieces.append(writer.tool_call(made, index))
    return b"".join((*pieces, writer.finish(choice["finish_reason"], tokens)))
