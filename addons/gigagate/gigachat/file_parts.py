"""The parts of a message that are files, in the spellings of OpenAI's chat and Responses APIs."""

from collections.abc import Callable, Mapping
from typing import Any

from gigagate.core import attachment
from gigagate.core.attachment import Attachment, MessageFile, RemoteFile, UploadedFile
from gigagate.core.file_policy import FilePolicy
from gigagate.core.file_types import FileKind
from gigagate.core.validation import object_at, text_at
from gigagate.errors import InvalidRequest, UnsupportedFeature


class FileReader:
    def __init__(self, policy: FilePolicy) -> None:
        self._policy = policy

    def read(self, part: dict[str, Any], path: str) -> MessageFile:
        """part: its type is one of FILE_PARTS.  Raises ClientError."""
        return FILE_PARTS[part["type"]](self, part, path)

    def image_url(self, part: dict[str, Any], path: str) -> MessageFile:
        path, given = f"{path}.image_url", part.get("image_url")
        if not isinstance(given, str):
            path, given = f"{path}.url", object_at(path, given).get("url")
        file = self._of_url(text_at(path, given), "image", "", path)
        if file.kind != "image":
            raise UnsupportedFeature(
                f"{path} is no picture that GigaChat takes; it is a file of type {file.kind}. "
                "Send JPEG, PNG, TIFF or BMP, or the file as a part of type file.",
                param=path,
            )
        return file

    def input_image(self, part: dict[str, Any], path: str) -> MessageFile:
        if part.get("file_id") is not None:
            return UploadedFile(_id(part, path), "image")
        return self.image_url(part, path)

    def file(self, part: dict[str, Any], path: str) -> MessageFile:
        path = f"{path}.file"
        return self._file(object_at(path, part.get("file")), path)

    def input_file(self, part: dict[str, Any], path: str) -> MessageFile:
        return self._file(part, path)

    def input_audio(self, part: dict[str, Any], path: str) -> MessageFile:
        path = f"{path}.input_audio"
        audio = object_at(path, part.get("input_audio"))
        data = text_at(f"{path}.data", audio.get("data"))
        declared = f"audio/{audio.get('format')}"
        return self._of_content(attachment.read_base64(data, f"{path}.data"), declared, "")

    def _file(self, given: dict[str, Any], path: str) -> MessageFile:
        if given.get("file_id") is not None:
            return UploadedFile(_id(given, path), None)
        filename = text_at(f"{path}.filename", given.get("filename") or "")
        if given.get("file_url") is not None:
            path = f"{path}.file_url"
            return self._of_url(text_at(path, given["file_url"]), "document", filename, path)
        path = f"{path}.file_data"
        data = text_at(path, given.get("file_data"))
        if attachment.is_data_url(data):
            return self._of_url(data, "document", filename, path)
        return self._of_content(attachment.read_base64(data, path), "", filename)

    def _of_url(self, url: str, kind: FileKind, filename: str, path: str) -> MessageFile:
        if attachment.is_data_url(url):
            content, declared = attachment.read_data_url(url, path)
            return self._of_content(content, declared, filename, picture=kind == "image")
        if not url.lower().startswith(("http://", "https://")):
            raise InvalidRequest(
                f"{path} must be a data URL, or begin with http:// or https://.", param=path
            )
        if not self._policy.fetch_urls:
            raise UnsupportedFeature(
                f"{path} is the address of a file, and this proxy does not fetch files. "
                "Send the file itself, as a data URL, or set images.allow_urls on the proxy.",
                param=path,
            )
        return RemoteFile(url, kind)

    def _of_content(
        self, content: bytes, declared: str, filename: str, *, picture: bool = False
    ) -> MessageFile:
        return Attachment.of(
            content,
            declared=declared,
            filename=filename,
            max_image_bytes=self._policy.max_image_bytes,
            picture=picture,
        )


FILE_PARTS: Mapping[str, Callable[[FileReader, dict[str, Any], str], MessageFile]] = {
    "image_url": FileReader.image_url,
    "input_image": FileReader.input_image,
    "file": FileReader.file,
    "input_file": FileReader.input_file,
    "input_audio": FileReader.input_audio,
}
"""Part type -> how it is read."""


def _id(given: dict[str, Any], path: str) -> str:
    file_id = text_at(f"{path}.file_id", given["file_id"])
    if not file_id:
        raise InvalidRequest(f"{path}.file_id is empty.", param=f"{path}.file_id")
    return file_id
