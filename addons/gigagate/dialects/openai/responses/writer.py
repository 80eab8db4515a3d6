"""A response as a stream of events.

Items come one after another, and each closes before the next one opens; a call comes whole.  The
events are numbered.  A piece of text is by far the most frequent, so all of it but the text and the
number is made once.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from gigagate.core import compact_json, sse
from gigagate.core.logprobs import TokenLogprob
from gigagate.core.pivot import Citation, Finish, Picture, ToolCall, ToolRun, Usage
from gigagate.dialects.openai.responses import calls, output, own_tools
from gigagate.dialects.openai.responses.resource import Echo
from gigagate.dialects.openai.responses.tools import ClientTools
from gigagate.errors import GigaGateError

_Open = Literal["", "message", "reasoning"]
_TEXT_DELTA = "response.output_text.delta"
_SUMMARY = "response.reasoning_summary"


class ResponseWriter:
    """Implements core.pivot.AnswerWriter, TellsTools, TellsPictures and TellsLogprobs."""

    def __init__(
        self,
        echo: Echo,
        tools: ClientTools,
        request_id: str,
        kept: Callable[[dict[str, Any]], None],
        *,
        now: int,
    ) -> None:
        """kept: told of the response once it is complete.
        now: unix seconds, should it begin before GigaChat's answer does."""
        self._echo = echo
        self._tools = tools
        self._request_id = request_id
        self._kept = kept
        self._now = now
        self._created = 0
        self._number = 0
        self._items: list[dict[str, Any]] = []
        """Those that are closed."""
        self._open: _Open = ""
        self._item_id = ""
        self._said: list[str] = []
        """The words of the open item so far."""
        self._cited: list[dict[str, Any]] = []
        self._logprobs: list[dict[str, Any]] = []
        """Those of the open item; or of the next message, where none is open."""
        self._runs: dict[int, str] = {}
        """The ids of searches' items."""
        self._before = self._after = b""

    def start(self, model: str, created: int) -> bytes:
        if self._number:
            return b""  # a sign of life has begun it
        self._created = created
        response = self._echo.begun(created)
        return self._event("response.created", response=response) + self._event(
            "response.in_progress", response=response
        )

    def text(self, text: str) -> bytes:
        opening = b"" if self._open == "message" else self._close() + self._open_message()
        return opening + self._delta(text)

    def reasoning(self, text: str) -> bytes:
        opening = b"" if self._open == "reasoning" else self._close() + self._open_reasoning()
        return opening + self._delta(text)

    def tool_call(self, call: ToolCall, index: int = 0) -> bytes:
        closing = self._close()
        tool = self._tools.called(call.name)
        item = calls.item(tool, call, self._next_id(calls.PREFIXES[tool.kind]))
        pieces = [self._event("response.output_item.added", item=calls.begun(item), **self._at())]
        for key, event in (
            ("arguments", "response.function_call_arguments"),
            ("input", "response.custom_tool_call_input"),
        ):
            if isinstance(given := item.get(key), str):
                of_item = {"item_id": item["id"], **self._at()}
                named = {"name": tool.name} if key == "arguments" else {}
                pieces.append(self._event(f"{event}.delta", delta=given, **of_item))
                pieces.append(self._event(f"{event}.done", **{key: given}, **named, **of_item))
        return b"".join((closing, *pieces, self._item_done(item)))

    def tool_run(self, run: ToolRun) -> bytes:
        if not own_tools.is_told(run):
            return self.working()
        pieces = []
        if run.number not in self._runs:
            pieces.append(self._close())
            self._runs[run.number] = self._next_id(own_tools.PREFIX)
        item = own_tools.item(run, self._runs[run.number])
        of_item = {"item_id": item["id"], **self._at()}
        if len(pieces):
            added = own_tools.begun(item)
            pieces.append(self._event("response.output_item.added", item=added, **self._at()))
            pieces.append(self._event("response.web_search_call.in_progress", **of_item))
        if run.status == "in_progress":
            pieces.append(self._event("response.web_search_call.searching", **of_item))
        else:
            pieces.append(self._event("response.web_search_call.completed", **of_item))
            pieces.append(self._item_done(item))
        return b"".join(pieces)

    def picture(self, picture: Picture) -> bytes:
        """Only now is it known: before, there are signs of life."""
        closing = self._close()
        item = own_tools.picture(picture, self._next_id(own_tools.OF_PICTURE))
        of_item = {"item_id": item["id"], **self._at()}
        kind = item["type"]
        added = own_tools.begun(item)
        pieces = [self._event("response.output_item.added", item=added, **self._at())]
        for state in ("in_progress", "generating", "completed"):
            pieces.append(self._event(f"response.{kind}.{state}", **of_item))
        return b"".join((closing, *pieces, self._item_done(item)))

    def cite(self, citations: Sequence[Citation]) -> bytes:
        pieces = [b"" if self._open == "message" else self._close() + self._open_message()]
        of_part = self._of_part("content_index")
        for one in citations:
            cited = own_tools.annotation(one.as_object())
            number = {"annotation_index": len(self._cited), "annotation": cited}
            pieces.append(self._event("response.output_text.annotation.added", **of_part, **number))
            self._cited.append(cited)
        return b"".join(pieces)

    def logprobs(self, tokens: Sequence[TokenLogprob]) -> bytes:
        told = [token.as_object() for token in tokens]
        self._logprobs += told
        if self._open != "message":
            return b""
        of_part = self._of_part("content_index")
        return self._event(_TEXT_DELTA, **of_part, logprobs=told, delta="")

    def working(self) -> bytes:
        """Said once more: a comment would end the answer for some readers."""
        if not self._number:
            return self.start("", self._now)
        return self._event("response.in_progress", response=self._echo.begun(self._created))

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes:
        complete = reason not in ("length", "content_filter")
        opening = b"" if self._open or self._items else self._open_message()
        closing = self._close(complete=complete)
        response = self._echo.ended(self._created, self._items, reason, tokens)
        self._kept(response)
        return opening + closing + self._event(f"response.{response['status']}", response=response)

    def broken(self, error: GigaGateError) -> bytes:
        begin = b"" if self._number else self.start("", self._now)
        closing = self._close(complete=False)
        response = self._echo.failed(self._created, self._items, error)
        told = {"code": error.code, "message": error.message, "param": error.param}
        return (
            begin
            + closing
            + self._event("response.failed", response=response)
            + self._event("error", **told, error={"type": error.type, **told})
        )

    def _open_message(self) -> bytes:
        self._open = "message"
        self._item_id = self._next_id("msg")
        item: dict[str, Any] = {"id": self._item_id, "type": "message", "role": "assistant"}
        item |= {"status": "in_progress", "content": []}
        of_part = self._of_part("content_index")
        self._prepare_delta(_TEXT_DELTA, **of_part, logprobs=[])
        return self._event("response.output_item.added", item=item, **self._at()) + self._event(
            "response.content_part.added", part=output.text_part(""), **of_part
        )

    def _open_reasoning(self) -> bytes:
        self._open = "reasoning"
        self._item_id = self._next_id("rs")
        item: dict[str, Any] = {"id": self._item_id, "type": "reasoning", "summary": []}
        of_part = self._of_part("summary_index")
        self._prepare_delta(f"{_SUMMARY}_text.delta", **of_part)
        return self._event("response.output_item.added", item=item, **self._at()) + self._event(
            f"{_SUMMARY}_part.added", part=output.summary_part(""), **of_part
        )

    def _close(self, *, complete: bool = True) -> bytes:
        text, opened = "".join(self._said), self._open
        self._open, self._said = "", []
        if opened == "message":
            told: dict[str, Any] = {"cited": self._cited, "logprobs": self._logprobs}
            self._cited, self._logprobs = [], []
            of_part, part = self._of_part("content_index"), output.text_part(text, **told)
            likely = part["logprobs"]
            return (
                self._event("response.output_text.done", text=text, logprobs=likely, **of_part)
                + self._event("response.content_part.done", part=part, **of_part)
                + self._item_done(output.message(self._item_id, text, complete=complete, **told))
            )
        if opened == "reasoning":
            of_part = self._of_part("summary_index")
            part = output.summary_part(text)
            return (
                self._event(f"{_SUMMARY}_text.done", text=text, **of_part)
                + self._event(f"{_SUMMARY}_part.done", part=part, **of_part)
                + self._item_done(output.reasoning(self._item_id, text))
            )
        return b""

    def _item_done(self, item: dict[str, Any]) -> bytes:
        done = self._event("response.output_item.done", item=item, **self._at())
        self._items.append(item)
        return done

    def _next_id(self, prefix: str) -> str:
        return output.item_id(prefix, self._request_id, len(self._items))

    def _at(self) -> dict[str, Any]:
        return {"output_index": len(self._items)}

    def _of_part(self, index: str) -> dict[str, Any]:
        return {"item_id": self._item_id, **self._at(), index: 0}

    def _prepare_delta(self, kind: str, **fields: Any) -> None:
        head = compact_json.dumps({"type": kind, **fields, "delta": ""})
        self._before = b"event: " + kind.encode() + b"\ndata: " + head.removesuffix(b'""}')
        self._after = b',"sequence_number":'

    def _delta(self, text: str) -> bytes:
        self._said.append(text)
        number = self._number
        self._number += 1
        return b"%b%b%b%d}\n\n" % (self._before, compact_json.dumps(text), self._after, number)

    def _event(self, kind: str, **fields: Any) -> bytes:
        data = {"type": kind, "sequence_number": self._number, **fields}
        self._number += 1
        return b"event: " + kind.encode() + b"\n" + sse.event(compact_json.dumps(data))
