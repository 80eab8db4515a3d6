"""The API that a flow speaks, found anew: a flow that is loaded from a file tells it as well."""

from mitmproxy import http

from gigagate import routes
from gigagate.core.pivot import Chat
from gigagate.dialects.dialect import Dialect, Reader
from gigagate.errors import GigaGateError
from gigagate.hooks.request_head import head_of


def dialect_of(flow: http.HTTPFlow) -> Dialect:
    return routes.dialect_of(head_of(flow.request))


def reader_of(flow: http.HTTPFlow) -> Reader:
    return dialect_of(flow).reader


def chat_in(data: bytes, flow: http.HTTPFlow) -> Chat:
    """Raises ValueError if it is none."""
    return reader_of(flow).chat(data, flow.request.path)


def asks_for_chat(flow: http.HTTPFlow) -> bool:
    asked = head_of(flow.request)._replace(method="POST")
    try:
        return routes.find(asked).endpoint.operation == "chat"
    except GigaGateError:
        return False
