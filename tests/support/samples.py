"""The beginnings of files, as far as anybody looks at them."""

import base64

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
GIF = b"GIF89a\1\0\1\0"
WEBP = b"RIFF\x24\0\0\0WEBPVP8 "
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
ZIP = b"PK\x03\x04\x14\0\6\0"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WAV = b"RIFF\x24\0\0\0WAVEfmt "
BINARY = b"\0\1\2\3\xfe\xff"


def data_url(content: bytes = PNG, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def png(number: int) -> bytes:
    """A picture of its own for each number."""
    return PNG + str(number).encode()
