"""GigaGate's views of requests and answers in mitmweb and the console.

mitmproxy shows the first of them by itself for flows of ours; flows of others are left alone.  The
text is made in `gigagate.views`; here it is only chosen, and nothing that comes in makes it fail.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mitmproxy import contentviews, http
from mitmproxy.contentviews import Metadata, SyntaxHighlight

from gigagate.hooks.inspection import wire_record
from gigagate.hooks.inspection.flow_sessions import FlowSessions
from gigagate.hooks.inspection.spoken import asks_for_chat, chat_in, reader_of
from gigagate.hooks.patches import looks
from gigagate.sessions import as_text
from gigagate.views import answer, changes, conversation
from gigagate.views.raw_json import in_lines
from gigagate.views.text import cut, decoded

logger = logging.getLogger(__name__)

CHOSEN = 2.0
"""Above mitmproxy's JSON, which has 1."""
OFFERED = 0.0
NOT_OURS = -1.0

_EMPTY_LINE = re.compile(r"^(?=\n)", re.MULTILINE)
"""mitmweb does not show lines without any character."""

type Render = Callable[[bytes, http.HTTPFlow], str]
type Priority = Callable[[bytes, http.HTTPFlow], float]


@dataclass(frozen=True)
class GigaView:
    """A mitmproxy Contentview."""

    name: str
    message: type[http.Message]
    """Which side of a flow it is for."""
    render: Render
    priority: Priority
    syntax_highlight: SyntaxHighlight = "none"

    def __lt__(self, other: contentviews.Contentview) -> bool:
        return self.name < other.name

    def prettify(self, data: bytes, metadata: Metadata) -> str:
        flow = metadata.flow
        if not isinstance(flow, http.HTTPFlow):
            return decoded(data)
        if not isinstance(metadata.http_message, self.message):
            return OTHER_SIDE[self.name].prettify(data, metadata)
        try:
            return _EMPTY_LINE.sub(" ", cut(self.render(data, flow)))
        except ValueError as error:
            return f"{error}\n\n{decoded(data)}"
        except Exception:
            logger.exception("The view %r failed", self.name)
            return f"The view failed; the log says why.\n\n{decoded(data)}"

    def render_priority(self, data: bytes, metadata: Metadata) -> float:
        flow, message = metadata.flow, metadata.http_message
        if isinstance(flow, http.HTTPFlow) and isinstance(message, self.message) and _is_ours(flow):
            return self.priority(data, flow)
        return NOT_OURS


def _is_ours(flow: http.HTTPFlow) -> bool:
    if wire_record.FACTS in flow.metadata:
        return True
    return asks_for_chat(flow)


def _conversation(data: bytes, flow: http.HTTPFlow) -> str:
    return conversation.render(chat_in(data, flow))


def _changes(data: bytes, flow: http.HTTPFlow) -> str:
    upstream = flow.metadata.get(wire_record.REQUEST)
    if not isinstance(upstream, bytes):
        return f"{changes.NOTHING_SENT} {_refusal(flow)}".rstrip()
    client: Mapping[str, Any] | bytes = data
    with suppress(ValueError):
        client = chat_in(data, flow)
    return changes.render(client, upstream, wire_record.facts(flow))


def _refusal(flow: http.HTTPFlow) -> str:
    """What the client was told instead."""
    try:
        content = flow.response.get_content(strict=False) if flow.response else None
        return reader_of(flow).answer(content or b"").error or ""
    except ValueError:
        return ""


def _answer(data: bytes, flow: http.HTTPFlow) -> str:
    return answer.render(reader_of(flow).answer(data), wire_record.facts(flow))


def _as_the_client_has_it(data: bytes, flow: http.HTTPFlow) -> str:
    return in_lines(data)


def _as_gigachat_got_it(data: bytes, flow: http.HTTPFlow) -> str:
    return _kept(flow, wire_record.REQUEST_HEAD, wire_record.REQUEST, changes.NOTHING_SENT)


def _as_gigachat_sent_it(data: bytes, flow: http.HTTPFlow) -> str:
    return _kept(
        flow, wire_record.RESPONSE_HEAD, wire_record.RESPONSE, "GigaChat has sent no answer."
    )


def _kept(flow: http.HTTPFlow, head_key: str, body_key: str, nothing: str) -> str:
    if head_key not in flow.metadata:
        return nothing
    head, body = flow.metadata[head_key], flow.metadata.get(body_key, b"")
    shown = in_lines(body) if isinstance(body, bytes) else json.dumps(body)
    return f"{head}\n\n{shown}"


def _if_a_chat(data: bytes, flow: http.HTTPFlow) -> float:
    return _if(lambda: chat_in(data, flow))


def _if_an_answer(data: bytes, flow: http.HTTPFlow) -> float:
    return _if(lambda: reader_of(flow).answer(data))


def _if(reads: Callable[[], object]) -> float:
    try:
        reads()
    except ValueError:
        return NOT_OURS
    return CHOSEN


def _offered(data: bytes, flow: http.HTTPFlow) -> float:
    return OFFERED


VIEWS = (
    GigaView("GigaChat: conversation", http.Request, _conversation, _if_a_chat),
    GigaView("GigaChat: what changed", http.Request, _changes, _offered),
    GigaView("GigaChat: as the client sent it", http.Request, _as_the_client_has_it, _offered),
    GigaView("GigaChat: as GigaChat got it", http.Request, _as_gigachat_got_it, _offered),
    GigaView("GigaChat: answer", http.Response, _answer, _if_an_answer),
    GigaView("GigaChat: as GigaChat sent it", http.Response, _as_gigachat_sent_it, _offered),
    GigaView("GigaChat: as the client got it", http.Response, _as_the_client_has_it, _offered),
)


_BY_NAME = {view.name.removeprefix("GigaChat: "): view for view in VIEWS}
OTHER_SIDE = {
    f"GigaChat: {one}": _BY_NAME[other]
    for pair in (
        ("conversation", "answer"),
        ("as the client sent it", "as the client got it"),
        ("as GigaChat got it", "as GigaChat sent it"),
    )
    for one, other in (pair, pair[::-1])
} | {"GigaChat: what changed": _BY_NAME["answer"]}
"""A view that was picked for one side of a flow -> what shows the same of the other side."""


class ContentViews:
    name = "gigagate.content_views"

    def __init__(self, sessions: FlowSessions) -> None:
        self._sessions = sessions
        whole_task = GigaView("GigaChat: session", http.Message, self._session, _offered)
        self.views = (*VIEWS[:2], whole_task, *VIEWS[2:])

    def load(self, loader: object) -> None:
        for view in self.views:
            contentviews.add(view)
        looks.offer_first([view.name for view in self.views])

    def _session(self, data: bytes, flow: http.HTTPFlow) -> str:
        found = self._sessions.at_once()
        if found is None:
            return "All that was asked so far is being read: choose this view again in a moment."
        if flow.id not in found.places:
            return "A step of a session is told once its request has ended."
        return as_text.render(*found.places[flow.id])
