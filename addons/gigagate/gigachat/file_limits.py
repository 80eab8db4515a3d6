"""How many files GigaChat v1 takes in one request: ten images, one document, 80 MB in all.

An agent resends its whole history with every picture it has ever looked at, so what exceeds a
limit is taken from the oldest messages; what the client asks about now is refused instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gigagate.core.attachment import Attachment, MessageFile
from gigagate.core.file_types import MEGABYTE
from gigagate.errors import UnsupportedFeature

MOST_IMAGES = 10
MOST_DOCUMENTS = 1
MOST_BYTES = 80 * MEGABYTE
"""The sum of images and audio."""


@dataclass(eq=False, slots=True)
class Placed:
    """A file in a message."""

    file: MessageFile
    path: str
    """The path of the message it came in."""
    asked: bool
    """It belongs to what the client asks now: better no answer than one without it."""


def excess(placed: Iterable[Placed]) -> list[Placed]:
    """The files to leave out.  Raises UnsupportedFeature where that is one asked about."""
    images = documents = size = 0
    left_out = []
    for one in reversed(list(placed)):
        kind = one.file.kind
        images += kind == "image"
        documents += kind == "document"
        if isinstance(one.file, Attachment) and kind != "document":
            size += len(one.file.content)
        fault = _fault(
            images if kind == "image" else 0,
            documents if kind == "document" else 0,
            0 if kind == "document" else size,
        )
        if fault is None:
            continue
        if one.asked:
            raise UnsupportedFeature(
                f"{one.path} is too much for one request: GigaChat takes {fault}. Send fewer.",
                param=one.path,
            )
        left_out.append(one)
    return left_out


def _fault(images: int, documents: int, size: int) -> str | None:
    if images > MOST_IMAGES:
        return f"{MOST_IMAGES} images"
    if documents > MOST_DOCUMENTS:
        return "one document"
    if size > MOST_BYTES:
        return f"{MOST_BYTES // MEGABYTE} MB of images and audio"
    return None
