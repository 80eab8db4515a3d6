"""How Google's APIs tell an error, whatever was asked."""

from collections.abc import Mapping

from gigagate.core import compact_json
from gigagate.core.http import JSON, Content
from gigagate.dialects.gemini.errors import error_object
from gigagate.dialects.gemini.writer import EVENTS
from gigagate.errors import GigaGateError


class Envelope:
    """Implements dialects.dialect.Envelope."""

    id_header = "x-request-id"
    stream_type = EVENTS.media_type

    def error(self, error: GigaGateError, request_id: str) -> Content:
        return Content(JSON, compact_json.dumps(error_object(error)))

    def error_headers(self, error: GigaGateError) -> Mapping[str, str]:
        return {}


ENVELOPE = Envelope()
