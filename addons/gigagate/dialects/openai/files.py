"""/v1/files: upload, list, look at, fetch, delete, as OpenAI has them.

GigaChat v1 knows one purpose, "general", deletes by POST /files/{id}/delete, and says
application/octet-stream of every content.
"""

from typing import Any
from urllib.parse import quote

from gigagate.core import compact_json, file_types, multipart
from gigagate.core.attachment import safe_name
from gigagate.core.http import Content, UpstreamRequest
from gigagate.core.multipart import Part
from gigagate.dialects.handler import WholeAnswers
from gigagate.dialects.upstream_json import get, parsed_object
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.errors import unexpected

PURPOSES = ("user_data", "assistants", "vision", "general")
"""OpenAI's that mean: to be shown to a model."""
PURPOSE = "user_data"
"""What a file of GigaChat's "general" is for, as far as anybody still knows."""


class _OneFile(WholeAnswers):
    @property
    def _path(self) -> str:
        return f"/files/{quote(self._call.item, safe='')}"


class UploadFile(WholeAnswers):
    """Handler.  The form is written anew: GigaChat goes by the MIME type of the part."""

    _purpose = PURPOSE

    def upstream_request(self) -> UpstreamRequest:
        request = self._call.request
        form = {
            part.name: part
            for part in multipart.read(request.headers.get("content-type", ""), request.body)
        }
        file = form.get("file")
        if file is None or file.filename is None:
            raise InvalidRequest("The form has no file in its field file.", param="file")
        self._purpose = _purpose(form.get("purpose"))
        file_type = file_types.recognise(file.content, file.media_type, file.filename)
        file_types.check_size(file_type.kind, len(file.content), file_types.LIMITS[file_type.kind])
        name = safe_name(file.filename) or f"{file_type.kind}.{file_type.extension}"
        content_type, body = multipart.write(
            [
                Part("file", name, file_type.media_type, file.content),
                Part("purpose", None, "", b"general"),
            ],
            boundary=f"{self._call.request_id}{self._call.request_id}",
        )
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        return UpstreamRequest("POST", "/files", headers, body)

    def answer(self, body: bytes) -> bytes:
        return compact_json.dumps(_file(parsed_object(body), self._purpose))


class ListFiles(WholeAnswers):
    """Handler.  GigaChat lists all files at once."""

    def upstream_request(self) -> UpstreamRequest:
        return get("/files")

    def answer(self, body: bytes) -> bytes:
        data = parsed_object(body).get("data")
        if not isinstance(data, list):
            raise unexpected("a list of files without data", body)
        files = [_file(file) for file in data if isinstance(file, dict)]
        listed = {"object": "list", "data": files, "has_more": False}
        if files:
            listed |= {"first_id": files[0]["id"], "last_id": files[-1]["id"]}
        return compact_json.dumps(listed)


class LookAtFile(_OneFile):
    """Handler."""

    def upstream_request(self) -> UpstreamRequest:
        return get(self._path)

    def answer(self, body: bytes) -> bytes:
        return compact_json.dumps(_file(parsed_object(body)))


class FetchFile(_OneFile):
    """Handler.  A picture is told as one, so that a browser shows it; nothing else ever is."""

    def upstream_request(self) -> UpstreamRequest:
        headers = {"Accept": "application/octet-stream"}
        return UpstreamRequest("GET", f"{self._path}/content", headers, b"")

    def answer(self, body: bytes) -> Content:
        return Content(file_types.image_type(body), body)


class DeleteFile(_OneFile):
    """Handler."""

    def upstream_request(self) -> UpstreamRequest:
        headers = {"Accept": "application/json"}
        return UpstreamRequest("POST", f"{self._path}/delete", headers, b"")

    def answer(self, body: bytes) -> bytes:
        deleted = parsed_object(body).get("deleted")
        return compact_json.dumps(
            {"id": self._call.item, "object": "file", "deleted": deleted is True}
        )


def _purpose(part: Part | None) -> str:
    purpose = bytes(part.content[:64]).decode(errors="replace") if part else PURPOSE
    if purpose not in PURPOSES:
        raise UnsupportedFeature(
            f"purpose is {purpose!r}; GigaChat keeps files for {', '.join(PURPOSES)} only.",
            param="purpose",
        )
    return purpose


def _file(file: dict[str, Any], purpose: str = PURPOSE) -> dict[str, Any]:
    return {
        "id": file.get("id"),
        "object": "file",
        "bytes": file.get("bytes"),
        "created_at": file.get("created_at"),
        "filename": file.get("filename"),
        "purpose": purpose,
        "status": "processed",
    }
