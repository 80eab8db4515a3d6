"""One round: every target started, asked everything, and stopped.

All targets of a round run at once, idle but for the one being asked, and every scenario goes
through all of them before the next begins: what disturbs the machine disturbs each alike.
"""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.bench.load import Job, Result
from tests.bench.processes import NotStarted, Server, running, wait_until_answering
from tests.bench.results import Results
from tests.bench.scenarios import Scenario
from tests.bench.targets import ROOT, Place, Target
from tests.bench.traffic import PATH
from tests.support.ports import free_port

_START_SECONDS = 60
_JOB_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Running:
    """A target that answers."""

    target: Target
    place: Place
    server: Server | None
    """None when there is no proxy: the client talks to the upstream itself."""
    start_seconds: float = 0.0


@contextlib.contextmanager
def upstream(folder: Path) -> Iterator[Place]:
    """The fake GigaChat, which is also the place of the target without a proxy."""
    folder.mkdir()
    ca_file = folder / "ca.pem"
    command = [sys.executable, "-m", "tests.bench.upstream", str(ca_file)]
    with running(command, {"PYTHONPATH": str(ROOT)}, folder) as server:
        port = _printed_port(server, folder / "log")
        yield Place(port, folder, port, ca_file)


def measure(
    number: int,
    targets: Sequence[Target],
    scenarios: Sequence[Scenario],
    growing: Sequence[Scenario],
    fake: Place,
    results: Results,
) -> None:
    """Add round `number` to `results`, beginning with another target each round.

    What is `growing` comes last, after the memory was looked at: megabytes of text leave traces.
    """
    shift = number % len(targets)
    with contextlib.ExitStack() as stack:
        started = []
        for target in [*targets[shift:], *targets[:shift]]:
            _note(f"round {number + 1}: start {target.name}")
            try:
                one = _start(target, fake, stack)
            except NotStarted as error:
                results.failures[f"{target.name}, start"] = str(error)
                continue
            started.append(one)
            if one.server:
                results.add(target.name, "start.seconds", number, one.start_seconds)
                if target.least_clients == 1:  # of many processes, not all are there yet
                    megabytes = one.server.resident_megabytes()
                    results.add(target.name, "start.megabytes", number, megabytes)
        _ask_all(started, scenarios, number, results)
        for one in started:
            if one.server:
                megabytes = one.server.resident_megabytes()
                results.add(one.target.name, "end.megabytes", number, megabytes)
        _ask_all(started, growing, number, results)


def _start(target: Target, fake: Place, stack: contextlib.ExitStack) -> Running:
    if target.command is None:
        return Running(target, fake, None)
    folder = fake.folder.parent / target.name
    folder.mkdir(exist_ok=True)
    place = replace(fake, port=free_port(), folder=folder)
    try:
        return _start_at(target, place, stack)
    except NotStarted:  # mitmdump ends if the first request comes before it is through
        return _start_at(target, place, stack)


def _start_at(target: Target, place: Place, stack: contextlib.ExitStack) -> Running:
    target.prepare(place)
    begin = time.perf_counter()
    command, environment = target.command(place), target.environment(place)
    server = stack.enter_context(running(command, environment, place.folder))
    wait_until_answering(server, place.port, place.folder, _START_SECONDS)
    return Running(target, place, server, time.perf_counter() - begin)


def _ask_all(
    started: Sequence[Running], scenarios: Sequence[Scenario], number: int, results: Results
) -> None:
    for scenario in scenarios:
        for one in started:
            if one.target.is_asked(scenario):
                _note(f"round {number + 1}: {scenario.name} {one.target.name}")
                _ask(one, scenario, number, results)


def _ask(one: Running, scenario: Scenario, number: int, results: Results) -> None:
    path, bodies = scenario.asked(one.target.translates)
    job = Job(
        port=one.place.port,
        bodies=bodies,
        path=path,
        repeats=path != PATH,
        clients=scenario.clients,
        seconds=scenario.seconds,
        warmup=scenario.warmup,
        chunks=scenario.chunks,
        ca_file=None if one.server else str(one.place.ca_file),
        together=scenario.together,
    )
    cpu_before = one.server.cpu_seconds() if one.server else 0.0
    result = _do(job)
    if result.error:
        results.failures[f"{one.target.name}, {scenario.name}"] = result.error
        return
    for field, value in asdict(result).items():
        if isinstance(value, float):
            results.add(one.target.name, f"{scenario.name}.{field}", number, value)
    if one.server:
        cpu = (one.server.cpu_seconds() - cpu_before) / result.sent
        results.add(one.target.name, f"{scenario.name}.cpu", number, cpu * 1000)


def _do(job: Job) -> Result:
    """The job, done by a process of its own."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.load"],
            cwd=ROOT,
            input=json.dumps(asdict(job)),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=_JOB_SECONDS,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        return Result(error=str(error))
    return Result(**json.loads(done.stdout))


def _printed_port(server: Server, log: Path) -> int:
    deadline = time.monotonic() + _START_SECONDS
    while not (text := log.read_text()).endswith("\n"):
        if server.ended or time.monotonic() > deadline:
            raise NotStarted(f"the fake upstream; it logged:\n{text}")
        time.sleep(0.01)
    return int(text)


def _note(text: str) -> None:
    """What is being done, for who waits; the report goes to standard output."""
    print(text, file=sys.stderr, flush=True)
