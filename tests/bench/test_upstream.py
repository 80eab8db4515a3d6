"""The fake GigaChat answers in GigaChat v1's form, however its requests are cut."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from tests.bench import load, traffic
from tests.bench.upstream import FakeGigaChat


@pytest.fixture
async def port() -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(FakeGigaChat, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _ask(port: int, request: bytes, end: bytes, *, bytewise: bool = False) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_000_000)
    try:
        for part in [bytes([byte]) for byte in request] if bytewise else [request]:
            writer.write(part)
            await writer.drain()
        return await asyncio.wait_for(reader.readuntil(end), 10)
    finally:
        writer.close()
        await writer.wait_closed()


def _chat(body: bytes) -> bytes:
    return load.head(len(body)) + body


@pytest.mark.parametrize("bytewise", [False, True])
async def test_a_request_is_answered_whole(port: int, bytewise: bool) -> None:
    answer = await _ask(port, _chat(traffic.small()), b"}}", bytewise=bytewise)
    body = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert body["object"] == "chat.completion"
    assert body["choices"][0]["finish_reason"] == "stop"
    assert traffic.MARKER.decode() in body["choices"][0]["message"]["content"]
    assert "id" not in body


@pytest.mark.parametrize("bytewise", [False, True])
async def test_max_tokens_chooses_a_stream_in_v1_form(port: int, bytewise: bool) -> None:
    request = _chat(traffic.streamed(500))
    answer = await _ask(port, request, b"\r\n0\r\n\r\n", bytewise=bytewise)
    events = [line[6:] for line in answer.split(b"\n") if line.startswith(b"data: ")]
    assert events[-1] == b"[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert sum(traffic.MARKER.decode() in delta["content"] for delta in deltas) == 500
    assert ["role" in delta for delta in deltas] == [True] + [False] * 500
    assert ["usage" in chunk for chunk in chunks] == [False] * 500 + [True]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion"}


async def test_translators_may_write_max_tokens_with_spaces_and_first(port: int) -> None:
    answer = await _ask(port, _chat(b'{"max_tokens" : 500, "stream": true}'), b"0\r\n\r\n")
    assert b"text/event-stream" in answer


async def test_oauth_gives_a_token_of_half_an_hour_each_time(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = b"POST /api/v2/oauth HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\nscope=X"
    for now in (1000, 5000):
        monkeypatch.setattr("tests.bench.upstream.time.time", lambda now=now: now)
        answer = json.loads((await _ask(port, request, b"}")).partition(b"\r\n\r\n")[2])
        assert answer["access_token"]
        assert answer["expires_at"] == (now + 1800) * 1000
