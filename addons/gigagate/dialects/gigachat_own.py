"""GigaChat's own endpoints, which OpenAI has not: their bytes pass as they are, both ways.

Only what the table of endpoints lists gets through, signed with the proxy's token; errors come in
OpenAI's form.
"""

from gigagate.core.http import JSON, Content, UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.dialects.dialect import Translation


def pass_through(call: InHand) -> Translation:
    request, path = call.request, call.report.endpoint
    query = request.path.partition("?")[2]
    headers = {"Accept": "application/json"}
    if request.method == "GET":
        body = b""
    else:
        body = request.body
        media_type = request.headers.get("content-type", "")
        named = media_type.isascii() and media_type.strip()
        headers["Content-Type"] = media_type if named else "application/json"
    target = f"/v1{path}?{query}" if query else f"/v1{path}"
    upstream = UpstreamRequest(request.method, target, headers, body)
    return Translation(upstream, lambda answer: Content(JSON, answer))
