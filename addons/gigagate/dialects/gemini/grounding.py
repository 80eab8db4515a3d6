"""What GigaChat's own search found and what an answer has of it, as Gemini's groundingMetadata.

Places in the text are counted in bytes of UTF-8, as Google counts them.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from gigagate.core.pivot import Annotation, Citation, Source, ToolRun
from gigagate.dialects import cited_text


class Grounding:
    def __init__(self) -> None:
        self._queries: list[str] = []
        self._pages: dict[Source, int] = {}
        self._supports: list[dict[str, Any]] = []
        self._bytes = 0
        """Bytes of the text that has been told."""

    def told(self, text: str) -> None:
        self._bytes += len(text.encode(errors="replace"))

    def run(self, run: ToolRun) -> None:
        if run.kind == "web_search" and run.status == "completed":
            self._queries.append(run.query)
            for source in run.sources:
                self._pages.setdefault(source, len(self._pages))

    def cite(self, citations: Sequence[Citation]) -> None:
        """Right behind the text that is cited."""
        for text, of_text in groupby(citations, lambda one: one.text):
            pages = [self._pages.setdefault(one.source, len(self._pages)) for one in of_text]
            begin = self._bytes - len(text.encode(errors="replace"))
            segment = {"startIndex": max(begin, 0), "endIndex": self._bytes, "text": text}
            self._supports.append({"segment": segment, "groundingChunkIndices": pages})

    def of_whole(self, runs: Sequence[ToolRun], text: str, cited: Sequence[Annotation]) -> None:
        """All of an answer that came in one piece."""
        for run in runs:
            self.run(run)
        for piece, of_piece in cited_text.pieces(text, cited):
            self.told(piece)
            self.cite(of_piece)

    def metadata(self) -> dict[str, Any]:
        """The candidate's groundingMetadata; empty where nothing was searched for."""
        if not (self._queries or self._pages):
            return {}
        pages = [{"web": {"uri": page.url, "title": page.title}} for page in self._pages]
        return {
            "groundingMetadata": {
                "webSearchQueries": self._queries,
                "groundingChunks": pages,
                "groundingSupports": self._supports,
            }
        }
