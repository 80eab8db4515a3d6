"""Pictures of formats that GigaChat does not take, made into ones that it does.

Agents and people send WebP and GIF from web pages and HEIC from telephones.  Pillow does the work
where it is installed.  A picture is foreign bytes: only four formats are opened, none with more
than so many pixels (which its head tells, before anything is unpacked), and one at a time.
"""

import io
import threading
from typing import TYPE_CHECKING

from gigagate.core.attachment import Attachment, LeftOut
from gigagate.core.file_types import MEGABYTE

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 50_000_000
"""What the largest cameras of telephones make; 150 MB unpacked."""
_FORMATS = ("WEBP", "GIF", "AVIF", "HEIF")
_QUALITY = 90
_SMALLER = 6
"""How often a picture is halved so that it fits; the last one has a few pixels."""

_one_at_a_time = threading.Lock()


def taken(file: Attachment, limit: int) -> Attachment | LeftOut:
    """The file as GigaChat takes it: itself, or JPEG, or PNG where it is transparent.

    Of a picture that moves, its first frame.  limit: bytes.  Blocks.
    """
    if file.is_taken:
        return file
    what = f"a picture of the type {file.media_type}, which GigaChat does not take"
    try:
        from PIL import Image, ImageOps
    except ImportError:
        return LeftOut(f"{what}; the proxy converts it where Pillow is installed")
    if file.media_type == "image/heic" and not _reads_heif():
        return LeftOut(f"{what}; the proxy converts it where pillow-heif is installed")
    try:
        with _one_at_a_time, Image.open(io.BytesIO(file.content), formats=_FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                return LeftOut(
                    f"{what}; it has {width} x {height} pixels, and at most "
                    f"{MOST_PIXELS // 1_000_000} million are converted"
                )
            image = ImageOps.exif_transpose(opened)
            extension, content = _written(image, limit)
    except Exception:  # Pillow raises whatever its decoders do
        return LeftOut(f"{what}, and it cannot be read")
    if len(content) > limit:
        return LeftOut(f"{what}; converted it has more than {limit / MEGABYTE:.0f} MB")
    stem = file.filename.rpartition(".")[0] or "image"
    media_type = {"jpg": "image/jpeg", "png": "image/png"}[extension]
    return Attachment(file.key, "image", media_type, f"{stem}.{extension}", content)


def _written(image: "Image.Image", limit: int) -> tuple[str, bytes]:
    """The file's extension and content: the largest of its sizes that fits."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if len(content := _png(image)) <= limit:
            return "png", content
        image = _on_white(image)
    image = image.convert("RGB")
    content = _jpeg(image)
    for _ in range(_SMALLER):
        if len(content) <= limit:
            break
        image = image.reduce(2)
        content = _jpeg(image)
    return "jpg", content


def _on_white(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return white


def _png(image: "Image.Image") -> bytes:
    image.save(out := io.BytesIO(), "PNG")
    return out.getvalue()


def _jpeg(image: "Image.Image") -> bytes:
    image.save(out := io.BytesIO(), "JPEG", quality=_QUALITY)
    return out.getvalue()


def _reads_heif() -> bool:
    try:
        import pillow_heif
    except ImportError:
        return False
    pillow_heif.register_heif_opener()
    return True
