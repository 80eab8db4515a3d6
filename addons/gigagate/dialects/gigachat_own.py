"""GigaChat's own endpoints, which OpenAI has not: their bytes pass as they are, both ways.

Only what routes.py lists gets through, signed with the proxy's token; errors come in OpenAI's form.
"""

from gigagate.core.http import UpstreamRequest
from gigagate.dialects.handler import WholeAnswers


class PassThrough(WholeAnswers):
    """Handler."""

    def upstream_request(self) -> UpstreamRequest:
        request, path = self._call.request, self._call.report.endpoint
        assert path is not None
        query = request.path.partition("?")[2]
        headers = {"Accept": "application/json"}
        if request.method == "GET":
            body = b""
        else:
            body = request.body
            media_type = request.headers.get("content-type", "")
            named = media_type.isascii() and media_type.strip()
            headers["Content-Type"] = media_type if named else "application/json"
        return UpstreamRequest(request.method, f"{path}?{query}" if query else path, headers, body)

    def answer(self, body: bytes) -> bytes:
        return body
