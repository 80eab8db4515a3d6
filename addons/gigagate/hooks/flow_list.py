"""What the flow list says of each flow: a comment and a mark, for reading and for filtering."""

import json
from weakref import WeakKeyDictionary

from mitmproxy import http

from gigagate.hooks import recorder
from gigagate.hooks.recorder import Recorder
from gigagate.views import flow_line
from gigagate.views.text import object_of, text_of

SMALL = 100_000
"""Bytes: an error of ours is not larger."""


class FlowList:
    """A comment or mark of the user's own stays."""

    name = "gigagate.flow_list"

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.written: WeakKeyDictionary[http.HTTPFlow, tuple[str, str]] = WeakKeyDictionary()

    def response(self, flow: http.HTTPFlow) -> None:
        self.describe(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self.describe(flow)

    def describe(self, flow: http.HTTPFlow) -> None:
        if not self.recorder.on or not flow.live:
            return
        if flow in self.recorder.recordings:
            known = recorder.facts(flow)
            comment, mark = flow_line.comment(known), flow_line.mark(known)
        else:
            comment, mark = _of_own_answer(flow)
        before = self.written.get(flow, ("", ""))
        if flow.comment == before[0]:
            flow.comment = comment
        if flow.marked == before[1]:
            flow.marked = mark
        self.written[flow] = (flow.comment, flow.marked)


def _of_own_answer(flow: http.HTTPFlow) -> tuple[str, str]:
    """Of a request that got no further than us: refused, or answered here."""
    if flow.response is None or flow.response.status_code < 400:
        return "", ""
    try:
        error = object_of(json.loads((flow.response.raw_content or b"{}")[:SMALL])).get("error")
    except ValueError:
        error = None
    code = text_of(object_of(error).get("code"))
    return f"{flow.response.status_code} {code}".rstrip(), flow_line.ERROR
