"""/v1/files: upload, list, look at, fetch, delete, as OpenAI has them.

GigaChat v1 knows one purpose, "general", deletes by POST /files/{id}/delete, and says
application/octet-stream of every content.
"""

from typing import Any
from urllib.parse import quote

from gigagate.core import compact_json, file_types, multipart
from gigagate.core.attachment import safe_name
from gigagate.core.http import JSON, Content, UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.core.multipart import FormPart
from gigagate.dialects.dialect import Translation
from gigagate.dialects.upstream_json import get, parsed_object
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.errors import unexpected

PURPOSES = ("user_data", "assistants", "vision", "general")
"""OpenAI's that mean: to be shown to a model."""
PURPOSE = "user_data"
"""What a file of GigaChat's "general" is for, as far as anybody still knows."""


def upload(call: InHand) -> Translation:
    """The form is written anew: GigaChat goes by the MIME type of the part.  Raises ClientError."""
    request = call.request
    form = {
        part.name: part
        for part in multipart.read(request.headers.get("content-type", ""), request.body)
    }
    file = form.get("file")
    if file is None or file.filename is None:
        raise InvalidRequest("The form has no file in its field file.", param="file")
    purpose = _purpose(form.get("purpose"))
    file_type = file_types.recognise(file.content, file.media_type, file.filename)
    file_types.check_size(file_type.kind, len(file.content), file_types.LIMITS[file_type.kind])
    name = safe_name(file.filename) or f"{file_type.kind}.{file_type.extension}"
    content_type, body = multipart.write(
        [
            FormPart("file", name, file_type.media_type, file.content),
            FormPart("purpose", None, "", b"general"),
        ],
        boundary=f"{call.request_id}{call.request_id}",
    )
    upstream = UpstreamRequest(
        "POST", "/v1/files", {"Content-Type": content_type, "Accept": JSON}, body
    )
    return Translation(upstream, lambda answer: _told(_file(parsed_object(answer), purpose)))


def listed(call: InHand) -> Translation:
    """GigaChat lists all files at once."""

    def whole(body: bytes) -> Content:
        data = parsed_object(body).get("data")
        if not isinstance(data, list):
            raise unexpected("a list of files without data", body)
        files = [_file(file) for file in data if isinstance(file, dict)]
        told: dict[str, Any] = {"object": "list", "data": files, "has_more": False}
        if files:
            told |= {"first_id": files[0]["id"], "last_id": files[-1]["id"]}
        return _told(told)

    return Translation(get("/v1/files"), whole)


def look_at(call: InHand) -> Translation:
    return Translation(get(_path(call)), lambda body: _told(_file(parsed_object(body))))


def fetch(call: InHand) -> Translation:
    """A picture is told as one, so that a browser shows it; nothing else ever is."""
    headers = {"Accept": "application/octet-stream"}
    upstream = UpstreamRequest("GET", f"{_path(call)}/content", headers, b"")
    return Translation(upstream, lambda body: Content(file_types.image_type(body), body))


def delete(call: InHand) -> Translation:
    def whole(body: bytes) -> Content:
        deleted = parsed_object(body).get("deleted")
        return _told({"id": call.item, "object": "file", "deleted": deleted is True})

    upstream = UpstreamRequest("POST", f"{_path(call)}/delete", {"Accept": JSON}, b"")
    return Translation(upstream, whole)


def _path(call: InHand) -> str:
    return f"/v1/files/{quote(call.item, safe='')}"


def _told(value: object) -> Content:
    return Content(JSON, compact_json.dumps(value))


def _purpose(part: FormPart | None) -> str:
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
