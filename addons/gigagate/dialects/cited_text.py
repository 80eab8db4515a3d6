"""A whole answer's text, cut where something is cited: streams and links have citations there."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from gigagate.core.pivot import Annotation, Citation


def pieces(text: str, annotations: Sequence[Annotation]) -> Iterator[tuple[str, list[Citation]]]:
    """Each with what is cited right behind it; the last, if there is more text, with nothing.

    No text is told twice, in whatever order the citations are.
    """
    at = 0
    for end, of_place in groupby(annotations, lambda one: one["url_citation"]["end_index"]):
        yield text[at:end], [Citation.of(one, text) for one in of_place]
        at = max(at, end)
    if at < len(text):
        yield text[at:], []
