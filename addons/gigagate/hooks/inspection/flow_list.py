"""What the flow list says of each flow: a comment and a mark, for reading and for filtering."""

import time
from weakref import WeakKeyDictionary

from mitmproxy import ctx, http
from mitmproxy.utils.emoji import emoji

from gigagate.hooks.answers import told
from gigagate.hooks.inspection import wire_record
from gigagate.hooks.inspection.recorder import is_recording
from gigagate.hooks.patches import looks
from gigagate.views import flow_line

SMALL = 100_000
"""Bytes: an error of ours is not larger."""

WEB_COLUMNS = ["status", "comment"]
"""Columns of mitmweb's list, where the user has not chosen.  Beside a path, which is nearly always
the same here, or a date, a comment has room for no more than a word or two."""


class FlowList:
    """A comment or mark of the user's own stays."""

    name = "gigagate.flow_list"

    def __init__(self) -> None:
        self.written: WeakKeyDictionary[http.HTTPFlow, tuple[str, str]] = WeakKeyDictionary()

    def load(self, loader: object) -> None:
        if "web_columns" in ctx.options and not ctx.options.has_changed("web_columns"):
            ctx.options.update(web_columns=WEB_COLUMNS)
        looks.show_no_local_paths()
        looks.comment_in_console()

    def response(self, flow: http.HTTPFlow) -> None:
        self.describe(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self.describe(flow)

    def describe(self, flow: http.HTTPFlow) -> None:
        if not is_recording() or not flow.live:
            return
        if wire_record.FACTS in flow.metadata:
            known = wire_record.facts(flow)
            comment, mark = flow_line.comment(known), flow_line.mark(known)
            if known.error and not (known.model or known.model_asked):
                comment = f"{known.error} {_path(flow)}{flow_line.asker(known.client)}"
                mark = flow_line.ERROR
            elif not (known.model or known.model_asked):
                comment = f"{_path(flow)} {comment}"
        else:
            comment, mark = _of_own_answer(flow)
        if mark:
            comment = f"{emoji[mark]} {comment}"
        if "web_columns" in ctx.options:  # the console's list has a column for it
            began = time.localtime(flow.request.timestamp_start)
            comment = f"{time.strftime('%H:%M:%S', began)} {comment}"
        before = self.written.get(flow, ("", ""))
        if flow.comment == before[0]:
            flow.comment = comment
        if flow.marked == before[1]:
            flow.marked = mark
        self.written[flow] = (comment, mark)


def _of_own_answer(flow: http.HTTPFlow) -> tuple[str, str]:
    """Comment and mark of a request that got no further than us: refused, or answered here."""
    path = _path(flow)
    who = flow_line.asker(wire_record.client_of(flow))
    if flow.response is None or flow.response.status_code < 400:
        return f"{path}{who}", ""
    error = told(flow.response)
    code = error.code if error and error.code else str(flow.response.status_code)
    return f"{code} {path}{who}", flow_line.ERROR


def _path(flow: http.HTTPFlow) -> str:
    return flow.request.path.partition("?")[0]
