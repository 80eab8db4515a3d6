"""Small files that other processes read: they appear whole, and only this user may read them."""

import os
import tempfile
from pathlib import Path


def write(file: Path, content: bytes) -> None:
    """Raises OSError.  Then nothing is left: it may be tried every second while a disk is full."""
    descriptor, name = tempfile.mkstemp(dir=file.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        new.replace(file)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
