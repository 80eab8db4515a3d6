"""What a file is, told by its first bytes, and whether GigaChat takes it.

GigaChat v1 looks at the MIME type of an uploaded part, and its own list has names that differ from
the registered ones ("application/pptx").  A type a client declares is only asked where the bytes
do not decide: a client's declaration is often a guess from the file's name.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from gigagate.errors import RequestTooLarge, UnsupportedFeature

FileKind = Literal["image", "audio", "document"]
FileBytes = bytes | memoryview

MEGABYTE = 2**20
LIMITS: Mapping[FileKind, int] = {
    "image": 15 * MEGABYTE,
    "audio": 35 * MEGABYTE,
    "document": 40 * MEGABYTE,
}
"""Bytes of one file."""
_NAMES: Mapping[FileKind, str] = {
    "image": "picture",
    "audio": "recording",
    "document": "document",
}
"""What people call them."""
TAKEN = (
    "pictures (JPEG, PNG, TIFF, BMP), audio (MP3, M4A, MP4, WAV, WebM, Ogg, Opus) and documents "
    "(text, PDF, DOC, DOCX, EPUB, PPT, PPTX, XLS, XLSX)"
)


class FileType(NamedTuple):
    kind: FileKind
    media_type: str
    """The media type, as GigaChat lists it."""
    extension: str


_SIGNATURES: tuple[tuple[int, bytes, FileType], ...] = (
    (0, b"\xff\xd8\xff", FileType("image", "image/jpeg", "jpg")),
    (0, b"\x89PNG\r\n\x1a\n", FileType("image", "image/png", "png")),
    (0, b"II*\0", FileType("image", "image/tiff", "tiff")),
    (0, b"MM\0*", FileType("image", "image/tiff", "tiff")),
    (0, b"%PDF-", FileType("document", "application/pdf", "pdf")),
    (8, b"WAVE", FileType("audio", "audio/wav", "wav")),
    (0, b"ID3", FileType("audio", "audio/mp3", "mp3")),
    (0, b"\xff\xfb", FileType("audio", "audio/mp3", "mp3")),
    (0, b"\xff\xf3", FileType("audio", "audio/mp3", "mp3")),
    (0, b"OggS", FileType("audio", "audio/x-ogg", "ogg")),
    (0, b"\x1a\x45\xdf\xa3", FileType("audio", "audio/webm", "webm")),
    (4, b"ftypM4A", FileType("audio", "audio/x-m4a", "m4a")),
    (4, b"ftyp", FileType("audio", "audio/mp4", "mp4")),
)
_BITMAP = FileType("image", "image/bmp", "bmp")
_GIF = FileType("image", "image/gif", "gif")
_WEBP = FileType("image", "image/webp", "webp")
_AVIF = FileType("image", "image/avif", "avif")
_HEIC = FileType("image", "image/heic", "heic")
_REFUSED: tuple[tuple[int, bytes, str, FileType], ...] = (
    (0, b"GIF8", "a GIF picture", _GIF),
    (8, b"WEBP", "a WebP picture", _WEBP),
    (4, b"ftypavif", "an AVIF picture", _AVIF),
    (4, b"ftypavis", "an AVIF picture", _AVIF),
    (4, b"ftyphei", "a HEIC picture", _HEIC),
    (4, b"ftyphev", "a HEIC picture", _HEIC),
    (4, b"ftypmif1", "a HEIC picture", _HEIC),
    (4, b"ftypmsf1", "a HEIC picture", _HEIC),
)
_TAKEN_PICTURES = frozenset({"image/jpeg", "image/png", "image/tiff", "image/bmp"})
_WORD = FileType(
    "document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"
)
_CONTAINERS: tuple[tuple[bytes, Mapping[str, FileType]], ...] = (
    (
        b"PK\x03\x04",
        {
            "docx": _WORD,
            _WORD.media_type: _WORD,
            "pptx": (_slides := FileType("document", "application/pptx", "pptx")),
            "application/pptx": _slides,
            "application/vnd.openxmlformats-officedocument.presentationml.presentation": _slides,
            "xlsx": (_sheet := FileType("document", "application/vnd.ms-excel", "xlsx")),
            "application/vnd.ms-excel": _sheet,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _sheet,
            "epub": (_book := FileType("document", "application/epub", "epub")),
            "application/epub": _book,
            "application/epub+zip": _book,
        },
    ),
    (
        b"\xd0\xcf\x11\xe0",
        {
            "doc": (_old_word := FileType("document", "application/msword", "doc")),
            "application/msword": _old_word,
            "ppt": (_old_slides := FileType("document", "application/ppt", "ppt")),
            "application/ppt": _old_slides,
            "application/vnd.ms-powerpoint": _old_slides,
            "xls": (_old_sheet := FileType("document", "application/vnd.ms-excel", "xls")),
            "application/vnd.ms-excel": _old_sheet,
        },
    ),
)
"""First bytes of a format of many documents -> extension or declared type -> which it is."""
_PICTURE = re.compile(r"image/[a-z0-9.+-]{1,40}")
_TEXT = FileType("document", "text/plain", "txt")


def recognise(content: FileBytes, declared: str = "", filename: str = "") -> FileType:
    """declared: a media type, or "".  Raises UnsupportedFeature."""
    head = bytes(content[:16])
    for at, signature, what, _ in _REFUSED:
        if head.startswith(signature, at):
            raise _not_taken(what)
    for at, signature, file_type in _SIGNATURES:
        if head.startswith(signature, at):
            return file_type
    declared = declared.partition(";")[0].strip().lower()
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    for signature, known in _CONTAINERS:
        if head.startswith(signature):
            found = known.get(extension) or known.get(declared)
            if found is None:
                raise _not_taken(
                    f"an archive, and its name ({_shown(filename)}) does not say what is in it"
                )
            return found
    if head.startswith(b"BM") and (declared == "image/bmp" or not _is_text(content)):
        return _BITMAP
    if declared.startswith("text/") or _is_text(content):
        return _TEXT
    raise _not_taken(f"of no type that GigaGate knows ({_shown(declared or filename)})")


def recognise_in_message(
    content: FileBytes, declared: str = "", filename: str = "", *, picture: bool
) -> FileType:
    """What `recognise` finds, and pictures that GigaChat does not take: they may be converted.

    picture: the message says that it is one.
    """
    head = bytes(content[:16])
    for at, signature, _, file_type in _REFUSED:
        if head.startswith(signature, at):
            return file_type
    declared = declared.partition(";")[0].strip().lower()
    said = FileType("image", declared, declared.partition("/")[2].partition("+")[0][:16])
    if picture and declared == "image/svg+xml":
        return said
    try:
        return recognise(content, declared, filename)
    except UnsupportedFeature:
        if picture and _PICTURE.fullmatch(declared) and declared not in _TAKEN_PICTURES:
            return said
        raise


def is_taken(file_type: FileType) -> bool:
    """Whether GigaChat takes it as it is."""
    return file_type.kind != "image" or file_type.media_type in _TAKEN_PICTURES


def image_type(content: FileBytes) -> str:
    """The media type of a picture; of anything else, application/octet-stream."""
    head = bytes(content[:16])
    for at, signature, file_type in _SIGNATURES:
        if file_type.kind == "image" and head.startswith(signature, at):
            return file_type.media_type
    return "application/octet-stream"


def check_size(kind: FileKind, size: int, limit: int) -> None:
    """Raises RequestTooLarge."""
    limit = min(limit, LIMITS[kind])
    if size > limit:
        raise RequestTooLarge(
            f"This {_NAMES[kind]} has {_megabytes(size)}; "
            f"at most {_megabytes(limit)} are taken. Send a smaller one."
        )


def _is_text(content: FileBytes) -> bool:
    try:
        return "\0" not in str(content, "utf-8")
    except UnicodeDecodeError:
        return False


def _not_taken(what: str) -> UnsupportedFeature:
    return UnsupportedFeature(f"The file is {what}. GigaChat takes {TAKEN}.")


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB"


def _shown(text: str) -> str:
    return repr(text[:64]) if text else "without a name"
