"""Which conversation a request belongs to, found as requests come.

A request's history is a chain of hashes, one for each message after the last; the longest part of
it that an earlier request had too says what it goes on from.  Instructions and tools do not count:
clients write the time of day into them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from gigagate.core import models
from gigagate.core.any_json import text_of
from gigagate.core.models import Model
from gigagate.core.pivot import Usage
from gigagate.dialects.reading import SaidChoice
from gigagate.sessions import calls, ties
from gigagate.sessions.parts import Parts, shared
from gigagate.sessions.prompt import Prompt, taken_apart
from gigagate.sessions.seen import Seen
from gigagate.sessions.session import Session
from gigagate.sessions.step import How, Step
from gigagate.views.conversation import CHARACTERS_PER_TOKEN

NEAR = 8
"""How many of a client's last conversations a new one may be the continuation of."""


@dataclass(slots=True)
class _Thread:
    """A conversation as it is found."""

    session: Session
    asked: Prompt
    """Its last request."""
    rate: float = 1 / CHARACTERS_PER_TOKEN
    """Tokens of a character, as GigaChat has counted last."""
    probes: list[str] = field(default_factory=list)
    last: "_Place | None" = None
    length: int = 0
    """Its steps, with those that are forgotten."""


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
    def __init__(self, model: Callable[[str], Model] = models.of) -> None:
        """model: what is known of the one of a name."""
        self._model = model
        self._known: dict[bytes, _Place] = {}
        """Part of a history -> the last request that had it."""
        self._threads: dict[str, dict[int, _Thread]] = {}
        """Client -> its conversations, the one that went on last at the end."""
        self._count = 0
        self.sessions: list[Session] = []

    def add(self, seen: Seen) -> Step:
        self._count += 1
        asked = taken_apart(seen, [thread.asked for thread in self._recent(seen.client)])
        before, kept = self._before(asked)
        how: How = "began"
        if before is not None:
            how = self._how(asked, before, kept)
            if how == "began":
                before, kept = None, 0
        elif (thread := self._compacted(seen.client, asked)) is not None:
            how, before = "compacted", thread.last
        thread = before.thread if before else self._begin(seen.client, asked)
        thread.length += 1
        step = self._step(seen, asked, how, before, kept)
        step.number = thread.length
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
        thread.asked = asked
        thread.probes = ties.probes(step.text, step.calls)
        threads = self._threads.setdefault(seen.client, {})
        threads[id(thread)] = threads.pop(id(thread), thread)
        return step

    def forget(self, step: Step) -> None:
        """The oldest one of all: what was said in it is kept by nobody here any more."""
        session = next(one for one in self.sessions if one.steps[0] is step)
        del session.steps[0]
        step.forget()
        if session.steps:
            return
        self.sessions.remove(session)
        threads = self._threads[session.client]
        for key in [key for key, thread in threads.items() if thread.session is session]:
            del threads[key]
        self._known = {
            part: place
            for part, place in self._known.items()
            if place.thread.session is not session
        }

    def _recent(self, client: str) -> list[_Thread]:
        """Its last conversations, the last first."""
        threads = self._threads.get(client)
        return list(islice(reversed(threads.values()), NEAR)) if threads else []

    def _before(self, asked: Prompt) -> tuple[_Place | None, int]:
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

    def _how(self, asked: Prompt, before: _Place, kept: int) -> How:
        if before.end == asked.chain[kept]:
            return "repeated" if kept == len(asked.messages) else "continued"
        thread = before.thread
        shorter = len(asked.messages) <= len(thread.asked.marks)
        if shorter and ties.kept(thread.asked.marks[kept + 1 :], asked.marks, kept):
            return "compacted"
        fresh = asked.messages[kept:]
        if ties.quoted(thread.probes, fresh) or ties.sealed(fresh):
            return "compacted"
        return "began" if all(map(ties.is_preamble, asked.messages[:kept])) else "branched"

    def _compacted(self, client: str, asked: Prompt) -> _Thread | None:
        recent = self._recent(client)
        for thread in recent:
            longer = len(thread.asked.marks) > len(asked.marks)
            if longer and ties.kept(thread.asked.marks, asked.marks, 0):
                return thread
            if ties.quoted(thread.probes, asked.messages):
                return next((one for one in _with_longest(recent) if _alike(one, asked)), None)
        return None

    def _begin(self, client: str, asked: Prompt) -> _Thread:
        session = Session(client, self._count)
        self.sessions.append(session)
        return _Thread(session, asked)

    def _step(self, seen: Seen, asked: Prompt, how: How, before: _Place | None, kept: int) -> Step:
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
        last = before.thread.asked if before and before is before.thread.last else None
        known = self._model(model.partition(":")[0])
        return Step(
            order=self._count,
            number=1,
            how=how,
            after=before.step.number if before else None,
            messages=len(asked.messages),
            kept=kept,
            dropped=before.step.messages - kept if before else 0,
            added=added,
            replaced=last.messages[kept:] if last and how == "branched" else [],
            instructions=asked.instructions if new_words else None,
            instructions_before=last.instructions if last and new_words else None,
            tools=asked.names_of_tools if new_tools else None,
            facts=facts,
            began=seen.began,
            status=seen.status,
            dialect=seen.dialect,
            model=model,
            usage=usage,
            parts=shared(characters, tokens),
            window=known.context_window,
            cost=_cost(usage, known),
            text="".join(choice.text),
            reasoning="".join(choice.reasoning),
            ended=_ended(seen, choice),
            error=said.error if said else None,
            calls=calls.made(choice),
        )


def _cost(usage: Usage | None, model: Model) -> float:
    if usage is None:
        return 0
    billed = usage.prompt - usage.cached + usage.completion
    return billed * (model.price or 0) / 1_000_000


def _with_longest(threads: Sequence[_Thread]) -> list[_Thread]:
    """The summary may have been asked for in a conversation of its own."""
    return sorted(threads, key=lambda one: len(one.session.steps), reverse=True)


def _alike(thread: _Thread, asked: Prompt) -> bool:
    """The same agent: one that is given a task by another has other instructions and tools."""
    last = thread.last
    return last is not None and (
        last.tools == asked.tools_mark.digest or last.instructions == asked.instructions_mark
    )


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
