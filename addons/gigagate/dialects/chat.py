"""What every chat API has in common: GigaChat is asked, and its answer told in the client's form.

A dialect brings a ChatForm; whole answers, streams, and a whole answer where a stream was wanted
are handled here, once, and what is asked instead where GigaChat refuses how it was asked.
"""

from collections.abc import Sequence
from dataclasses import replace

from gigagate.core.http import Content
from gigagate.core.in_hand import InHand
from gigagate.core.logprobs import TellsLogprobs, TokenLogprob
from gigagate.core.notes import Notes
from gigagate.core.pivot import (
    Annotation,
    AnswerWriter,
    Chat,
    Completion,
    TellsPictures,
    TellsTools,
    ToolCall,
    Usage,
)
from gigagate.dialects import cited_text
from gigagate.dialects.dialect import ChatForm, Translation
from gigagate.errors import ClientError
from gigagate.gigachat import apis
from gigagate.gigachat.apis import Taken
from gigagate.gigachat.pictures import Pictures


def translate(form: ChatForm, call: InHand, stream_type: str) -> Translation:
    """stream_type: the media type of the dialect's streams.  Raises ClientError."""
    chat = form.chat()
    call.report.model_asked = chat["model"]
    taken = apis.take(chat, call)
    writer = form.writer() if chat.get("stream") else None
    return _asked(taken, form, chat, call, stream_type, writer)


def _asked(
    taken: Taken,
    form: ChatForm,
    chat: Chat,
    call: InHand,
    stream_type: str,
    writer: AnswerWriter | None,
) -> Translation:
    api, report = taken.api, call.report
    try:
        upstream, expected = api.ask(chat, call)
    except ClientError as error:
        raise error.moved(form.path_of) from None
    pictures = Pictures(call.policy.files, call.request, call.now, beside=form.takes_pictures)

    def whole(body: bytes) -> Content:
        completion = api.whole(body, expected, report)
        for choice in completion["choices"]:
            pictures.tell(choice["message"])
        if pictures.missing or writer is None:
            return form.whole(completion, report.usage)
        return Content(stream_type, in_pieces(writer, completion, report.usage))

    def otherwise(status: int, body: bytes) -> Translation | None:
        other = apis.otherwise(taken, chat, call, status, body)
        if other is None:
            return None
        again = replace(call, notes=Notes())
        translation = _asked(other, form, chat, again, stream_type, writer)
        known = set(call.notes)
        for note in again.notes:
            if note not in known:
                call.notes.add(*note)
        return translation

    stream = None if writer is None else api.stream(pictures.written_by(writer), expected, report)
    return Translation(
        upstream,
        whole,
        stream,
        writer,
        pictures,
        stream_type=stream_type,
        path_of=form.path_of,
        otherwise=otherwise if api.may_be_refused else None,
    )


def in_pieces(writer: AnswerWriter, completion: Completion, tokens: Usage | None) -> bytes:
    """The stream for an answer that came whole."""
    choice = completion["choices"][0]
    said = choice["message"]
    pieces = [writer.start(completion["model"], completion["created"])]
    if thought := said.get("reasoning_content"):
        pieces.append(writer.reasoning(thought))
    if isinstance(writer, TellsTools):
        pieces += [writer.tool_run(run) for run in said.get("tool_runs", ())]
    if isinstance(writer, TellsPictures):
        pieces += [writer.picture(picture) for picture in said.get("pictures", ())]
    if text := said["content"]:
        pieces += _with_citations(writer, text, said.get("annotations", ()))
    likely = TokenLogprob.all_in(choice.get("logprobs"))
    if likely and isinstance(writer, TellsLogprobs):
        pieces.append(writer.logprobs(likely))
    for index, call in enumerate(said.get("tool_calls", ())):
        function = call["function"]
        made = ToolCall(call["id"], function["name"], function["arguments"])
        pieces.append(writer.tool_call(made, index))
    return b"".join((*pieces, writer.finish(choice["finish_reason"], tokens)))


def _with_citations(
    writer: AnswerWriter, text: str, annotations: Sequence[Annotation]
) -> list[bytes]:
    """The text, with its citations where they belong."""
    if not annotations or not isinstance(writer, TellsTools):
        return [writer.text(text)]
    told = list[bytes]()
    for piece, cited in cited_text.pieces(text, annotations):
        told += [writer.text(piece)] if piece else []
        told += [writer.cite(cited)] if cited else []
    return told
