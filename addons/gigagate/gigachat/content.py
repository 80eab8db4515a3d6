"""Message content: OpenAI's string, null or array of parts -> text for GigaChat, and files.

GigaChat v1 answers 400 "invalid JSON syntax" to any content but a string, and takes one image a
message; so a message with several becomes several, each with the text that stands before its image.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gigagate.core.attachment import MessageFile
from gigagate.core.validation import object_at, text_at, wrong_type
from gigagate.errors import ClientError, InvalidRequest, UnsupportedFeature
from gigagate.gigachat.file_parts import FILE_PARTS, FileReader

TEXT_PARTS = {
    "text": "text",
    "input_text": "text",
    "output_text": "text",
    "refusal": "refusal",
}
"""Part type -> the key that holds its text."""


@dataclass(slots=True)
class Segment:
    """Text, and the files that go with it: one image at most."""

    texts: list[str] = field(default_factory=list)
    files: list[MessageFile] = field(default_factory=list)


class ContentReader:
    """Reads the contents of one request, counting what it joins, for one note at the end."""

    def __init__(self, files: FileReader) -> None:
        self.joined_messages = 0
        self.joined_parts = 0
        self.left_out: list[str] = []
        """Files GigaChat cannot be given, as a person would be told."""
        self._files = files

    def text(self, content: object, path: str) -> str:
        """A string passes as the same object; null and an empty array are "".

        Parts are joined with a newline; a file is refused.
        """
        if isinstance(content, str):
            return content
        return "\n".join([_text_part(part, at) for part, at in self._parts(content, path)])

    def segments(self, content: object, path: str, *, lenient: bool) -> list[Segment]:
        """Where files may be.  lenient: a file GigaChat does not take is told in words instead."""
        if isinstance(content, str):
            return [Segment([content])]
        segments = [segment := Segment()]
        after_image = 0
        for part, at in self._parts(content, path):
            kind = part.get("type")
            if not isinstance(kind, str) or kind not in FILE_PARTS:
                segment.texts.append(_text_part(part, at))
                continue
            file = self._file(part, at, lenient)
            if isinstance(file, str):
                segment.texts.append(file)
                continue
            if file.kind == "image":
                if has_image(segment.files):
                    texts = segment.texts[after_image:]
                    del segment.texts[after_image:]
                    segments.append(segment := Segment(texts))
                after_image = len(segment.texts)
            segment.files.append(file)
        return segments

    def _parts(self, content: object, path: str) -> list[tuple[dict[str, Any], str]]:
        if content is None:
            return []
        if not isinstance(content, list):
            raise wrong_type(path, "a string, null or an array of parts", content)
        self.joined_messages += 1
        self.joined_parts += len(content)
        return [(object_at(at := f"{path}[{i}]", part), at) for i, part in enumerate(content)]

    def _file(self, part: dict[str, Any], path: str, lenient: bool) -> MessageFile | str:
        try:
            return self._files.read(part, path)
        except ClientError as error:
            if not lenient:
                error.param = error.param or path
                raise
            self.left_out.append(f"{path}: {error.message}")
            return f"(A file is left out here. {error.message})"


def has_image(files: Iterable[MessageFile]) -> bool:
    return any(file.kind == "image" for file in files)


def _text_part(part: dict[str, Any], path: str) -> str:
    kind = part.get("type")
    if not isinstance(kind, str):
        raise wrong_type(f"{path}.type", "a string", kind)
    key = TEXT_PARTS.get(kind)
    if key:
        return text_at(f"{path}.{key}", part.get(key))
    if kind in FILE_PARTS:
        raise UnsupportedFeature(
            f"{path} is a part of type {kind!r}; GigaChat takes files in user messages only.",
            param=path,
        )
    known = ", ".join((*TEXT_PARTS, *FILE_PARTS))
    raise InvalidRequest(
        f"{path}.type is {kind[:64]!r}; it must be one of {known}.", param=f"{path}.type"
    )
