"""What a route answers: a whole body, or a stream of events; and GigaChat's forms of errors."""

import json
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

JSON_TYPE = "application/json; charset=utf-8"
EVENT_STREAM = "text/event-stream"

_COMMON = (
    ("Server", "SynGX"),
    ("Allow", "GET, POST"),
    ("Access-Control-Allow-Credentials", "true"),
    (
        "Access-Control-Allow-Headers",
        "Origin, X-Requested-With, Content-Type, Accept, Authorization",
    ),
    ("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS"),
    ("Access-Control-Allow-Origin", "https://beta.saluteai.sberdevices.ru"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
)
_ON_SUCCESS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("X-XSS-Protection", "1; mode=block"),
)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    headers: Headers = ()
    body: bytes = b""
    events: AsyncGenerator[bytes] | None = field(default=None, repr=False)
    """The body of a stream, one server-sent event each; `body` is unused then."""


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def ok(value: Any) -> Reply:
    return Reply(200, (("Content-Type", JSON_TYPE),), compact(value))


def error(status: int, message: str) -> Reply:
    """GigaChat v1's error body, recorded for 404: compact, with a newline after it."""
    body = compact({"status": status, "message": message}) + b"\n"
    return Reply(status, (("Content-Type", JSON_TYPE),), body)


def no_user_agent() -> Reply:
    return Reply(403, (("Content-Type", JSON_TYPE),), compact({"message": "Unauthorized"}))


def bad_gateway() -> Reply:
    """The page that GigaChat's front server shows when what is behind it is down."""
    body = (
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
        "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>SynGX</center>\r\n"
        "</body>\r\n</html>\r\n"
    )
    return Reply(502, (("Server", "SynGX"), ("Content-Type", "text/html")), body.encode())


def gateway_headers(status: int, request_id: str | None, session_id: str, style: str) -> Headers:
    """What the API host puts around every answer; ids are made up when the client gave none."""
    ids = (("X-Request-Id", request_id or str(uuid.uuid4())), ("X-Session-Id", session_id))
    if style == "bare":
        return ids
    return (*_COMMON, *ids, *(_ON_SUCCESS if status == HTTPStatus.OK else ()))
