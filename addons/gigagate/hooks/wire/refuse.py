"""Layers that let nothing through."""

from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layer import CommandGenerator, Layer

from gigagate.errors import InternalError
from gigagate.hooks.answers import raw_error


class Refuse(Layer):
    """Forwards nothing; tells a client that speaks HTTP."""

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, events.DataReceived):
            if self.context.client.transport_protocol == "tcp":
                yield commands.SendData(event.connection, raw_error(InternalError()))
            yield commands.CloseConnection(event.connection)


class Ignore(Layer):
    """In the place of a connection that we have left: what it still says concerns nobody."""

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        yield from ()


def nothing(event: events.Event | None = None) -> CommandGenerator[None]:
    """What is done where nothing is to be done."""
    yield from ()
