"""The files that a message wants attached: sent along, to be fetched, or uploaded before.

GigaChat v1 takes no file in a message, only the id of one uploaded before; `key` stands for the id
until that is known, and is the same wherever the same content appears.
"""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_to_bytes

from gigagate.core import file_types
from gigagate.core.file_types import FileKind, FileType
from gigagate.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class LeftOut:
    """In the place of the id of a file that GigaChat cannot be given."""

    why: str
    """What it is, and why, as a sentence goes on behind "the message has"."""


FileIds = Mapping[str, str | LeftOut]
"""Key of a file -> its id at GigaChat."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file the request brings along."""

    key: str
    """SHA-256 of the content, in hex."""
    kind: FileKind
    media_type: str
    filename: str
    content: bytes = field(repr=False)

    @classmethod
    def of(
        cls,
        content: bytes,
        *,
        declared: str = "",
        filename: str = "",
        max_image_bytes: int,
        picture: bool = False,
    ) -> "Attachment":
        """picture: it is said to be one.  Raises UnsupportedFeature or RequestTooLarge."""
        file_type = file_types.recognise_in_message(content, declared, filename, picture=picture)
        largest = file_types.LIMITS[file_type.kind]
        limit = max_image_bytes if file_type.kind == "image" else largest
        file_types.check_size(file_type.kind, len(content), limit)
        return cls(
            key=sha256(content).hexdigest(),
            kind=file_type.kind,
            media_type=file_type.media_type,
            filename=safe_name(filename) or f"{file_type.kind}.{file_type.extension}",
            content=content,
        )

    @property
    def is_taken(self) -> bool:
        """Whether GigaChat takes it as it is."""
        return file_types.is_taken(FileType(self.kind, self.media_type, ""))


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that somebody else serves."""

    url: str = field(repr=False)
    kind: FileKind
    """What the request takes it for."""

    @property
    def key(self) -> str:
        return sha256(f"url {self.url}".encode(errors="replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that GigaChat has already."""

    key: str
    """Its id."""
    kind: FileKind | None
    """None: nobody has said."""


WantedFile = Attachment | RemoteFile
MessageFile = WantedFile | UploadedFile


def wanted(messages: list[dict[str, Any]]) -> tuple[WantedFile, ...]:
    """What of the messages' attachments is not at GigaChat yet, each content once."""
    found = {
        file.key: file
        for message in messages
        for file in message.get("attachments", ())
        if not isinstance(file, UploadedFile)
    }
    return tuple(found.values())


def with_ids(messages: list[dict[str, Any]], ids: FileIds) -> list[dict[str, Any]]:
    """New messages whose attachments are ids, not files; one without an id has its key."""
    return [
        message | {"attachments": [_id(file.key, ids) for file in message["attachments"]]}
        if "attachments" in message
        else message
        for message in messages
    ]


def _id(key: str, ids: FileIds) -> str:
    found = ids.get(key)
    return found if isinstance(found, str) else key


def is_data_url(url: str) -> bool:
    return url[:5].lower() == "data:"


def read_data_url(url: str, path: str) -> tuple[bytes, str]:
    """The content and the media type it declares.  Raises InvalidRequest."""
    comma = url.find(",")
    if comma < 0:
        raise InvalidRequest(f"{path} is a data URL without a comma.", param=path)
    parameters = url[5:comma].lower()
    declared = parameters.partition(";")[0].strip()
    if parameters.rpartition(";")[2].strip() != "base64":
        return unquote_to_bytes(url[comma + 1 :]), declared
    return read_base64(url[comma + 1 :], path), declared


def read_base64(text: str, path: str) -> bytes:
    """Raises InvalidRequest."""
    try:
        content = binascii.a2b_base64(text)
    except ValueError:
        content = b""
    if not content:
        raise InvalidRequest(f"{path} is not valid base64, or is empty.", param=path)
    return content


def safe_name(filename: str) -> str:
    """Without directories and control characters, and not too long for a header."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if char.isprintable() and char not in '"')
    return name.encode(errors="ignore").decode()[-100:].strip()
