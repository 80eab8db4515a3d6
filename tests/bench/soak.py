"""Many requests, some faults, some clients that leave: `python -m tests.bench.soak`.

Every client must get the right answer or a right error, and the proxy must be afterwards what it
was before: no slot in use, no object left over, memory flat.  Exit code 1 if that is not so.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import requests
from tests.support.proxy import ROOT, Proxy

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread
from gigagate.panel.requests import MOST

CLIENTS = 24
SLOTS = 8
FAULTY = LEAVING = 0.05
WARM_UP = 2000
"""Requests before memory is measured first: pools, caches and the allocator fill once."""
TOLERANCE_MB = 15.0
"""What memory may grow by, whatever the number of requests."""
TOLERANCE_OBJECTS = 20
"""Of each type of ours or mitmproxy's."""
ANSWER_SECONDS = 60
LEFT, ANSWER = "left", "answer"

SETTINGS = {
    "limits": {"slots": SLOTS, "queue": 100, "queue_seconds": 30},
    "deadlines": {"connect": 2, "first_byte": 1, "idle": 1, "total": 20, "retry": 5},
    "keep_alive_seconds": 0.5,
}
FAULTS: tuple[dict[str, object], ...] = (
    {"status": 429},
    {"status": 429, "headers": {"Retry-After": "0"}},
    {"status": 401, "body": '{"status":401,"message":"Token has expired"}'},
    {"status": 422, "body": '{"status":422,"message":"Invalid params"}'},
    {"status": 500},
    {"status": 503},
    {"html_502": True},
    {"close": "before"},
    {"close": "mid_headers"},
    {"close": "mid_body"},
    {"close": "mid_stream", "after_events": 2},
    {"close": "clean", "after_events": 2},
    {"reset": True},
    {"reset": True, "after_events": 1},
    {"garbage": True},
    {"hang": True},
    {"hang": True, "after_events": 2},
    {"truncate_json": True},
    {"sse_error": {"status": 500, "message": "Internal Server Error"}},
    {"no_done": True},
    {"delay": 0.3},
)


class WrongAnswer(Exception):
    pass


KEPT = {
    "gigagate.telemetry.finished.Finished": 1,
    "gigagate.core.pivot.Usage": 1,
    "gigagate.core.notes.Note": 4,
}
"""Kind of objects -> how many of each of the last requests the panel's list holds."""
SWING = 100
"""Of these, in a list that is full: not every request has them."""


@dataclass
class Result:
    """`outcomes`: answers, errors by their code, and clients that left."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0
    megabytes: tuple[float, float] = (0, 0)
    """Resident, after the warm-up and at the end."""
    more_objects: dict[str, int] = field(default_factory=dict)
    more_tasks: dict[str, int] = field(default_factory=dict)
    slots: float = 0
    complaints: list[str] = field(default_factory=list)
    """Lines of the log that must not be there."""

    @property
    def problems(self) -> list[str]:
        grown = self.megabytes[1] - self.megabytes[0]
        return [
            *self.wrong[:5],
            *self.complaints[:5],
            *([f"memory grew by {grown:.1f} MB"] if grown > TOLERANCE_MB else []),
            *([f"more objects: {self.more_objects}"] if self.more_objects else []),
            *([f"more tasks: {self.more_tasks}"] if self.more_tasks else []),
            *([f"{self.slots:g} slots in use or waited for"] if self.slots else []),
        ]


class Soak:
    def __init__(self, emulator: Emulator, proxy: Proxy, seed: int) -> None:
        self.emulator = emulator
        self.proxy = proxy
        self.chance = random.Random(seed)
        self.result = Result()

    def run(self, number: int, warm_up: int) -> Result:
        asyncio.run(self.clients(warm_up))
        before = self.idle()
        start = time.monotonic()
        asyncio.run(self.clients(number))
        self.result.seconds = time.monotonic() - start
        after = self.idle()
        self.result.megabytes = before["rss"] / 1e6, after["rss"] / 1e6
        self.result.more_tasks = _more(before["tasks"], after["tasks"], 0)
        more = _more(before["objects"], after["objects"], TOLERANCE_OBJECTS)
        room = max(0, MOST - warm_up)
        self.result.more_objects = {
            kind: n
            for kind, n in more.items()
            if n > (KEPT[kind] * room + SWING if kind in KEPT else 0)
        }
        output = self.proxy.output().splitlines()
        words = ("Traceback", "crashed", "Addon error", "error of the proxy", "Translation failed")
        self.result.complaints = [line for line in output if any(word in line for word in words)]
        return self.result

    def idle(self) -> dict[str, dict[str, int]]:
        """What lives in the proxy, once nobody uses it."""
        deadline = time.monotonic() + 20
        while (slots := self.slots()) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.result.slots = slots
        time.sleep(2)  # slots that lie idle go back to the store after one
        counts: dict[str, dict[str, int]] = requests.get(
            f"{self.proxy.url}/counts", timeout=30
        ).json()
        return counts

    def slots(self) -> float:
        names = (
            "gigagate_slots_in_use ",
            "gigagate_queue_length ",
            "gigagate_requests_in_progress ",
        )
        lines = requests.get(f"{self.proxy.url}/metrics", timeout=30).text.splitlines()
        return sum(float(line.split()[1]) for line in lines if line.startswith(names))

    async def clients(self, number: int) -> None:
        numbers = iter(range(number))
        await asyncio.gather(*(self.client(numbers) for _ in range(CLIENTS)))

    async def client(self, numbers: Iterator[int]) -> None:
        """One after another, on one connection as long as nobody closes it."""
        connection: Connection | None = None
        for number in numbers:
            if self.chance.random() < FAULTY:
                self.emulator.faults.add(path="/chat/completions", **self.chance.choice(FAULTS))
            leaves_after = self.chance.random() * 0.1 if self.chance.random() < LEAVING else None
            connection = connection or await Connection.open(self.proxy.port)
            try:
                async with asyncio.timeout(leaves_after or ANSWER_SECONDS):
                    outcome = await connection.ask(number, stream=self.chance.random() < 0.5)
            except TimeoutError:
                connection.close()
                connection = None
                outcome = LEFT
                if leaves_after is None:
                    self.result.wrong.append(f"request {number}: no answer in {ANSWER_SECONDS} s")
            except (WrongAnswer, OSError, EOFError) as error:
                connection.close()
                connection = None
                outcome = "wrong"
                self.result.wrong.append(f"request {number}: {error!r}")
            self.result.outcomes[outcome] += 1
        if connection is not None:
            connection.close()


class Connection:
    """A client's keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def close(self) -> None:
        self.writer.close()

    async def ask(self, number: int, *, stream: bool) -> str:
        """ANSWER, or the code of the error.  Raises WrongAnswer, OSError, EOFError."""
        word = f"word{number}"
        body = json.dumps(
            {
                "model": "gigachat",
                "messages": [{"role": "user", "content": f"Повтори: {word} " + "слово " * 50}],
                "stream": stream,
            }
        ).encode()
        head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
        self.writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        status, content = await self.answer()
        if status == 200 and stream:
            return _streamed(content, word)
        told = json.loads(content)
        if status == 200:
            if word not in told["choices"][0]["message"]["content"]:
                raise WrongAnswer(content)
            return ANSWER
        return _error(told)

    async def answer(self) -> tuple[int, bytes]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        if b"chunked" not in head.lower():
            length = int(head.lower().split(b"content-length:")[1].split()[0])
            return int(head[9:12]), await self.reader.readexactly(length)
        body = b""
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readexactly(2)
        return int(head[9:12]), body


def _streamed(content: bytes, word: str) -> str:
    events = [event for event in content.split(b"\n\n") if event and not event.startswith(b":")]
    if events[-1] != b"data: [DONE]":
        return _error(json.loads(events[-1].removeprefix(b"data: ")))
    chunks = [json.loads(event.removeprefix(b"data: "))["choices"] for event in events[:-1]]
    text = "".join(choices[0]["delta"].get("content") or "" for choices in chunks if choices)
    if word not in text:
        raise WrongAnswer(content)
    return ANSWER


def _error(told: dict[str, dict[str, str]]) -> str:
    code = told["error"]["code"]
    if not code or code == "internal_error":
        raise WrongAnswer(told)
    return code


def _more(before: dict[str, int], after: dict[str, int], tolerance: int) -> dict[str, int]:
    """Of what belongs to us or mitmproxy; names without a module are tasks."""
    ours = {name for name in after if name.startswith(("gigagate", "mitmproxy")) or not tolerance}
    more = {name: after[name] - before.get(name, 0) for name in ours}
    return {name: number for name, number in more.items() if number > tolerance}


def soak(number: int, warm_up: int, seed: int, folder: Path) -> Result:
    config = EmulatorConfig(
        concurrency=0, token_requests_per_second=0, chunk_delay=0.001, first_token_delay=0.01
    )
    counting = ("-s", str(ROOT / "tests" / "support" / "counts.py"))
    with EmulatorThread(config, state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, *counting, settings=SETTINGS) as proxy:
            return Soak(emulator, proxy, seed).run(number, warm_up)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        result = soak(options.requests, WARM_UP, options.seed, Path(folder))
    before, after = result.megabytes
    print(f"{options.requests} requests in {result.seconds:.0f} s; with those of the warm-up:")
    for outcome, count in result.outcomes.most_common():
        print(f"{count:8} {outcome}")
    print(f"memory {before:.1f} MB before, {after:.1f} MB after")
    for problem in result.problems:
        print(f"PROBLEM  {problem}")
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(main())
