"""A call from its client's request to its end, on a clock that jumps: every wait has its end, and
however it ends its slot is free for the next one.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.gigachat_wire import completion, delta, text_stream
from tests.support.plays import LONG, Play, breaks, is_silent, refuses, says, streams
from tests.support.proxy_in_memory import ProxyInMemory, proxy_in_memory
from tests.support.virtual_time import now, virtual_time

from gigagate.errors import TokenUnavailable

FUNCTION = {"name": "f", "description": "f", "parameters": {"type": "object", "properties": {}}}
ANSWER = completion("Hello.")
BEGUN = delta("Hel", role="assistant")


def oauth_is_away(proxy: ProxyInMemory) -> None:
    proxy.oauth.failure = TokenUnavailable("OAuth is away.")


def oauth_is_slow(proxy: ProxyInMemory) -> None:
    proxy.oauth.seconds = 20


def connections_are_refused(proxy: ProxyInMemory) -> None:
    proxy.refuses_connections = True


def connections_hang(proxy: ProxyInMemory) -> None:
    proxy.connects_after = LONG


def as_it_is(proxy: ProxyInMemory) -> None:
    """All is well but what GigaChat does."""


@dataclass(frozen=True)
class Way:
    what: str
    plays: tuple[Play, ...]
    status: int
    seconds: tuple[float, float]
    """At least, at most."""
    attempts: tuple[int, int] = (1, 1)
    said: str = ""
    stream: bool = False
    functions: bool = False
    before: Callable[[ProxyInMemory], None] = as_it_is


WAYS = (
    Way("an answer", (says(200, ANSWER, after=3),), 200, (3, 3.1), said="Hello."),
    Way(
        "a stream",
        (streams(text_stream("Hel", "lo."), after=3, then=0.9),),
        200,
        (3.9, 4),
        said="[DONE]",
        stream=True,
    ),
    Way(
        "a stream whose body does not end",
        (streams(text_stream("Hel", "lo."), after=3, then=LONG),),
        200,
        (4, 5),
        said="[DONE]",
        stream=True,
    ),
    Way("a token that takes its time", (says(200, ANSWER),), 200, (20, 20.1), before=oauth_is_slow),
    Way("no token", (is_silent,), 503, (30, 61), (0, 0), "OAuth is away", before=oauth_is_away),
    Way("a refusal", (refuses(400),), 400, (0, 0.1)),
    Way("a token refused twice", (refuses(401),), 401, (0, 0.1), (2, 2)),
    Way(
        "busy, then an answer",
        (refuses(429, head="Retry-After: 7\r\n"), refuses(503), says(200, ANSWER)),
        200,
        (7, 9),
        (3, 3),
    ),
    Way("busy for good", (refuses(429),), 429, (40, 60), (8, 60)),
    Way(
        "busy for good, and asking for no pause",
        (refuses(429, head="Retry-After: 0\r\n"),),
        429,
        (40, 60),
        (8, 60),
    ),
    Way(
        "busy for good, and asking for a pause that has passed",
        (refuses(429, head="Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n"),),
        429,
        (40, 60),
        (8, 60),
    ),
    Way(
        "busy for longer than anybody waits",
        (refuses(429, head="Retry-After: 61\r\n"),),
        429,
        (0, 1),
    ),
    Way("broken twice", (breaks,), 502, (0, 2), (2, 2), "broke off"),
    Way("a fault of its own twice", (refuses(500),), 500, (0, 2), (2, 2)),
    Way("no answer", (is_silent,), 504, (600, 601), said="deadlines.total"),
    Way(
        "a stream that never begins",
        (is_silent,),
        200,
        (300, 301),
        said="deadlines.first_byte",
        stream=True,
    ),
    Way(
        "a call of a function that never comes",
        (is_silent,),
        200,
        (600, 601),
        said="deadlines.total",
        stream=True,
        functions=True,
    ),
    Way(
        "a stream that falls silent",
        (streams(BEGUN, then=LONG),),
        200,
        (300, 301),
        said="deadlines.idle",
        stream=True,
    ),
    Way(
        "a stream that breaks off",
        (streams(BEGUN, then=5, breaks=True),),
        200,
        (5, 5.1),
        said="broke off",
        stream=True,
    ),
    Way("no JSON", (says(200, "x"),), 502, (0, 0.1)),
    Way(
        "no connection",
        (is_silent,),
        503,
        (0, 61),
        (0, 0),
        "refused",
        before=connections_are_refused,
    ),
    Way(
        "a connection that is never made",
        (is_silent,),
        503,
        (10, 71),
        (0, 0),
        "deadlines.connect",
        before=connections_hang,
    ),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.what)
@virtual_time
async def test_a_call_ends_in_time_and_leaves_its_slot(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxy_in_memory(tmp_path, monkeypatch, *way.plays) as proxy:
        way.before(proxy)
        functions = {"functions": [FUNCTION]} if way.functions else {}
        heard = await proxy.ask(stream=way.stream, **functions)
        assert heard.status == way.status, heard.content
        assert way.said in heard.content.decode()
        assert way.seconds[0] <= heard.seconds <= way.seconds[1]
        assert way.attempts[0] <= len(proxy.asked) <= way.attempts[1]
        await asyncio.sleep(0.2)
        assert proxy.slots_in_use == 0
        assert proxy.account.slots.enter().held


@virtual_time
async def test_a_slot_is_free_as_soon_as_a_repeated_call_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attempt that was given up lets it wait for its connection's end no more."""
    async with proxy_in_memory(tmp_path, monkeypatch, breaks, says(200, ANSWER)) as proxy:
        assert (await proxy.ask()).status == 200
        assert proxy.slots_in_use == 0


LEAVES = (
    ("while the token is waited for", (is_silent,), oauth_is_slow, False, 5.0),
    ("while OAuth is asked again", (is_silent,), oauth_is_away, False, 5.0),
    ("while the connection is made", (is_silent,), connections_hang, False, 5.0),
    ("between two attempts", (refuses(429, head="Retry-After: 30\r\n"),), as_it_is, False, 20.0),
    ("before the answer", (is_silent,), as_it_is, False, 100.0),
    ("before a stream", (is_silent,), as_it_is, True, 100.0),
    ("within a stream", (streams(BEGUN, then=LONG),), as_it_is, True, 100.0),
)


@pytest.mark.parametrize(
    ("plays", "before", "stream", "seconds"),
    [row[1:] for row in LEAVES],
    ids=[row[0] for row in LEAVES],
)
@virtual_time
async def test_a_client_that_leaves_leaves_its_slot(
    plays: tuple[Play, ...],
    before: Callable[[ProxyInMemory], None],
    stream: bool,
    seconds: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with proxy_in_memory(tmp_path, monkeypatch, *plays) as proxy:
        before(proxy)
        left = asyncio.ensure_future(proxy.ask(stream=stream, leaves=seconds))
        await asyncio.sleep(seconds - 1)
        assert proxy.slots_in_use == 1
        await left
        await asyncio.sleep(0.2)
        assert proxy.slots_in_use == 0
        assert proxy.account.slots.enter().held


@virtual_time
async def test_calls_go_one_after_the_other_and_a_place_in_the_queue_can_be_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxy_in_memory(tmp_path, monkeypatch, says(200, ANSWER, after=10)) as proxy:
        began = now()
        first, leaves, last = await asyncio.gather(proxy.ask(), proxy.ask(leaves=5), proxy.ask())
        assert [first.status, leaves.status, last.status] == [200, 0, 200]
        assert [round(first.seconds), round(last.seconds)] == [10, 20]
        assert [round(at - began) for at in proxy.asked] == [0, 10]


@virtual_time
async def test_nobody_queues_longer_than_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxy_in_memory(tmp_path, monkeypatch, says(200, ANSWER, after=200)) as proxy:
        first, second = await asyncio.gather(proxy.ask(), proxy.ask())
        assert [first.status, second.status] == [200, 429]
        assert 119 < second.seconds < 121
        assert b"limits.queue_seconds" in second.content


@virtual_time
async def test_who_finds_the_queue_full_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = says(200, ANSWER, after=5)
    async with proxy_in_memory(tmp_path, monkeypatch, silent, queue=0) as proxy:
        first, second = await asyncio.gather(proxy.ask(), proxy.ask())
        assert [first.status, second.status] == [200, 429]
        assert second.seconds < 0.1


@virtual_time
async def test_a_waiting_stream_shows_signs_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxy_in_memory(tmp_path, monkeypatch, is_silent) as proxy:
        heard = await proxy.ask(stream=True)
        signs = heard.content.count(b"data: ")
        assert 15 <= signs <= 31  # one each 15 s, and the error
