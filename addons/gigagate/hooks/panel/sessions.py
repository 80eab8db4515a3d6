"""The part of the panel's API that shows what agents do: conversations, found while somebody looks.

A thread is told as HTML, made by what makes the report: a page asks for the steps it has not yet.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from mitmproxy import http

from gigagate.errors import NotFound
from gigagate.hooks.about.status import mitmweb_url
from gigagate.hooks.inspection import wire_record
from gigagate.hooks.inspection.flow_sessions import FlowSessions, FoundSessions, has_ended
from gigagate.hooks.panel.door import Admin
from gigagate.hooks.panel.routes import Routes, Told, all_of, number_of
from gigagate.hooks.patches import looks
from gigagate.report_page import session as shown
from gigagate.report_page import step as one_step
from gigagate.sessions import told
from gigagate.sessions.session import Session, totals
from gigagate.sessions.step import Step
from gigagate.sessions.words import spoken_in
from gigagate.threads import in_thread

LISTED = 200


class SessionsPart:
    def __init__(self, flows: FlowSessions) -> None:
        self._flows = flows
        self.routes: Routes = {
            ("GET", "sessions"): all_of(self.new),
            ("GET", "session"): self.one,
        }

    async def new(self, seen: int) -> tuple[Told | None, int]:
        """The latest first: {"on": false}, or {"on": true, "sessions": [{"id": a flow's, …}]}.

        seen: the look whose finds the page has.
        """
        if not looks.keeps_flows():
            return {"on": False}, 0
        found = await self._flows.look()
        number = int(found.version.rpartition(".")[2])
        if number == seen:
            return None, seen
        latest = sorted(found.sessions, key=lambda one: one.steps[-1].order, reverse=True)
        return {"on": True, "sessions": [_row(one, found) for one in latest[:LISTED]]}, number

    async def one(self, request: http.Request, admin: Admin) -> Told:
        """The one that has the flow `id`: its head, and its steps that are newer than `since`.

        `version`: what the page has; with the same one, nothing but what is running is told.
        """
        found = await self._flows.look()
        if (place := found.places.get(request.query.get("id", ""))) is None:
            raise NotFound("mitmproxy does not keep this conversation any more.")
        session = place[0]
        running: dict[str, Any] = {"version": found.version, "running": _running(session.client)}
        if request.query.get("version") == found.version:
            return running
        since = number_of(request.query.get("since"), 0)
        language = request.query.get("lang", "en")
        raw = _Raw(found)

        def made() -> dict[str, Any]:
            with spoken_in(language):
                return _thread(session, raw, since)

        return running | await in_thread(made, "conversation")


def _row(session: Session, found: FoundSessions) -> dict[str, Any]:
    sums, last = totals(session), session.steps[-1]
    return {
        "id": found.flows[last.order],
        "title": session.title,
        "client": session.client,
        "model": last.model.partition(":")[0],
        "time": last.began,
        "steps": sums.steps,
        "prompt": sums.prompt,
        "cached": sums.cached,
        "completion": sums.completion,
        "roubles": round(sums.cost, 4),
        "full": round(max(step.full for step in session.steps), 4),
        "findings": {language: _findings(session, language) for language in ("en", "ru")},
    }


def _findings(session: Session, language: str) -> list[str]:
    with spoken_in(language):
        return [one.what for one in told.worth_a_look(session)]


def _thread(session: Session, address_of: shown.AddressOf, since: int) -> dict[str, Any]:
    """A step is new, or its calls have their results now."""
    before_new = {step.after for step in session.steps if step.order > since}
    return {
        "title": session.title,
        "head": shown.head(session),
        "outline": shown.outline(session),
        "beside": shown.beside(session, address_of),
        "orders": [step.order for step in session.steps],
        "steps": [
            {"order": step.order, "html": one_step.render(step, address_of(step))}
            for step in session.steps
            if step.order > since or step.number in before_new
        ],
    }


class _Raw:
    """Where mitmweb shows the flow of a step."""

    def __init__(self, found: FoundSessions) -> None:
        self._flows, self._mitmweb = found.flows, mitmweb_url()

    def __call__(self, step: Step) -> str:
        return f"{self._mitmweb}#/flows/{self._flows[step.order]}/request" if self._mitmweb else ""


def _running(client: str) -> float | None:
    """Seconds since the oldest request of this client's that has not ended."""
    began = min(_begun(looks.kept_flows(), client), default=None)
    return None if began is None else round(time.time() - began, 1)


def _begun(flows: Sequence[http.HTTPFlow], client: str) -> Iterator[float]:
    for flow in flows:
        if flow.live and not has_ended(flow) and wire_record.client_of(flow) == client:
            yield flow.request.timestamp_start
