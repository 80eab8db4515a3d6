"""/files: upload by multipart/form-data, list, look at, fetch, delete.

GigaChat v1 looks at the MIME type of the part.  The texts for a wrong part, a wrong MIME type and
an unknown file are ours: no source shows them.
"""

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser

from gigagate.emulator.file_store import StoredFile
from gigagate.emulator.log import Received
from gigagate.emulator.reply import Reply, error, ok
from gigagate.emulator.state import Call, Handler, State

_MEGABYTE = 2**20
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (15 * _MEGABYTE, ("image/jpeg", "image/png", "image/tiff", "image/bmp")),
    (
        35 * _MEGABYTE,
        (
            "audio/mp4",
            "audio/mp3",
            "audio/mpeg",
            "audio/x-m4a",
            "audio/x-wav",
            "audio/wave",
            "audio/wav",
            "audio/x-pn-wav",
            "audio/webm",
            "audio/x-ogg",
            "audio/opus",
        ),
    ),
    (
        40 * _MEGABYTE,
        (
            "text/plain",
            "application/msword",
            _OFFICE,
            "application/pdf",
            "application/epub",
            "application/ppt",
            "application/pptx",
            "application/vnd.ms-excel",
        ),
    ),
)
_LIMITS = {mime: limit for limit, mimes in _KINDS for mime in mimes}
_LARGEST = max(_LIMITS.values())


async def upload(state: State, call: Call) -> Reply:
    form = _form(call.received)
    part = form.get("file")
    if part is None or part.get_filename() is None:
        return error(400, "Field 'file' is missing")
    purpose = _content(form["purpose"]).decode() if "purpose" in form else ""
    if purpose not in ("general", "assistant"):
        return error(400, "Field 'purpose' must be general")
    mime = part.get_content_type()
    if mime not in _LIMITS and state.config.file_mime == "refuse":
        return error(400, f"Unsupported file type: {mime}")
    content = _content(part)
    if len(content) > _LIMITS.get(mime, _LARGEST):
        return error(413, "Payload too large")
    file = StoredFile(call.owner, str(part.get_filename()), mime, purpose, content)
    return ok(state.files.add(file).as_dict())


async def list_files(state: State, call: Call) -> Reply:
    return ok({"data": [f.as_dict() for f in state.files.of(call.owner)]})


async def look_at(state: State, call: Call) -> Reply:
    file = state.files.get(call.owner, call.parameters[0])
    return ok(file.as_dict()) if file else _unknown()


async def fetch(state: State, call: Call) -> Reply:
    file = state.files.get(call.owner, call.parameters[0])
    if file is None:
        return _unknown()
    return Reply(200, (("Content-Type", "application/octet-stream"),), file.content)


async def delete(state: State, call: Call) -> Reply:
    file = state.files.get(call.owner, call.parameters[0])
    if file is None:
        return _unknown()
    state.files.delete(file)
    return ok({"id": file.id, "object": "file", "access_policy": "private", "deleted": True})


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", r"/files", upload),
    ("GET", r"/files", list_files),
    ("GET", r"/files/([^/]+)", look_at),
    ("GET", r"/files/([^/]+)/content", fetch),
    ("POST", r"/files/([^/]+)/delete", delete),
)


def _unknown() -> Reply:
    return error(404, "No such file")


def _form(received: Received) -> dict[str, EmailMessage]:
    """Parts by field name; empty when the body is no multipart form."""
    head = f"Content-Type: {received.header('content-type') or 'text/plain'}\r\n\r\n"
    message = BytesParser(policy=email.policy.HTTP).parsebytes(head.encode() + received.body)
    if message.get_content_type() != "multipart/form-data":
        return {}
    parts = (p for p in message.iter_parts() if isinstance(p, EmailMessage))
    return {str(p.get_param("name", "", "content-disposition")): p for p in parts}


def _content(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
