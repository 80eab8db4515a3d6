"""One answer of GigaChat v2, message by message, as it is written for the client.

A whole answer and each event of a stream hold the same things: messages with parts, a reason to
end, usage.  So one machine reads both: what it finds it tells a writer at once, but calls and
the end, which wait until all has come.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.core import compact_json
from gigagate.core.logprobs import TellsLogprobs
from gigagate.core.pivot import (
    AnswerWriter,
    Finish,
    RunKind,
    TellsTools,
    ToolRun,
    Usage,
)
from gigagate.core.report import Report
from gigagate.gigachat.builtin_tools import KINDS
from gigagate.gigachat.errors import unexpected
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.function_call import FunctionCall
from gigagate.gigachat.picture_tags import GeneratedFile
from gigagate.gigachat.usage import count
from gigagate.gigachat.v1.response import finish_reason, identity
from gigagate.gigachat.v2 import logprobs
from gigagate.gigachat.v2.half_pairs import HalfPairs
from gigagate.gigachat.v2.markers import MarkCutter
from gigagate.gigachat.v2.sources import Sources
from gigagate.gigachat.words import AnswerWords, Piece

_MOST_CALLS = 128


class AnswerTeller:
    def __init__(self, writer: AnswerWriter, expected: Expected, report: Report) -> None:
        self.started = False
        self._writer = writer
        self._expected = expected
        self._report = report
        self._words = AnswerWords(expected.wording)
        self._marks = MarkCutter()
        self._halves = HalfPairs()
        self._sources = Sources()
        self._calls: list[FunctionCall] = []
        self._called: set[object] = set()
        self._files: set[str] = set()
        self._reason: object = None
        self._runs = 0
        self._run: ToolRun | None = None
        """The last one, while it is not told to its end."""

    @property
    def stopped(self) -> bool:
        """At a stop sequence of the client's: nothing more is told."""
        return self._words.stopped

    def take(self, event: Mapping[str, Any], out: list[bytes]) -> None:
        """Raises UpstreamError."""
        messages = event.get("messages")
        if not isinstance(messages, list | None):
            raise unexpected("messages that are no list")
        if messages and not self.started:
            self._start(event, out)
        for message in messages or ():
            if isinstance(message, dict) and not self.stopped:
                self._message(message, out)
        self._tell_logprobs(event.get("logprobs"), out)
        self._reason = event.get("finish_reason") or self._reason
        self._report.usage = usage(event.get("usage")) or self._report.usage

    def end(self, out: list[bytes]) -> Finish:
        """All has come.  Raises UpstreamError."""
        if not self.started:
            self._start({}, out)
        self._end_run(out)
        self._text(self._marks.end() + self._halves.end(), out, ends=True)
        calls = [call for call in self._calls if self._is_offered(call)]
        if self._calls and not calls:
            raise unexpected("a call of a function that it was not offered")
        if self._expected.one_call:  # some models make several all the same
            del calls[1:]
        json_call = calls[0] if calls and self._expected.json_function else None
        reason = finish_reason(self._reason_said, self._expected, called=bool(calls))
        if json_call is not None:
            self._say(self._words.json_arguments(json_call.arguments), out)
        unfinished = reason in ("length", "content_filter")
        in_words = json_call is not None or not calls
        self._say(self._words.end(finished=in_words and not unfinished), out)
        if json_call is None:
            for index, call in enumerate(calls):
                out.append(self._writer.tool_call(self._expected.tool_call(call, index), index))
        return self._finish("stop" if self.stopped else reason, out)

    def cut(self, out: list[bytes]) -> None:
        """The end at a stop sequence, although GigaChat's answer goes on."""
        self._report.usage = self._expected.estimated_usage(self._words)
        self._finish("stop", out)

    @property
    def _reason_said(self) -> object:
        """Others' words for a call's end stand in some models' answers."""
        return "function_call" if self._reason == "tool_calls" else self._reason

    def _is_offered(self, call: FunctionCall) -> bool:
        """Models call what nobody has offered; a client would not know what to do."""
        if self._expected.json_function:
            return True
        return self._expected.tool_names.to_client(call.name) in self._expected.tool_names

    def _start(self, event: Mapping[str, Any], out: list[bytes]) -> None:
        self.started = True
        created = {**event, "created": event.get("created_at", event.get("created"))}
        model, now = identity(created, self._expected)
        self._report.model_answered = model
        out.append(self._writer.start(model, now))

    def _finish(self, reason: Finish, out: list[bytes]) -> Finish:
        self._report.stop_sequence = self._words.stop_sequence
        if self._report.usage is None:
            self._report.usage = self._expected.estimated_usage(self._words)
        out.append(self._writer.finish(reason, self._report.usage))
        self._report.finish_reason = reason
        return reason

    def _message(self, message: Mapping[str, Any], out: list[bytes]) -> None:
        reasons = message.get("role") == "reasoning"
        if thought := message.get("reasoning_content"):
            self._say(self._words.reasoning(_string(thought)), out)
        if isinstance(beside := message.get("inline_data"), dict):
            self._inline(beside, out)
        for part in _parts(message.get("content")):
            self._part(part, out, reasons=reasons)
        if not reasons:
            self._tell_logprobs(message.get("logprobs"), out)
        if (call := message.get("function_call")) is not None:
            self._call(call)

    def _part(self, part: Mapping[str, Any], out: list[bytes], *, reasons: bool) -> None:
        if isinstance(execution := part.get("tool_execution"), dict):
            self._progress(execution, out)
        if isinstance(data := part.get("inline_data"), dict):
            self._inline(data, out)
        for file in files if isinstance(files := part.get("files"), list) else ():
            self._file(file, out)
        if text := part.get("text"):
            if reasons:
                self._say(self._words.reasoning(_string(text)), out)
            else:
                self._end_run(out)
                self._text(self._halves.feed(_string(text)), out)
                self._tell_logprobs(part.get("logprobs"), out)
        if (call := part.get("function_call")) is not None:
            self._call(call)

    def _text(self, text: str, out: list[bytes], *, ends: bool = False) -> None:
        pieces: Iterator[str | tuple[str, ...]] = iter((text,)) if ends else self._marks.feed(text)
        for piece in pieces:
            if isinstance(piece, str):
                self._say(self._words.content(piece), out)
            elif citations := list(self._sources.cited(piece)):
                out += [w.cite(citations) for w in (self._writer,) if isinstance(w, TellsTools)]
            if self.stopped:
                return

    def _say(self, said: Piece, out: list[bytes]) -> None:
        if said.reasoning:
            out.append(self._writer.reasoning(said.reasoning))
        if said.text:
            self._sources.told(said.text)
            out.append(self._writer.text(said.text))

    def _tell_logprobs(self, given: object, out: list[bytes]) -> None:
        top, writer = self._expected.logprobs, self._writer
        if top is None or self.stopped or not isinstance(writer, TellsLogprobs):
            return
        if tokens := list(logprobs.read(given, top)):
            out.append(writer.logprobs(tokens))

    def _call(self, given: object) -> None:
        """Some have it in a delta and once more at the end."""
        call = FunctionCall()
        call.add(given)
        name = given.get("id") if isinstance(given, dict) else None
        same = name or (call.name, call.arguments)
        if same not in self._called and len(self._calls) < _MOST_CALLS:
            self._called.add(same)
            self._calls.append(call)

    # What GigaChat's own tools do --------------------------------------------------------------

    def _progress(self, execution: Mapping[str, Any], out: list[bytes]) -> None:
        name, status = execution.get("name"), execution.get("status")
        kind: RunKind = KINDS.get(name, "other") if isinstance(name, str) else "other"
        if self._run is not None and self._run.kind != kind:
            self._end_run(out)
        run = self._run or self._begin_run(kind)
        if status in ("fail", "failed", "error") or execution.get("censored") is True:
            self._run = run._replace(status="failed")
        elif status is not None:
            self._run = run._replace(status="completed")
        else:
            self._run = run
        if self._run.status == "in_progress":
            self._tell(self._run, out)
        else:
            self._end_run(out, soon=True)

    def _begin_run(self, kind: RunKind) -> ToolRun:
        self._runs += 1
        return ToolRun(self._runs - 1, kind, "in_progress", self._expected.question)

    def _end_run(self, out: list[bytes], *, soon: bool = False) -> None:
        """soon: a search's sources may still come, so it is told as done with them."""
        run = self._run
        if run is None or (soon and run.kind == "web_search" and run.status == "completed"):
            return
        self._run = None
        status = "completed" if run.status == "in_progress" else run.status
        self._tell(run._replace(status=status, sources=self._of(run)), out)

    def _inline(self, data: Mapping[str, Any], out: list[bytes]) -> None:
        if self._sources.add(data.get("sources")):
            if self._run is None:
                self._run = self._begin_run("web_search")
            self._end_run(out)

    def _of(self, run: ToolRun) -> Any:
        return self._sources.all() if run.kind == "web_search" else ()

    def _tell(self, run: ToolRun, out: list[bytes]) -> None:
        if isinstance(self._writer, TellsTools):
            told = self._writer.tool_run(run)
        else:
            told = self._writer.working() if run.status == "in_progress" else b""
        if told:
            out.append(told)

    def _file(self, file: object, out: list[bytes]) -> None:
        """One that GigaChat made, as v1 writes it: the client gets a link, or the picture."""
        if not isinstance(file, dict) or not isinstance(file_id := file.get("id"), str):
            return
        if not file_id or file_id in self._files or any(c in file_id for c in '"/<> '):
            return
        self._files.add(file_id)
        mime = str(file.get("mime", ""))
        is_picture = mime.startswith("image/") or file.get("target") in ("image", "cover")
        self._end_run(out)
        self._text(self._marks.end(), out, ends=True)
        tag = GeneratedFile("img" if is_picture else "video", file_id).tag()
        self._say(self._words.content(tag), out)
        self._sources.interrupted()


def usage(said: object) -> Usage | None:
    """GigaChat's input_tokens are without the cached ones, the pivot's are with them."""
    if not isinstance(said, dict):
        return None
    details = said.get("input_tokens_details")
    cached = count(details.get("cached_tokens")) if isinstance(details, dict) else 0
    if "input_tokens" not in said:  # as v1 tells it
        cached = count(said.get("precached_prompt_tokens"))
        return Usage(
            count(said.get("prompt_tokens")) + cached, count(said.get("completion_tokens")), cached
        )
    return Usage(count(said["input_tokens"]) + cached, count(said.get("output_tokens")), cached)


def _parts(content: object) -> Iterator[Mapping[str, Any]]:
    """Some hosts answer with a string."""
    if isinstance(content, str):
        yield {"text": content}
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, dict):
                yield part
            elif isinstance(part, str):
                yield {"text": part}
    elif content is not None:
        raise unexpected("content of an unknown form", compact_json.dumps(content))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise unexpected("content that is no text")
    return value
