"""What is asked of every target, and which of the numbers stand in the table."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from tests.bench import traffic
from tests.bench.dialects import DIALECTS

_AGENT_BYTES = 255_000
_AGENT_TOOLS = 25
_STEPS = 20


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    clients: int
    body: Callable[[bool], bytes | Sequence[bytes]]
    """A chat completion, or several that follow one another; told whether the target translates."""
    dialect: str = ""
    """In whose words a target that translates is asked; "" for chat's."""
    seconds: float = 2.5
    warmup: int = 3
    chunks: int = 0
    together: bool = False
    """As in `load.Job`."""
    without: Collection[str] = ()
    """Targets that it makes no sense to ask."""

    def asked(self, translates: bool) -> tuple[str, list[str]]:
        """Path and bodies."""
        body = self.body(translates)
        chats = [body] if isinstance(body, bytes) else body
        if not (self.dialect and translates):
            return traffic.PATH, [chat.decode() for chat in chats]
        requests = [DIALECTS[self.dialect].request(chat) for chat in chats]
        return requests[0][0], [body.decode() for _, body in requests]


def _small(translates: bool) -> bytes:
    return traffic.small()


def _history(translates: bool) -> bytes:
    return traffic.cline(_AGENT_BYTES, parts=translates)


def _agent(translates: bool) -> bytes:
    return traffic.cline(_AGENT_BYTES, parts=translates, tools=_AGENT_TOOLS)


def _stream(translates: bool) -> bytes:
    return traffic.streamed(500)


def _paced(translates: bool) -> bytes:
    return traffic.streamed(150)


def _cline(translates: bool) -> list[bytes]:
    return traffic.steps(_STEPS, native=False, prompt=55_000, tools=0, result=6_000)


def _claude_code(translates: bool) -> list[bytes]:
    return traffic.steps(_STEPS, native=True, prompt=7_000, tools=24, about=4, result=4_000)


def _codex(translates: bool) -> list[bytes]:
    return traffic.steps(_STEPS, native=True, prompt=20_000, tools=9, about=2, result=3_000)


_NOT_IN_DIALECTS = ("direct", "nginx", "litellm", "gigagate-workers")
_NOT_IN_TALKS = ("mitmdump", "nginx", "litellm", "gigagate-workers")


def _in_dialect(dialect: str) -> tuple[Scenario, ...]:
    name = dialect.lower()
    quiet = (*_NOT_IN_DIALECTS, "mitmdump-streaming")
    return (
        Scenario(f"{name}-small", 1, _small, dialect, seconds=1.5, warmup=20, without=quiet),
        Scenario(f"{name}-agent", 1, _agent, dialect, seconds=1.5, without=quiet),
        Scenario(
            f"{name}-stream",
            1,
            _stream,
            dialect,
            seconds=1.5,
            chunks=500,
            without=(*_NOT_IN_DIALECTS, "mitmdump"),
        ),
    )


def _talk(name: str, body: Callable[[bool], list[bytes]], dialect: str = "") -> Scenario:
    return Scenario(name, 1, body, dialect, seconds=0.0, warmup=0, chunks=40, without=_NOT_IN_TALKS)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("small", 1, _small, warmup=20),
        Scenario("small-16", 16, _small),
        Scenario("small-64", 64, _small),
        Scenario("history", 1, _history),
        Scenario("history-16", 16, _history),
        Scenario("agent", 1, _agent),
        Scenario("agent-16", 16, _agent),
        Scenario("stream", 1, _stream, chunks=500),
        Scenario("stream-16", 16, _stream, warmup=1, chunks=500),
        Scenario("paced", 1, _paced, seconds=6.0, warmup=1, chunks=150),
        Scenario("paced-16", 16, _paced, warmup=1, chunks=150),
        *(one for dialect in DIALECTS for one in _in_dialect(dialect)),
        _talk("cline", _cline),
        _talk("claude-code", _claude_code, "Messages"),
        _talk("codex", _codex, "Responses"),
    )
}


@dataclass(frozen=True, slots=True)
class Metric:
    """A row of the table, its ratios taken to `baseline`."""

    key: str
    label: str
    digits: int = 2
    baseline: str = "mitmdump"
    over: bool = False
    """What counts is by how much it is more than the baseline's."""


_STREAMING = "mitmdump-streaming"
"""As shipped, mitmdump holds an answer back until it is whole: no measure for a stream."""


def _rows_of(dialect: str) -> tuple[Metric, ...]:
    name = dialect.lower()
    return (
        Metric(f"{name}-small.p50", f"{dialect}, small: p50, ms ↓"),
        Metric(f"{name}-agent.p50", f"{dialect}, 255 KB, 25 tools: p50, ms ↓"),
        Metric(
            f"{name}-stream.chunks_per_second",
            f"{dialect}, 500 chunks: chunks/s ↑",
            0,
            _STREAMING,
        ),
    )


def _row_of_a_talk(name: str, client: str) -> Metric:
    label = f"{client}, a task of {_STEPS} steps: ms more than directly ↓"
    return Metric(f"{name}.p50", label, 0, "direct", over=True)


METRICS = (
    Metric("small.p50", "small, 1 client: p50, ms ↓"),
    Metric("small.p99", "small, 1 client: p99, ms ↓"),
    Metric("small.requests_per_second", "small, 1 client: requests/s ↑", 0),
    Metric("small.cpu", "small, 1 client: CPU per request, ms ↓"),
    Metric("small-16.requests_per_second", "small, 16 clients: requests/s ↑", 0),
    Metric("small-16.p99", "small, 16 clients: p99, ms ↓", 0),
    Metric("small-16.cpu", "small, 16 clients: CPU per request, ms ↓"),
    Metric("small-64.requests_per_second", "small, 64 clients: requests/s ↑", 0),
    Metric("small-64.p99", "small, 64 clients: p99, ms ↓", 0),
    Metric("history.p50", "255 KB, no tools, 1 client: p50, ms ↓"),
    Metric("history-16.requests_per_second", "255 KB, no tools, 16 clients: requests/s ↑", 0),
    Metric("agent.p50", "255 KB, 25 tools, 1 client: p50, ms ↓"),
    Metric("agent.cpu", "255 KB, 25 tools, 1 client: CPU per request, ms ↓"),
    Metric("agent-16.requests_per_second", "255 KB, 25 tools, 16 clients: requests/s ↑", 0),
    Metric("stream.chunks_per_second", "500 chunks, 1 client: chunks/s ↑", 0, _STREAMING),
    Metric("stream.first_token", "500 chunks, 1 client: first token, ms ↓", 2, _STREAMING),
    Metric("stream-16.chunks_per_second", "500 chunks, 16 clients: chunks/s ↑", 0, _STREAMING),
    Metric("stream-16.first_token", "500 chunks, 16 clients: first token, ms ↓", 0, _STREAMING),
    Metric("paced.first_token", "150 × 10 ms, 1 client: first token, ms ↓", 2, _STREAMING),
    Metric("paced-16.first_token", "150 × 10 ms, 16 clients: first token, ms ↓", 2, _STREAMING),
    Metric("paced-16.p50", "150 × 10 ms, 16 clients: whole answer, ms ↓", 0, _STREAMING),
    *(row for dialect in DIALECTS for row in _rows_of(dialect)),
    _row_of_a_talk("cline", "Cline"),
    _row_of_a_talk("claude-code", "Claude Code"),
    _row_of_a_talk("codex", "Codex"),
    Metric("start.seconds", "start to first answer, s ↓"),
    Metric("start.megabytes", "memory after the first answer, MB ↓", 0),
    Metric("end.megabytes", "memory after all of the above, MB ↓", 0),
)
