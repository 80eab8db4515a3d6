"""Pictures GigaChat does not take are made into ones that it does, within bounds."""

import io
import sys

import pytest
from PIL import Image
from tests.support.pictures_of import picture
from tests.support.samples import BINARY, PDF, PNG

from gigagate.core.attachment import Attachment, LeftOut
from gigagate.files import convert

LIMIT = 10**6


def attachment(content: bytes, declared: str = "", name: str = "a.picture") -> Attachment:
    return Attachment.of(
        content, declared=declared, filename=name, max_image_bytes=10**8, picture=True
    )


def opened(file: Attachment | LeftOut) -> Image.Image:
    assert isinstance(file, Attachment), file
    image = Image.open(io.BytesIO(file.content))
    assert file.media_type == f"image/{(image.format or '').lower()}"
    assert file.is_taken
    return image


@pytest.mark.parametrize("form", ["WEBP", "GIF", "AVIF", "HEIF"])
def test_a_picture_is_made_into_a_jpeg_and_keeps_its_key(form: str) -> None:
    file = attachment(picture(form))
    assert not file.is_taken
    made = convert.taken(file, LIMIT)
    image = opened(made)
    assert (image.format, image.size) == ("JPEG", (20, 10))
    pixel = image.getpixel((5, 5))
    assert isinstance(pixel, tuple) and pixel[0] > 200 and pixel[1] < 60
    assert isinstance(made, Attachment)
    assert (made.key, made.filename) == (file.key, "a.jpg")


def test_what_is_transparent_stays_so_while_it_fits() -> None:
    file = attachment(picture("WEBP", mode="RGBA", size=(300, 300)))
    assert opened(convert.taken(file, LIMIT)).mode == "RGBA"
    noise = Image.effect_noise((300, 300), 90)
    Image.merge("RGBA", [noise] * 4).save(out := io.BytesIO(), "WEBP", lossless=True)
    image = opened(convert.taken(attachment(out.getvalue()), 60_000))
    assert (image.format, image.size) == ("JPEG", (300, 300))


def test_what_is_too_large_is_made_smaller() -> None:
    Image.effect_noise((400, 400), 90).save(out := io.BytesIO(), "WEBP", lossless=True)
    image = opened(convert.taken(attachment(out.getvalue()), 20_000))
    assert image.size in ((200, 200), (100, 100))


def test_of_what_moves_the_first_frame_is_shown() -> None:
    frames = [Image.new("RGB", (20, 10), color) for color in ("red", "blue")]
    frames[0].save(out := io.BytesIO(), "GIF", save_all=True, append_images=frames[1:])
    pixel = opened(convert.taken(attachment(out.getvalue()), LIMIT)).getpixel((5, 5))
    assert isinstance(pixel, tuple) and pixel[0] > 200 and pixel[2] < 60


def test_a_picture_taken_upright_is_shown_so() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = picture("WEBP", exif=exif)
    assert opened(convert.taken(attachment(content), LIMIT)).size == (10, 20)


@pytest.mark.parametrize("content", [PNG, PDF])
def test_what_gigachat_takes_is_left_as_it_is(content: bytes) -> None:
    file = attachment(content)
    assert convert.taken(file, LIMIT) is file


BOMB = picture("GIF", (8000, 7000), "P")
WORSE = b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b"," + bytes(4) + b"\xff\xff\xff\xff\0\2"


@pytest.mark.parametrize(
    ("content", "declared", "words"),
    [
        (BOMB, "", "8000 x 7000 pixels, and at most 50 million"),
        (WORSE, "", "cannot be read"),
        (picture("WEBP")[:40], "", "cannot be read"),
        (b"GIF89a", "", "cannot be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "cannot be read"),
        (BINARY, "image/x-unheard-of", "image/x-unheard-of"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\0", "image/eps", "cannot be read"),
    ],
)
def test_what_cannot_be_converted_is_told_why(content: bytes, declared: str, words: str) -> None:
    left_out = convert.taken(attachment(content, declared), LIMIT)
    assert isinstance(left_out, LeftOut)
    assert words in left_out.why
    assert "GigaChat does not take" in left_out.why


@pytest.mark.parametrize(
    ("missing", "form", "words"),
    [("PIL", "WEBP", "where Pillow is"), ("pillow_heif", "HEIF", "where pillow-heif is")],
)
def test_without_the_library_it_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str, form: str, words: str
) -> None:
    content = picture(form)
    monkeypatch.setitem(sys.modules, missing, None)
    left_out = convert.taken(attachment(content), LIMIT)
    assert isinstance(left_out, LeftOut)
    assert words in left_out.why
