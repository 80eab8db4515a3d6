"""The settings about files, as plain values."""

from dataclasses import dataclass, field
from typing import Literal

from gigagate.core.file_types import LIMITS

Generated = Literal["link", "data", "raw"]


@dataclass(frozen=True, slots=True)
class FilePolicy:
    fetch_urls: bool = False
    """Fetch a file that the client names by its address."""
    max_image_bytes: int = LIMITS["image"]
    generated: Generated = "link"
    """What a picture made by GigaChat becomes: a link to us, a data URL, or GigaChat's own tag."""
    link_key: bytes = field(default=b"", repr=False)
    """Signs the links."""
