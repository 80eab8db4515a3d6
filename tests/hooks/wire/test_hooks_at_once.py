"""Whoever handles a hook cannot tell that no task of mitmproxy's called it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from mitmproxy import http
from mitmproxy.proxy import commands
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import HttpRequestHook
from mitmproxy.test import taddons, tflow

from gigagate.hooks.wire.hooks_at_once import UnfinishedHook, UnfinishedHooks, called_at_once

OTHER = commands.Log("another command")
ANSWER = object()


class Addon:
    def __init__(self) -> None:
        self.seen: list[http.HTTPFlow] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def request(self, flow: http.HTTPFlow) -> None:
        await self.gate.wait()
        self.seen.append(flow)


class Pausing(Addon):
    async def request(self, flow: http.HTTPFlow) -> None:
        flow.intercept()


@pytest.fixture
async def context() -> AsyncIterator[taddons.context]:
    with taddons.context() as context:
        yield context


def layer(flow: http.HTTPFlow) -> CommandGenerator[str]:
    yield HttpRequestHook(flow)
    reply = yield OTHER
    assert reply is ANSWER
    return "ended"


async def test_a_hook_that_ends_at_once_is_no_command_any_more(context: taddons.context) -> None:
    context.master.addons.add(addon := Addon())
    flow = tflow.tflow()
    generator = called_at_once(layer(flow))
    assert next(generator) is OTHER
    assert addon.seen == [flow]
    with pytest.raises(StopIteration):
        generator.send(ANSWER)


async def test_what_must_be_waited_for_is_left_to_mitmproxy(context: taddons.context) -> None:
    context.master.addons.add(addon := Addon())
    addon.gate.clear()
    flow = tflow.tflow()
    generator = called_at_once(layer(flow))
    unfinished = next(generator)
    assert isinstance(unfinished, UnfinishedHook)
    assert unfinished.blocking
    assert addon.seen == []
    addon.gate.set()
    context.master.addons.add(UnfinishedHooks())
    await context.master.addons.handle_lifecycle(unfinished)
    assert addon.seen == [flow]
    assert generator.send(None) is OTHER


async def test_a_paused_flow_is_waited_for(context: taddons.context) -> None:
    context.master.addons.add(Pausing())
    flow = tflow.tflow()
    generator = called_at_once(layer(flow))
    unfinished = next(generator)
    assert isinstance(unfinished, UnfinishedHook)
    flow.resume()
    await unfinished.task
    assert generator.send(None) is OTHER


async def test_an_error_of_mitmproxys_reaches_the_layer(
    context: taddons.context, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(event: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(context.master.addons, "handle_lifecycle", broken)
    with pytest.raises(RuntimeError, match="broken"):
        next(called_at_once(layer(tflow.tflow())))
