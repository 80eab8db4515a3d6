"""Saved conversations, flows or HAR, as what was asked and answered: read one at a time."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gigagate.core.any_json import list_of, object_of
from gigagate.core.http import ClientRequest, Head
from gigagate.sessions import reading
from gigagate.sessions.seen import Seen
from gigagate.views.facts import Facts

if TYPE_CHECKING:  # mitmproxy is most of a start
    from mitmproxy import http

FACTS = "gigachat.facts"
REQUEST = "gigachat.request"
"""Both in a flow's metadata."""


class SavedFlow(NamedTuple):
    asked: ClientRequest
    flow: "http.HTTPFlow"
    facts: object
    """What the metadata has of them."""
    sent: bytes | None
    """What GigaChat was sent; None: nothing, or it was not kept."""


def read(file: Path) -> Iterator[Seen]:
    """The chats in it, as they stand there.  Raises OSError, or ValueError for what is neither."""
    for saved in flows(file):
        if (found := seen(saved)) is not None:
            yield found


def flows(file: Path) -> Iterator[SavedFlow]:
    """Every POST in it.  Raises as `read` does."""
    from mitmproxy import exceptions, http, io

    with file.open("rb") as opened:
        if opened.read(1) == b"{":
            yield from _from_har(file)
            return
        opened.seek(0)
        try:
            for flow in io.FlowReader(opened).stream():
                if isinstance(flow, http.HTTPFlow) and flow.request.method == "POST":
                    yield _saved(flow, flow.metadata.get(FACTS), flow.metadata.get(REQUEST))
        except exceptions.FlowReadException as error:
            raise ValueError(str(error)) from None


def seen(saved: SavedFlow) -> Seen | None:
    """None: no chat."""
    asked, flow = saved.asked, saved.flow
    response = flow.response
    return reading.seen(
        Head(asked.method, asked.path, asked.headers),
        asked.body,
        None if response is None else response.get_content(strict=False) or b"",
        Facts.loads(saved.facts),
        client=asked.headers.get("user-agent", "").partition(" ")[0][:32],
        began=flow.request.timestamp_start,
        status=None if response is None else response.status_code,
    )


def _from_har(file: Path) -> Iterator[SavedFlow]:
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
        if flow.request.method == "POST":
            kept = object_of(object_of(entry).get("_gigachat"))
            yield _saved(flow, kept.get("facts"), kept.get("request"))


def _saved(flow: "http.HTTPFlow", facts: object, sent: object) -> SavedFlow:
    request = flow.request
    headers = {name.lower(): request.headers[name] for name in request.headers}
    body = request.get_content(strict=False) or b""
    asked = ClientRequest(request.method, request.path, headers, body)
    if isinstance(sent, str):
        sent = sent.encode(errors="replace")
    return SavedFlow(asked, flow, facts, sent if isinstance(sent, bytes) else None)
