"""Pictures made by GigaChat, as markdown a client can show: a link to us, or a data URL.

Where a client's API has pictures beside the text, they come there, and the text has links at most.
What is no link needs the picture, which only the network has: then `missing` names it, and what
comes behind it in a stream is held back until `give` and `resume`.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from gigagate.core import signed_link
from gigagate.core.file_policy import FilePolicy
from gigagate.core.http import ClientRequest
from gigagate.core.logprobs import TellsLogprobs, TokenLogprob
from gigagate.core.pivot import (
    AnswerMessage,
    AnswerWriter,
    Citation,
    Finish,
    Picture,
    TellsPictures,
    TellsTools,
    ToolCall,
    ToolRun,
    Usage,
)
from gigagate.errors import GigaGateError
from gigagate.gigachat.picture_tags import GeneratedFile, TagCutter


class Pictures:
    """Those of one answer."""

    def __init__(
        self, policy: FilePolicy, request: ClientRequest, now: int, *, beside: bool = False
    ) -> None:
        """beside: the client takes pictures beside the text, which then has links at most."""
        self.missing: set[str] = set()
        """Ids of files that are wanted as data URLs."""
        self._policy = policy
        self._request = request
        self._now = now
        self._beside = beside
        self._data_urls: dict[str, str | None] = {}
        self._writer: PictureWriter | None = None

    def give(self, data_urls: Mapping[str, str | None]) -> None:
        """None for a picture that cannot be had: it becomes a link."""
        self._data_urls |= data_urls
        self.missing -= data_urls.keys()

    def written_by(self, writer: AnswerWriter) -> AnswerWriter:
        """A writer of a stream in which there may be pictures."""
        if self._policy.generated == "raw":
            return writer
        self._writer = PictureWriter(writer, self)
        return self._writer

    def resume(self) -> bytes:
        """What the stream held back, up to the next missing picture."""
        return self._writer.resume() if self._writer else b""

    def tell(self, said: AnswerMessage) -> None:
        """A whole answer gets what the client is shown in the place of GigaChat's tags."""
        text = said["content"]
        if not text or "<" not in text or self._policy.generated == "raw":
            return
        cutter, places, made = TagCutter(), Places(), list[Picture]()
        told = []
        for piece in (*cutter.feed(text), cutter.end()):
            shown = Shown(piece) if isinstance(piece, str) else self.show(piece)
            if shown is not None:
                told.append(shown.text)
                places.passed(piece, shown.text)
                made += [shown.picture] if shown.picture else []
        said["content"] = "".join(told)
        if made:
            said["pictures"] = made
        if cited := said.get("annotations"):
            said["annotations"] = [
                places.moved(Citation.of(one, text)).as_object() for one in cited
            ]

    def show(self, generated: GeneratedFile) -> "Shown | None":
        """None if the picture is missing."""
        kind, file_id = generated
        by_data = self._policy.generated == "data"
        picture = None
        if kind == "img" and (by_data or self._beside):
            if file_id not in self._data_urls:
                self.missing.add(file_id)
                return None
            if data_url := self._data_urls[file_id]:
                if not self._beside:
                    return Shown(f"![image {file_id}]({data_url})")
                picture = _picture(data_url)
                if by_data:
                    return Shown("", picture)
        url = signed_link.make(
            self._request.base_url,
            file_id,
            client=self._request.client,
            key=self._policy.link_key,
            now=self._now,
        )
        return Shown(f"![image]({url})" if kind == "img" else f"[{kind}]({url})", picture)


class Shown(NamedTuple):
    """What the client gets of a piece of an answer."""

    text: str
    picture: Picture | None = None


class Places:
    """Where the text that GigaChat wrote stands in what the client gets."""

    def __init__(self) -> None:
        self._read = 0
        self._shifts: list[tuple[int, int]] = []
        """From which character on -> by how many."""

    def passed(self, piece: str | GeneratedFile, shown: str) -> None:
        read = len(piece if isinstance(piece, str) else piece.tag())
        self._read += read
        if len(shown) != read:
            self._shifts.append((self._read, len(shown) - read))

    def moved(self, citation: Citation) -> Citation:
        by = sum(by for begin, by in self._shifts if begin <= citation.start)
        return citation._replace(start=citation.start + by, end=citation.end + by)


def _picture(data_url: str) -> Picture:
    head, _, data = data_url.partition(",")
    return Picture(head.removeprefix("data:").partition(";")[0], data)


class PictureWriter:
    """An AnswerWriter that puts markdown in the place of GigaChat's tags."""

    def __init__(self, writer: AnswerWriter, pictures: Pictures) -> None:
        self._writer = writer
        self._pictures = pictures
        self._cutter = TagCutter()
        self._places = Places()
        self._held: deque[_Piece] = deque()

    def start(self, model: str, created: int) -> bytes:
        return self._writer.start(model, created)

    def text(self, text: str) -> bytes:
        if "<" in text or self._cutter.held or self._held:
            return self.text_with_tags(text)
        return self._text(text)

    def text_with_tags(self, text: str) -> bytes:
        """What `text` does for any text."""
        return self._pass(self._pieces(self._cutter.feed(text)))

    def reasoning(self, text: str) -> bytes:
        return self._pass([partial(self._writer.reasoning, text)])

    def tool_call(self, call: ToolCall, index: int) -> bytes:
        return self._pass([*self._rest(), partial(self._writer.tool_call, call, index)])

    def tool_run(self, run: ToolRun) -> bytes:
        """Nothing, where the writer has no form for it but a sign of life."""
        writer = self._writer
        if isinstance(writer, TellsTools):
            return self._pass([*self._rest(), partial(writer.tool_run, run)])
        return writer.working() if run.status == "in_progress" else b""

    def cite(self, citations: Sequence[Citation]) -> bytes:
        writer = self._writer
        if isinstance(writer, TellsTools):
            return self._pass([*self._rest(), partial(self._cite, writer, citations)])
        return b""

    def _cite(self, writer: TellsTools, citations: Sequence[Citation]) -> bytes:
        return writer.cite([self._places.moved(one) for one in citations])

    def logprobs(self, tokens: Sequence[TokenLogprob]) -> bytes:
        writer = self._writer
        if isinstance(writer, TellsLogprobs):
            return self._pass([partial(writer.logprobs, tokens)])
        return b""

    def working(self) -> bytes:
        return self._writer.working()

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes:
        return self._pass([*self._rest(), partial(self._writer.finish, reason, tokens)])

    def broken(self, error: GigaGateError) -> bytes:
        return self._writer.broken(error)

    def resume(self) -> bytes:
        out = []
        while self._held:
            item = self._held[0]
            if isinstance(item, GeneratedFile):
                shown = self._pictures.show(item)
                if shown is None:
                    break
                self._places.passed(item, shown.text)
                item = partial(self._show, shown)
            self._held.popleft()
            out.append(item())
        return b"".join(out)

    def _show(self, shown: Shown) -> bytes:
        writer, told = self._writer, b""
        if shown.picture is not None and isinstance(writer, TellsPictures):
            told = writer.picture(shown.picture)
        return told + writer.text(shown.text) if shown.text else told

    def _pass(self, items: Iterable["_Piece"]) -> bytes:
        self._held.extend(items)
        return self.resume()

    def _pieces(self, pieces: Iterable[str | GeneratedFile]) -> Iterable["_Piece"]:
        for piece in pieces:
            yield partial(self._text, piece) if isinstance(piece, str) else piece

    def _rest(self) -> list["_Piece"]:
        held = self._cutter.end()
        return [partial(self._text, held)] if held else []

    def _text(self, text: str) -> bytes:
        self._places.passed(text, text)
        return self._writer.text(text)


_Piece = Callable[[], bytes] | GeneratedFile
"""What is still to be written: a writer may count what it writes, so nothing is written ahead."""
