"""Numbered links to the sources of an answer, in its text: for clients that show no annotations.

    Молоко стоит 89 рублей.[1]

    1. [Молоко сегодня](https://example.com/milk)

The annotations stay, moved by what the marks add to the text.
"""

from collections.abc import Sequence

from gigagate.core.pivot import Annotation, Citation, Source
from gigagate.dialects import cited_text


class SourceLinks:
    """Those of one answer."""

    def __init__(self) -> None:
        self._numbers: dict[Source, int] = {}
        self._added = 0
        """Characters of the marks so far."""

    def mark(self, citations: Sequence[Citation]) -> tuple[str, list[Citation]]:
        """What stands behind the cited text, and the citations as they are with it."""
        by = self._added
        moved = [one._replace(start=one.start + by, end=one.end + by) for one in citations]
        numbers = dict.fromkeys(self._number(one.source) for one in citations)
        marks = "".join(f"[{number}]" for number in numbers)
        self._added += len(marks)
        return marks, moved

    def rest(self) -> str:
        """What stands under the text, once."""
        lines = [f"{number}. {_link(source)}" for source, number in self._numbers.items()]
        self._numbers = {}
        return "\n\n" + "\n".join(lines) if lines else ""

    def _number(self, source: Source) -> int:
        return self._numbers.setdefault(source, len(self._numbers) + 1)


def linked(text: str, annotations: Sequence[Annotation]) -> tuple[str, list[Annotation]]:
    """A whole answer with its links, and its annotations as they are then."""
    links, told = SourceLinks(), list[str]()
    moved: list[Annotation] = []
    for piece, of_piece in cited_text.pieces(text, annotations):
        marks, cited = links.mark(of_piece)
        told += [piece, marks]
        moved += [one.as_object() for one in cited]
    return "".join((*told, links.rest())), moved


def _link(source: Source) -> str:
    title = " ".join(source.title.split()).translate(_IN_TITLE)
    return f"[{title}]({source.url.translate(_IN_URL)})"


_IN_TITLE = str.maketrans({one: f"\\{one}" for one in "\\[]<>`*_"})
_IN_URL = str.maketrans({one: f"%{ord(one):02X}" for one in " ()<>\\\n\r\t"})
"""What would end the link, or a piece of it."""
