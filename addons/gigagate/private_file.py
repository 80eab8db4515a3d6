"""Small files that other processes read: they appear whole, and only this user may read them."""

import tempfile
from pathlib import Path


def write(file: Path, content: bytes) -> None:
    """Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as new:
        new.write(content)
    Path(new.name).replace(file)
