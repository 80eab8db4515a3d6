"""What GigaChat says, without the tokens it must not repeat to anybody."""

from mitmproxy.proxy.layers.http import (
    HttpEvent,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)

from gigagate.core.hidden import Hidden


def masked(hidden: Hidden, event: HttpEvent) -> list[HttpEvent]:
    """The event as everybody may see it."""
    if isinstance(event, ResponseData):
        data = hidden.feed(event.data)
        return [ResponseData(event.stream_id, data)] if data else []
    if isinstance(event, ResponseEndOfMessage):
        rest = hidden.end()
        return [ResponseData(event.stream_id, rest), event] if rest else [event]
    if isinstance(event, ResponseHeaders):
        headers = event.response.headers
        values = b"\n".join(value for _, value in headers.fields)
        if hidden.whole(values) != values:
            headers.fields = tuple((name, hidden.whole(value)) for name, value in headers.fields)
    elif isinstance(event, ResponseProtocolError):
        event.message = hidden.text(event.message)
    return [event]
