"""The same addons are called as mitmproxy would call, in the same order, with the same errors."""

from collections.abc import Iterator

import pytest
from mitmproxy import exceptions
from mitmproxy.proxy.layers.http import HttpRequestHook
from mitmproxy.test import taddons, tflow

from gigagate.hooks.patches.dispatch import Dispatch

calls: list[str] = []


class Plain:
    def __init__(self, name: str) -> None:
        self.name = name

    def request(self, flow: object) -> None:
        calls.append(self.name)


class Async(Plain):
    async def request(self, flow: object) -> None:
        calls.append(self.name)


class Silent:
    name = "silent"


class Nested(Plain):
    def __init__(self) -> None:
        super().__init__("outer")
        self.addons = [Plain("inner")]


class Failing(Plain):
    def request(self, flow: object) -> None:
        raise RuntimeError("broken")


class FailingLater(Plain):
    async def request(self, flow: object) -> None:
        raise RuntimeError("broken")


class HaltingLater(Plain):
    async def request(self, flow: object) -> None:
        calls.append(self.name)
        raise exceptions.AddonHalt


class Halting(Plain):
    def request(self, flow: object) -> None:
        calls.append(self.name)
        raise exceptions.AddonHalt


class Family:
    def __init__(self, *addons: object) -> None:
        self.addons = list(addons)


class NoHandler:
    name = "no-handler"
    request = "no function"


@pytest.fixture(params=["ours", "mitmproxy's"])
def context(request: pytest.FixtureRequest) -> Iterator[taddons.context]:
    calls.clear()
    with taddons.context() as context:
        if request.param == "ours":
            Dispatch(context.master.addons).install()
        yield context


CHAINS = [
    ([], []),
    ([Silent()], []),
    ([Plain("a"), Silent(), Async("b")], ["a", "b"]),
    ([Nested(), Plain("z")], ["outer", "inner", "z"]),
    ([Failing("f"), Plain("a")], ["a"]),
    ([Plain("a"), Halting("h"), Plain("never")], ["a", "h"]),
    ([Family(Plain("a"), Failing("f"), Plain("never")), Plain("b")], ["a", "b"]),
    ([Async("a"), Plain("b"), Async("c"), Plain("d")], ["a", "b", "c", "d"]),
    ([FailingLater("f"), Plain("a"), FailingLater("g"), Async("b")], ["a", "b"]),
    ([Plain("a"), HaltingLater("h"), Plain("never")], ["a", "h"]),
    ([Family(Async("a"), FailingLater("f"), Plain("never")), Plain("b")], ["a", "b"]),
    ([Family(Plain("a"), NoHandler(), Plain("never")), Plain("b")], ["a", "b"]),
]


@pytest.mark.parametrize(("addons", "called"), CHAINS)
async def test_handlers_are_called_in_order(
    context: taddons.context, addons: list[object], called: list[str]
) -> None:
    context.master.addons.add(*addons)
    await context.master.addons.trigger_event(HttpRequestHook(tflow.tflow()))
    assert calls == called


async def test_an_addon_that_comes_or_goes_is_noticed(context: taddons.context) -> None:
    manager = context.master.addons
    first, second = Plain("first"), Plain("second")
    event = HttpRequestHook(tflow.tflow())
    manager.add(first)
    await manager.trigger_event(event)
    manager.add(second)
    await manager.trigger_event(event)
    manager.remove(first)
    await manager.trigger_event(event)
    assert calls == ["first", "first", "second", "second"]


async def test_scripts_put_in_another_order_are_noticed(context: taddons.context) -> None:
    manager = context.master.addons
    manager.add(family := Family(Plain("a"), Plain("b")))
    event = HttpRequestHook(tflow.tflow())
    await manager.trigger_event(event)
    family.addons.reverse()
    context.options.update(listen_port=1)
    await manager.trigger_event(event)
    assert calls == ["a", "b", "b", "a"]


async def test_a_failure_is_logged(
    context: taddons.context, caplog: pytest.LogCaptureFixture
) -> None:
    context.master.addons.add(Failing("f"))
    await context.master.addons.trigger_event(HttpRequestHook(tflow.tflow()))
    assert "Addon error: broken" in caplog.text


@pytest.mark.parametrize(
    ("addons", "at_once"),
    [([], []), ([Plain("a"), Plain("b")], ["a", "b"]), ([Plain("a"), Async("b")], ["a"])],
)
async def test_what_need_not_be_waited_for_is_done_at_once(
    addons: list[object], at_once: list[str]
) -> None:
    calls.clear()
    with taddons.context() as context:
        dispatch = Dispatch(context.master.addons)
        context.master.addons.add(*addons)
        rest = dispatch.begin(HttpRequestHook(tflow.tflow()))
        assert calls == at_once
        assert (rest is None) is (len(at_once) == len(addons))
        if rest is not None:
            await rest
        assert len(calls) == len(addons)
