"""Saved conversations, flows or HAR, as what was asked and answered: read one at a time."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gigagate import routes
from gigagate.core.any_json import list_of, object_of
from gigagate.core.http import Head
from gigagate.errors import GigaGateError
from gigagate.sessions.seen import Seen
from gigagate.views.facts import Facts

if TYPE_CHECKING:  # mitmproxy is most of a start
    from mitmproxy import http

FACTS = "gigachat.facts"
"""In a flow's metadata."""


def read(file: Path) -> Iterator[Seen]:
    """The chats in it, as they stand there.  Raises OSError, or ValueError for what is neither."""
    from mitmproxy import exceptions, http, io

    with file.open("rb") as opened:
        if opened.read(1) == b"{":
            yield from _from_har(file)
            return
        opened.seek(0)
        try:
            for flow in io.FlowReader(opened).stream():
                if isinstance(flow, http.HTTPFlow):
                    yield from _seen(flow, flow.metadata.get(FACTS))
        except exceptions.FlowReadException as error:
            raise ValueError(str(error)) from None


def _from_har(file: Path) -> Iterator[Seen]:
    """mitmproxy's reader of HAR leaves our own fields out."""
    from mitmproxy.io import har

    content = object_of(json.loads(file.read_bytes()))
    if "log" not in content:
        raise ValueError("this is neither flows nor a HAR")
    for entry in list_of(object_of(content["log"]).get("entries")):
        try:
            flow = har.request_to_flow(entry)
        except Exception as error:
            raise ValueError(f"an entry of the HAR cannot be read: {error}") from None
        yield from _seen(flow, object_of(object_of(entry).get("_gigachat")).get("facts"))


def _seen(flow: "http.HTTPFlow", kept: object) -> Iterator[Seen]:
    if flow.request.method != "POST":
        return
    request, response = flow.request, flow.response
    headers = {name.lower(): request.headers[name] for name in request.headers}
    head = Head(request.method, request.path, headers)
    dialect = routes.dialect_of(head)
    try:
        if routes.find(head, dialect).endpoint.operation != "chat":
            return
        chat = dialect.reader.chat(request.get_content(strict=False) or b"", head.path)
    except (GigaGateError, ValueError):
        return
    said = None
    if response is not None:
        try:
            said = dialect.reader.answer(response.get_content(strict=False) or b"")
        except ValueError:
            said = None
    facts = Facts.loads(kept)
    program = headers.get("user-agent", "").partition(" ")[0][:32]
    yield Seen(
        chat,
        said,
        facts,
        client=facts.client or program,
        began=request.timestamp_start,
        status=response.status_code if response is not None else None,
        dialect=dialect.name,
    )
