"""Text files that people write by hand, on any system.

PowerShell's `>` writes UTF-16 with a byte order mark, and editors on Windows put one before UTF-8.
"""

import codecs
from pathlib import Path


def read(path: Path) -> str:
    """The file's text, line ends as "\\n".  Raises OSError or UnicodeDecodeError."""
    content = path.read_bytes()
    utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if utf_16 else "utf-8-sig")
    return text.replace("\r\n", "\n").replace("\r", "\n")
