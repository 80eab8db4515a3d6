"""Uploaded files, in memory, each seen only by who uploaded it."""

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from gigagate.emulator.chat_rules import FileFacts


@dataclass(frozen=True, slots=True)
class StoredFile:
    owner: str
    filename: str
    mime: str
    purpose: str
    content: bytes = field(repr=False)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: int = field(default_factory=lambda: int(time.time()))

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.content),
            "created_at": self.created_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "access_policy": "private",
            "modalities": [_MODALITIES.get(self.mime.partition("/")[0], "text")],
        }


_MODALITIES = {"image": "image", "audio": "audio"}


class FileStore:
    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}

    def add(self, file: StoredFile) -> StoredFile:
        self._files[file.id] = file
        return file

    def of(self, owner: str) -> list[StoredFile]:
        return [f for f in self._files.values() if f.owner == owner]

    def get(self, owner: str, file_id: str) -> StoredFile | None:
        file = self._files.get(file_id)
        return file if file and file.owner == owner else None

    def delete(self, file: StoredFile) -> None:
        del self._files[file.id]

    def facts(self, owner: str) -> dict[str, FileFacts]:
        return {f.id: FileFacts(f.mime, len(f.content)) for f in self.of(owner)}

    def clear(self) -> None:
        self._files.clear()
