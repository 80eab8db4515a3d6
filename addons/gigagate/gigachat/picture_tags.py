"""The tags GigaChat writes where its answer has a picture or a video it has made, and their cutter.

GigaChat v1: <img src="<file id>" fuse="true"/>, <video cover="…" src="<file id>" fuse="true"/>.
A tag without fuse="true" is what the answer is about, and passes as the text it is.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 400
"""The most characters of a tag: a longer text is no tag."""

_TAG = re.compile(r"<(img|video)\s[^<>]*>")
_BEGINNING = re.compile(r"<(?:i(?:m(?:g(?:\s[^<>]*)?)?)?|v(?:i(?:d(?:e(?:o(?:\s[^<>]*)?)?)?)?)?)?")
_SOURCE = re.compile(r'\ssrc="([^"/\s]{1,100})"')
_FUSE = re.compile(r'\sfuse="true"')
_SHOWN = re.compile(
    r"""
    !\[image[ ]?([\w-]*)\]\(
    (?= [^!)\s]*+ \) )
    (?: data:image/ | [^!)\s]* /files/ ([^/!)\s]+) /content\? )
    [^!)\s]* \)
    """,
    re.VERBOSE,
)
"""A picture in the markdown that clients get of us.  Its address has no "!", so each is looked at
once, however many begin; and what closes it is looked for before anything is tried inside."""


class GeneratedFile(NamedTuple):
    """A file that GigaChat made."""

    kind: str
    """img or video."""
    file_id: str

    def tag(self) -> str:
        return f'<{self.kind} src="{self.file_id}" fuse="true"/>'


class TagCutter:
    """The cutter of one answer, in whatever pieces it comes."""

    def __init__(self) -> None:
        self.held = ""
        """What may yet become a tag."""

    def feed(self, text: str) -> Iterator[str | GeneratedFile]:
        """What can be passed on; what may yet become a tag is held back."""
        if self.held:
            text, self.held = self.held + text, ""
        passed = at = 0
        while (at := text.find("<", at)) >= 0:
            if found := _TAG.match(text, at):
                if generated := _generated(found):
                    if at > passed:
                        yield text[passed:at]
                    yield generated
                    passed = found.end()
                at = found.end()
            elif len(text) - at < LONGEST and _BEGINNING.fullmatch(text, at):
                self.held = text[at:]
                text = text[:at]
                break
            else:
                at += 1
        if len(text) > passed:
            yield text[passed:]

    def end(self) -> str:
        """What was held back, now that no more comes."""
        held, self.held = self.held, ""
        return held


def restored(text: str) -> str:
    """An assistant's earlier answer as GigaChat wrote it: a data URL would fill its context."""
    if "![image" not in text:
        return text
    return _SHOWN.sub(_tag_again, text)


def _generated(tag: re.Match[str]) -> GeneratedFile | None:
    source = _SOURCE.search(tag[0])
    return GeneratedFile(tag[1], source[1]) if source and _FUSE.search(tag[0]) else None


def _tag_again(shown: re.Match[str]) -> str:
    file_id = shown[2] or shown[1]
    return GeneratedFile("img", file_id).tag() if file_id else shown[0]
