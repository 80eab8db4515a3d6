"""A conversation: its steps, what was asked beside it, its totals and its loops."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gigagate.core.any_json import object_of, text_of
from gigagate.sessions.calls import content_of
from gigagate.sessions.marks import digest
from gigagate.sessions.step import Step
from gigagate.views.text import beginning

OFTEN = 3
"""Times that the same call with the same result makes a loop."""
ASIDE = 2
"""Requests that a title or a search takes at most."""
NEAR = 8
"""How many conversations before and after a short one it may belong to."""
MAX_TITLE = 90
MAX_QUOTE = 60

_TASK = re.compile(r"<(task|user_query|user_message)>(.*?)</\1>", re.DOTALL)
"""Where clients put a person's words among their own."""
_TAG = re.compile(r"</?[\w-]+>")


@dataclass(slots=True)
class Session:
    client: str
    order: int
    """The place of the request that began it, among all."""
    steps: list[Step] = field(default_factory=list)
    beside: list[Step] = field(default_factory=list)
    """Requests of their own about this conversation, such as for its title."""

    @property
    def title(self) -> str:
        return beginning(_asked_first(self), MAX_TITLE) or "a conversation"

    @property
    def every_step(self) -> list[Step]:
        """Those beside it too."""
        return [*self.steps, *self.beside]

    @property
    def models(self) -> list[str]:
        """Names without a version, in the order in which they came."""
        return list(dict.fromkeys(step.model.partition(":")[0] for step in self.steps))


class Loop(NamedTuple):
    """The same call with the same result, or the same words, again and again."""

    what: str
    arguments: str
    steps: list[int]


class Totals(NamedTuple):
    steps: int
    prompt: int
    cached: int
    completion: int
    cost: float
    seconds: float
    """Seconds of GigaChat's and ours; what the client did between is not in it."""
    errors: int
    attempts: int
    compactions: list[int]
    branches: list[int]
    """Numbers of steps."""


def totals(session: Session) -> Totals:
    every = session.every_step
    used = [step.usage for step in every if step.usage]
    return Totals(
        len(session.steps),
        sum(usage.prompt for usage in used),
        sum(usage.cached for usage in used),
        sum(usage.completion for usage in used),
        sum(step.cost for step in every),
        sum(step.facts.total or 0 for step in every),
        sum(step.failed for step in every),
        sum(len(step.facts.attempts) for step in every),
        [step.number for step in session.steps if step.how == "compacted"],
        [step.number for step in session.steps if step.how == "branched"],
    )


def loops(session: Session) -> list[Loop]:
    found: dict[bytes, Loop] = {}
    for step in session.steps:
        if step.how == "repeated":
            continue
        if not step.calls and step.text:
            loop = found.setdefault(digest(step.text), Loop("the same words", step.text, []))
            loop.steps.append(step.number)
        for call in step.calls:
            same = digest("\0".join((call.name, call.arguments, call.result or "")))
            loop = found.setdefault(same, Loop(call.name, call.arguments, []))
            loop.steps.append(step.number)
    return [loop for loop in found.values() if len(loop.steps) >= OFTEN]


def gathered(sessions: Sequence[Session]) -> list[Session]:
    """Conversations with what was asked beside them: short, in other words, while they ran.

    sessions: in the order in which they began.
    """
    hosts: dict[str, list[Session]] = {}
    for one in sessions:
        if _is_host(one):
            hosts.setdefault(one.client, []).append(one)
    out = {id(one): Session(one.client, one.order, list(one.steps)) for one in sessions}
    for one in sessions:
        if not _is_host(one):
            for host in _near(hosts.get(one.client, []), one):
                if _ran(host, one) or _quotes(one, host):
                    out[id(host)].beside += one.steps
                    del out[id(one)]
                    break
    return list(out.values())


def places(sessions: Sequence[Session]) -> dict[int, tuple[Session, Step]]:
    """A step's order -> where it stands."""
    return {step.order: (session, step) for session in sessions for step in session.every_step}


def _is_host(session: Session) -> bool:
    return len(session.steps) > ASIDE or _works(session)


def _near(hosts: Sequence[Session], one: Session) -> Sequence[Session]:
    place = bisect_left(hosts, one.order, key=lambda host: host.order)
    return hosts[max(0, place - NEAR) : place + NEAR]


def _works(session: Session) -> bool:
    """It has tools: that is no title.  A lone search is one that GigaChat does itself."""
    tools = session.steps[0].tools or []
    return bool(tools) and tools != ["web_search"]


def _ran(host: Session, one: Session) -> bool:
    return host.steps[0].order < one.steps[0].order < host.steps[-1].order


def _quotes(one: Session, host: Session) -> bool:
    words = _asked_first(host)[:MAX_QUOTE]
    return bool(words) and any(words in content_of(message) for message in one.steps[0].added)


def _asked_first(session: Session) -> str:
    """What the person wrote: of the first request the last text that its client has not wrapped."""
    texts = [
        text.strip()
        for message in session.steps[0].added
        if message.get("role") == "user"
        for text in _texts(message.get("content"))
    ]
    if tasks := [found[2].strip() for text in texts if (found := _TASK.search(text))]:
        return tasks[-1]
    plain = [text.partition("\n<")[0] for text in texts if text and not text.startswith("<")]
    return (plain or [_TAG.sub("", text).strip() for text in texts[:1]] or [""])[-1]


def _texts(content: object) -> list[str]:
    if isinstance(content, list):
        return [text_of(object_of(part).get("text")) for part in content]
    return [text_of(content)]
