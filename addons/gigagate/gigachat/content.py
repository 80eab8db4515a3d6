"""Message content: OpenAI's string, null or array of parts -> text for GigaChat, and files.

GigaChat v1 answers 400 "invalid JSON syntax" to any content but a string, and takes one image a
message; so a message with several becomes several, each with the text that stands before its image.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gigagate.core.attachment import MessageFile
from gigagate.core.validation import object_at, text_at, wrong_type
from gigagate.errors import ClientError, InvalidRequest, UnsupportedFeature
from gigagate.gigachat.file_parts import FILE_PARTS, FileReader
from gigagate.gigachat.part_kinds import in_words

TEXT_PARTS = {
    "text": "text",
    "input_text": "text",
    "output_text": "text",
    "refusal": "refusal",
}
"""Part type -> the key that holds its text."""

_KIND = 40
"""Characters of a kind's name that a note tells."""
_TOLD_KINDS = 8
"""Kinds that a note tells by name."""


@dataclass(slots=True)
class Segment:
    """Text, and the files that go with it: one image at most."""

    texts: list[str] = field(default_factory=list)
    files: list[MessageFile] = field(default_factory=list)


class ContentReader:
    """Reads the contents of one request, counting what it joins, for one note at the end.

    lenient: what stands in a history; what GigaChat does not take is left out, or told in words.
    """

    def __init__(self, files: FileReader) -> None:
        self.joined_messages = 0
        self.joined_parts = 0
        self.left_out: list[str] = []
        """Files GigaChat cannot be given, as a person would be told."""
        self.passed_over = defaultdict[str, int](int)
        """Kind of other parts that it cannot be given -> how many."""
        self._files = files

    def text(self, content: object, path: str, *, lenient: bool) -> str:
        """Where no files may be.  A string passes as the same object; null and an empty array
        are "".  Parts are joined with a newline."""
        if isinstance(content, str):
            return content
        if (plain := self.plain_texts(content)) is not None:
            return "\n".join(plain)
        texts = []
        for part, at in self._parts(content, path, lenient):
            texts += self._in_text(part, at, lenient)
        return "\n".join(texts)

    def segments(self, content: object, path: str, *, lenient: bool) -> list[Segment]:
        """Where files may be."""
        if isinstance(content, str):
            return [Segment([content])]
        if (plain := self.plain_texts(content)) is not None:
            return [Segment(plain)]
        segments = [segment := Segment()]
        after_image = 0
        for part, at in self._parts(content, path, lenient):
            kind = part.get("type")
            if not isinstance(kind, str) or kind not in FILE_PARTS:
                segment.texts += self._in_text(part, at, lenient)
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

    def plain_texts(self, content: object) -> list[str] | None:
        """What an array of nothing but well-formed texts has, as nearly all are; else None."""
        if type(content) is not list:
            return None
        texts = []
        for part in content:
            if type(part) is not dict or part.get("type") != "text":
                return None
            if type(text := part.get("text")) is not str:
                return None
            texts.append(text)
        self.joined_messages += 1
        self.joined_parts += len(content)
        return texts

    def _parts(
        self, content: object, path: str, lenient: bool
    ) -> Iterator[tuple[dict[str, Any], str]]:
        if content is None:
            return
        if not isinstance(content, list):
            raise wrong_type(path, "a string, null or an array of parts", content)
        self.joined_messages += 1
        self.joined_parts += len(content)
        for i, part in enumerate(content):
            at = f"{path}[{i}]"
            if lenient and isinstance(part, str):
                yield {"type": "text", "text": part}, at
            elif lenient and not isinstance(part, dict):
                self._pass_over("of no kind")
            else:
                yield part if isinstance(part, dict) else object_at(at, part), at

    def _in_text(self, part: dict[str, Any], path: str, lenient: bool) -> list[str]:
        try:
            return [_text_of(part, path)]
        except ClientError as error:
            if not lenient:
                raise
            kind = part.get("type")
            if isinstance(kind, str) and kind in FILE_PARTS:
                return [self._without(path, error)]
            self._pass_over(kind[:_KIND] if isinstance(kind, str) else "of no kind")
            words = "" if isinstance(kind, str) and kind in TEXT_PARTS else in_words(part)
            return [words] if words else []

    def _pass_over(self, kind: str) -> None:
        known = kind in self.passed_over or len(self.passed_over) < _TOLD_KINDS
        self.passed_over[kind if known else "others"] += 1

    def _file(self, part: dict[str, Any], path: str, lenient: bool) -> MessageFile | str:
        try:
            return self._files.read(part, path)
        except ClientError as error:
            if not lenient:
                error.param = error.param or path
                raise
            return self._without(path, error)

    def _without(self, path: str, error: ClientError) -> str:
        self.left_out.append(f"{path}: {error.message}")
        return f"(A file is left out here. {error.message})"


def has_image(files: Iterable[MessageFile]) -> bool:
    return any(file.kind == "image" for file in files)


def _text_of(part: dict[str, Any], path: str) -> str:
    kind = part.get("type")
    if not isinstance(kind, str):
        raise wrong_type(f"{path}.type", "a string", kind)
    key = TEXT_PARTS.get(kind)
    if key:
        text = part.get(key)
        return text if isinstance(text, str) else text_at(f"{path}.{key}", text)
    if kind in FILE_PARTS:
        raise UnsupportedFeature(
            f"{path} is a part of type {kind!r}; GigaChat takes files in user messages only.",
            param=path,
        )
    known = ", ".join((*TEXT_PARTS, *FILE_PARTS))
    raise InvalidRequest(
        f"{path}.type is {kind[:64]!r}; it must be one of {known}.", param=f"{path}.type"
    )
