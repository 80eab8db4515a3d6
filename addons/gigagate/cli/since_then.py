"""What GigaChat was sent then, and what it would be sent today: step by step of each session."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from gigagate.cli import saved
from gigagate.cli.translated import Outcome, translated
from gigagate.core.any_json import parsed
from gigagate.core.policy import Policy
from gigagate.sessions.finder import Finder
from gigagate.sessions.session import gathered, places
from gigagate.views import changes

EXPLAINED = "- what it was sent then    + what it would be sent today"
SAME = "as it was sent then"
UNKNOWN = "what was sent then is not in the file"
UNSENT = "nothing would be sent"
REFUSED = "refused, as it was then"


@dataclass(slots=True)
class StepSince:
    outcome: Outcome
    difference: list[str]
    session: str = ""
    step: int = 0
    order: int = field(default=0, repr=False)

    @property
    def differs(self) -> bool:
        return self.difference not in ([SAME], [UNKNOWN], [REFUSED])

    def as_json(self) -> dict[str, Any]:
        told = {"session": self.session, "step": self.step, "differs": self.differs}
        return told | {"difference": self.difference} | self.outcome.as_json()

    def as_text(self) -> Iterator[str]:
        request = self.outcome.request
        where = f"step {self.step}" if self.step else request.path
        if not self.differs:
            yield f"{where}: {self.difference[0]}"
            return
        yield f"{where}:"
        yield from (f"  {line}" if line else "" for line in self.difference)


def compared(file: Path, policy: Policy) -> list[StepSince]:
    """Raises OSError, or ValueError for what is neither flows nor a HAR."""
    finder, steps = Finder(), []
    for kept in saved.flows(file):
        outcome = translated(kept.asked, policy)
        since = StepSince(outcome, list(_difference(outcome, kept)))
        if (seen := saved.seen(kept)) is not None:
            since.order = finder.add(seen).order
        steps.append(since)
    holders = places(gathered(finder.sessions))
    for since in steps:
        if since.order in holders:
            session, step = holders[since.order]
            since.session, since.step = session.title, step.number
    return steps


def _difference(outcome: Outcome, kept: saved.SavedFlow) -> Iterator[str]:
    then = kept.sent
    if outcome.error is not None:
        response = kept.flow.response
        if then is None and response is not None and response.status_code == outcome.error.status:
            yield REFUSED
            return
        yield f"refused today: {outcome.error.code}: {outcome.error.message}"
    elif outcome.sent is None:
        yield UNSENT
    elif then is None:
        yield UNKNOWN
    else:
        before, after = _comparable(then), _comparable(outcome.sent.body)
        yield from changes.difference(before, after, explained=EXPLAINED, same=SAME)


def _comparable(body: bytes) -> Mapping[str, Any] | bytes:
    """Without ids of files, which are others each time."""
    try:
        value = parsed(body)
    except ValueError:
        return body
    return _without_ids(value) if isinstance(value, dict) else body


def _without_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: f"[{len(item)} of them]"
        if name in ("attachments", "files") and isinstance(item, list)
        else _without_ids(item)
        for name, item in value.items()
    }


def told(steps: list[StepSince], *, as_json: bool) -> str:
    if as_json:
        return json.dumps([one.as_json() for one in steps], ensure_ascii=False, indent=2)
    differ = sum(one.differs for one in steps)
    lines = [line for title, group in groupby(steps, _title) for line in _told(title, group)]
    return "\n".join([*lines, f"{differ} of {len(steps)} differ from what was sent then."])


def _title(step: StepSince) -> str:
    return step.session


def _told(title: str, steps: Iterable[StepSince]) -> Iterator[str]:
    """What stands in the file one after the other, under its session."""
    if title:
        yield title
    yield from (line for step in steps for line in step.as_text())
    yield ""
