"""Small files that other processes read: they appear whole, and only this user may read them."""

import tempfile
from pathlib import Path


def write(file: Path, text: str) -> None:
    """Raises OSError."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as new:
        new.write(text)
    Path(new.name).replace(file)
