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
        fields = event.response.headers.fields
        event.response.headers.fields = tuple((n, hidden.whole(v)) for n, v in fields)
    elif isinstance(event, ResponseProtocolError):
        event.message = hidden.text(event.message)
    return [event]
