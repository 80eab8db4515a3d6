"""Message content: OpenAI's string, null or array of parts -> the plain string GigaChat wants.

GigaChat v1 answers 400 "invalid JSON syntax" to anything but a string.
"""

from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.validation import object_at, text_at, wrong_type

TEXT_PARTS = {
    "text": "text",
    "input_text": "text",
    "output_text": "text",
    "refusal": "refusal",
}
"""Part type -> the key that holds its text."""

FILE_PARTS = frozenset({"image_url", "input_image", "input_audio", "file", "input_file"})


class ContentReader:
    """Reads the contents of one request, counting what it joins, for one note at the end."""

    def __init__(self) -> None:
        self.joined_messages = 0
        self.joined_parts = 0

    def text(self, content: object, path: str) -> str:
        """A string passes as the same object; null and an empty array are "".

        Parts are joined with a newline.
        """
        if isinstance(content, str):
            return content
        if content is None:
            return ""
        if not isinstance(content, list):
            raise wrong_type(path, "a string, null or an array of parts", content)
        self.joined_messages += 1
        self.joined_parts += len(content)
        return "\n".join([_part_text(part, f"{path}[{i}]") for i, part in enumerate(content)])


def _part_text(part: object, path: str) -> str:
    part = object_at(path, part)
    kind = part.get("type")
    if not isinstance(kind, str):
        raise wrong_type(f"{path}.type", "a string", kind)
    key = TEXT_PARTS.get(kind)
    if key:
        return text_at(f"{path}.{key}", part.get(key))
    if kind in FILE_PARTS:
        raise UnsupportedFeature(
            f"{path} is a part of type {kind!r}; this proxy does not send files yet. "
            "Send text parts only.",
            param=path,
        )
    raise InvalidRequest(
        f"{path}.type is {kind[:64]!r}; it must be one of {', '.join(TEXT_PARTS)}.",
        param=f"{path}.type",
    )
