"""Which conversation a request belongs to, found as requests come.

A request's history is a chain of hashes, one for each message after the last; the longest part of
it that an earlier request had too says what it goes on from.  Instructions and tools do not count:
clients write the time of day into them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from gigagate.core.any_json import list_of, object_of, text_of
from gigagate.core.pivot import Usage
from gigagate.dialects.reading import SaidChoice
from gigagate.sessions import calls, marks, ties
from gigagate.sessions.marks import Mark
from gigagate.sessions.parts import Parts, shared
from gigagate.sessions.seen import Seen
from gigagate.sessions.session import Session
from gigagate.sessions.step import How, Step
from gigagate.views.conversation import CHARACTERS_PER_TOKEN

INSTRUCTIONS = ("system", "developer")
NEAR = 8
"""How many of a client's last conversations a new one may be the continuation of."""


@dataclass(slots=True)
class _Asked:
    """A request, taken apart."""

    messages: list[Mapping[str, Any]]
    marks: list[Mark]
    chain: list[bytes]
    instructions: str
    instructions_mark: bytes
    tools: list[str]
    tools_mark: Mark

    @property
    def size(self) -> int:
        """Characters."""
        spoken = sum(mark.size for mark in self.marks)
        return len(self.instructions) + self.tools_mark.size + spoken


@dataclass(slots=True)
class _Thread:
    """A conversation as it is found."""

    session: Session
    messages: list[Mapping[str, Any]] = field(default_factory=list)
    """The messages of its last request."""
    marks: list[Mark] = field(default_factory=list)
    chain: list[bytes] = field(default_factory=list)
    rate: float = 1 / CHARACTERS_PER_TOKEN
    """Tokens of a character, as GigaChat has counted last."""
    probes: list[str] = field(default_factory=list)
    last: "_Place | None" = None


@dataclass(slots=True)
class _Place:
    step: Step
    end: bytes
    """The chain's."""
    thread: _Thread
    instructions: bytes
    tools: bytes
    has_tools: bool
    waiting: list[calls.Call]


class Finder:
    def __init__(self, price: Callable[[str], float] = lambda model: 0.0) -> None:
        """price: a model's, in roubles for a million tokens."""
        self._price = price
        self._known: dict[bytes, _Place] = {}
        """Part of a history -> the last request that had it."""
        self._threads: dict[str, dict[int, _Thread]] = {}
        """Client -> its conversations, the one that went on last at the end."""
        self._count = 0
        self.sessions: list[Session] = []

    def add(self, seen: Seen) -> Step:
        self._count += 1
        asked = _taken_apart(seen, self._recent(seen.client))
        before, kept = self._before(asked)
        how: How = "began"
        if before is not None:
            how = self._how(asked, before, kept)
        elif (thread := self._compacted(seen.client, asked)) is not None:
            how, before = "compacted", thread.last
        thread = before.thread if before else self._begin(seen.client)
        step = self._step(seen, asked, how, before, kept)
        place = _Place(
            step,
            asked.chain[-1],
            thread,
            asked.instructions_mark,
            asked.tools_mark.digest,
            bool(asked.tools),
            step.calls,
        )
        self._known.update(dict.fromkeys(asked.chain[1:], place))
        thread.session.steps.append(step)
        thread.last = place
        if step.usage and step.usage.prompt and (size := asked.size):
            thread.rate = step.usage.prompt / size
        thread.messages, thread.marks, thread.chain = asked.messages, asked.marks, asked.chain
        thread.probes = ties.probes(step.text, step.calls)
        threads = self._threads.setdefault(seen.client, {})
        threads[id(thread)] = threads.pop(id(thread), thread)
        return step

    def _recent(self, client: str) -> list[_Thread]:
        """Its last conversations, the last first."""
        threads = self._threads.get(client)
        return list(islice(reversed(threads.values()), NEAR)) if threads else []

    def _before(self, asked: _Asked) -> tuple[_Place | None, int]:
        for length in range(len(asked.messages), 0, -1):
            place = self._known.get(asked.chain[length])
            if place is not None:
                same = place.instructions == asked.instructions_mark and place.has_tools == bool(
                    asked.tools
                )
                if length == len(asked.messages) == 1 and not same:
                    return None, 0  # a title of the task, asked for in its own words
                return place, length
        return None, 0

    def _how(self, asked: _Asked, before: _Place, kept: int) -> How:
        if before.end == asked.chain[kept]:
            return "repeated" if kept == len(asked.messages) else "continued"
        thread = before.thread
        shorter = len(asked.messages) <= len(thread.marks)
        if shorter and ties.kept(thread.marks[kept + 1 :], asked.marks, kept):
            return "compacted"
        if ties.quoted(thread.probes, asked.messages[kept:]):
            return "compacted"
        return "branched"

    def _compacted(self, client: str, asked: _Asked) -> _Thread | None:
        recent = self._recent(client)
        for thread in recent:
            longer = len(thread.marks) > len(asked.marks)
            if longer and ties.kept(thread.marks, asked.marks, 0):
                return thread
            if ties.quoted(thread.probes, asked.messages):
                return next((one for one in _with_longest(recent) if _alike(one, asked)), None)
        return None

    def _begin(self, client: str) -> _Thread:
        session = Session(client)
        self.sessions.append(session)
        return _Thread(session)

    def _step(self, seen: Seen, asked: _Asked, how: How, before: _Place | None, kept: int) -> Step:
        added = asked.messages[kept:]
        if before is not None:
            results = set(calls.answered(before.waiting, added))
            rest = [message for place, message in enumerate(added) if place not in results]
            own = before.step.text or before.step.calls
            if how == "continued" and own and rest and rest[0].get("role") == "assistant":
                del rest[0]
            added = rest
        facts, said = seen.facts, seen.said
        choice = next(iter(said.choices.values()), SaidChoice()) if said else SaidChoice()
        usage = facts.usage or (said.usage if said else None)
        model = facts.model or (said and said.model) or text_of(seen.chat.get("model"))
        sizes = [mark.size for mark in asked.marks]
        characters = Parts(
            len(asked.instructions), asked.tools_mark.size, sum(sizes[:kept]), sum(sizes[kept:])
        )
        if usage is None:  # an error: told by the count of the step before
            rate = before.thread.rate if before else 1 / CHARACTERS_PER_TOKEN
            tokens = round(characters.total * rate)
        else:
            tokens = usage.prompt
        new_words = before is None or before.instructions != asked.instructions_mark
        new_tools = before is None or before.tools != asked.tools_mark.digest
        return Step(
            number=self._count,
            how=how,
            after=before.step.number if before else None,
            messages=len(asked.messages),
            kept=kept,
            dropped=before.step.messages - kept if before else 0,
            added=added,
            instructions=asked.instructions if new_words else None,
            tools=asked.tools if new_tools else None,
            facts=facts,
            began=seen.began,
            status=seen.status,
            dialect=seen.dialect,
            model=model,
            usage=usage,
            parts=shared(characters, tokens),
            cost=self._cost(usage, model),
            text="".join(choice.text),
            reasoning="".join(choice.reasoning),
            ended=_ended(seen, choice),
            error=said.error if said else None,
            calls=calls.made(choice),
        )

    def _cost(self, usage: Usage | None, model: str) -> float:
        if usage is None:
            return 0
        billed = usage.prompt - usage.cached + usage.completion
        return billed * self._price(model.partition(":")[0]) / 1_000_000


def _with_longest(threads: Sequence[_Thread]) -> list[_Thread]:
    """The summary may have been asked for in a conversation of its own."""
    return sorted(threads, key=lambda one: len(one.session.steps), reverse=True)


def _alike(thread: _Thread, asked: _Asked) -> bool:
    """The same agent: one that is given a task by another has other instructions and tools."""
    last = thread.last
    return last is not None and (
        last.tools == asked.tools_mark.digest or last.instructions == asked.instructions_mark
    )


def _taken_apart(seen: Seen, recent: Sequence[_Thread]) -> _Asked:
    given = [object_of(message) for message in list_of(seen.chat.get("messages"))]
    spoken = [message for message in given if message.get("role") not in INSTRUCTIONS]
    told = [message for message in given if message.get("role") in INSTRUCTIONS]
    instructions = "\n\n".join(calls.content_of(message) for message in told)
    made, chain = _marked(seen.client, spoken, recent)
    tools = list_of(seen.chat.get("tools")) + list_of(seen.chat.get("functions"))
    return _Asked(
        spoken,
        made,
        chain,
        instructions,
        marks.digest(instructions),
        list(_names(tools)),
        marks.of_value(tools),
    )


def _marked(
    client: str, messages: Sequence[Mapping[str, Any]], recent: Sequence[_Thread]
) -> tuple[list[Mark], list[bytes]]:
    """What a conversation has hashed already is taken from there."""
    most = max(recent, key=lambda one: _equal(one.messages, messages), default=None)
    length = _equal(most.messages, messages) if most else 0
    made = most.marks[:length] if most else []
    chain = most.chain[: length + 1] if most else [marks.digest(client)]
    for message in messages[length:]:
        made.append(marks.of_message(message))
        chain.append(marks.after(chain[-1], made[-1]))
    return made, chain


def _equal(before: Sequence[object], now: Sequence[object]) -> int:
    """How many are equal at the beginning."""
    if before == now[: len(before)]:
        return len(before)
    places = (place for place, pair in enumerate(zip(before, now, strict=False)) if _other(*pair))
    return next(places, min(len(before), len(now)))


def _other(a: object, b: object) -> bool:
    return a != b


def _names(tools: Sequence[object]) -> Iterator[str]:
    for tool in map(object_of, tools):
        yield text_of((object_of(tool.get("function")) or tool).get("name") or tool.get("type"))


def _ended(seen: Seen, choice: SaidChoice) -> str:
    facts, said = seen.facts, seen.said
    words = (
        facts.error,
        said and said.error_code,
        facts.ending and "the client left",
        facts.finish_reason,
        choice.finish_reason,
    )
    found = next((word for word in words if word), None)
    if found:
        return found
    if said is not None and said.events and not said.complete:
        return "cut short"
    return f"HTTP {seen.status}" if seen.status else "no answer"
