"""Real pictures of every format that telephones, browsers and agents send."""

import io
from typing import Any

import pillow_heif
from PIL import Image


def picture(
    form: str, size: tuple[int, int] = (20, 10), mode: str = "RGB", **options: Any
) -> bytes:
    """form: as Pillow names it: "WEBP", "GIF", "AVIF", "HEIF", …"""
    if form == "HEIF":
        pillow_heif.register_heif_opener()
    color = {"P": 7, "RGBA": (250, 10, 10, 100)}.get(mode, (250, 10, 10))
    Image.new(mode, size, color).save(out := io.BytesIO(), form, **options)
    return out.getvalue()
