"""What the bench should show, beside what it has shown: a goal that is missed is seen at once."""

from dataclasses import dataclass

from tests.bench.dialects import DIALECTS
from tests.bench.results import Results

OURS = "gigagate"


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound of one metric of ours, or of its ratio to another metric or another target's."""

    row: str
    key: str
    bound: float
    at_most: bool = True
    target: str = OURS
    """Whose value ours is divided by."""
    other: str = ""
    """The metric it is divided by; "" for the same one.  Of our own, and none: undivided."""

    @property
    def is_ratio(self) -> bool:
        return self.target != OURS or bool(self.other)

    def wanted(self) -> str:
        sign = "≤" if self.at_most else "≥"
        return f"{sign} ×{self.bound:.2f}" if self.is_ratio else f"{sign} {self.bound:g}"

    def measured(self, results: Results) -> float | None:
        """The median of the rounds; None when it was not measured."""
        if not self.is_ratio:
            return results.median(OURS, self.key)
        return results.ratio(OURS, self.key, self.target, self.other)

    def shown(self, value: float) -> str:
        digits = 2 if self.is_ratio or value < 10 else 0
        return f"×{value:.2f}" if self.is_ratio else f"{value:.{digits}f}"

    def reached(self, value: float) -> bool:
        return value <= self.bound if self.at_most else value >= self.bound


_MITMDUMP, _STREAMING, _PEER = "mitmdump", "mitmdump-streaming", "gpt2giga"
_DIALECTS_PART = 1.15
"""A dialect's request may take so much more than the chat's."""


def _of_dialect(dialect: str) -> tuple[Goal, ...]:
    name = dialect.lower()
    small, agent = f"{name}-small.p50", f"{name}-agent.p50"
    chunks = f"{name}-stream.chunks_per_second"
    return (
        Goal(f"{dialect}: small p50, of chat's", small, _DIALECTS_PART, other="small.p50"),
        Goal(f"{dialect}: 255 KB p50, of chat's", agent, _DIALECTS_PART, other="agent.p50"),
        Goal(
            f"{dialect}: chunks/s, of chat's",
            chunks,
            1 / _DIALECTS_PART,
            at_most=False,
            other="stream.chunks_per_second",
        ),
        Goal(f"{dialect}: small p50, of gpt2giga's", small, 1 / 3, target=_PEER),
        Goal(f"{dialect}: 255 KB p50, of gpt2giga's", agent, 1 / 3, target=_PEER),
        Goal(f"{dialect}: chunks/s, of gpt2giga's", chunks, 3, at_most=False, target=_PEER),
    )


GOALS = (
    Goal("small, 1 client: p50", "small.p50", 0.70, target=_MITMDUMP),
    Goal(
        "small, 16 clients: requests/s",
        "small-16.requests_per_second",
        1.35,
        at_most=False,
        target=_MITMDUMP,
    ),
    Goal("255 KB, 25 tools, 1 client: p50", "agent.p50", 1.05, target=_MITMDUMP),
    Goal(
        "255 KB, 25 tools, 16 clients: requests/s",
        "agent-16.requests_per_second",
        0.90,
        at_most=False,
        target=_MITMDUMP,
    ),
    Goal("history of 1000 messages: p50", "messages-1000.p50", 1.5, target=_MITMDUMP),
    Goal("body of 10 MB: p50", "bodies-10000000.p50", 1.6, target=_MITMDUMP),
    Goal(
        "256 open streams: median delay of a chunk",
        "streams-256.chunk_delay",
        1.0,
        target=_STREAMING,
    ),
    Goal(
        "500 chunks, 1 client: chunks/s",
        "stream.chunks_per_second",
        1.8,
        at_most=False,
        target=_STREAMING,
    ),
    *(goal for dialect in DIALECTS for goal in _of_dialect(dialect)),
    Goal("start to first answer, s", "start.seconds", 0.5),
    Goal("memory after the first answer, MB", "start.megabytes", 85),
    Goal("memory after all of the above, MB", "end.megabytes", 105),
)


def rows(results: Results) -> list[list[str]]:
    """[row, goal, measured, whether it is reached] of what was measured."""
    measured = ((goal, goal.measured(results)) for goal in GOALS)
    return [
        [goal.row, goal.wanted(), goal.shown(value), "yes" if goal.reached(value) else "no"]
        for goal, value in measured
        if value is not None
    ]
