"""How OpenAI's APIs tell an error: {"error": {"message", "type", "param", "code"}}."""

from collections.abc import Mapping
from typing import TypedDict

from gigagate.core import compact_json, sse
from gigagate.core.http import JSON, Content
from gigagate.errors import GigaGateError


class ErrorDetail(TypedDict):
    message: str
    type: str
    param: str | None
    code: str | None


class ErrorObject(TypedDict):
    error: ErrorDetail


def error_object(error: GigaGateError) -> ErrorObject:
    return {
        "error": {
            "message": error.message,
            "type": error.type,
            "param": error.param,
            "code": error.code,
        }
    }


def last_event(error: GigaGateError) -> bytes:
    """The end of a stream that breaks off.  No [DONE] follows: that would be success."""
    return sse.event(compact_json.dumps(error_object(error)))


class OpenAIEnvelope:
    """Implements dialects.dialect.Envelope."""

    id_header = "x-request-id"
    stream_type = "text/event-stream; charset=utf-8"

    def error(self, error: GigaGateError, request_id: str) -> Content:
        return Content(JSON, compact_json.dumps(error_object(error)))

    def error_headers(self, error: GigaGateError) -> Mapping[str, str]:
        return {}


ENVELOPE = OpenAIEnvelope()
