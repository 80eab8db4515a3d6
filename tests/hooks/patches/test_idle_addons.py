"""An addon is left out only where it does nothing, and no longer than that."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from mitmproxy.addons import default_addons
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy.layers.http import HttpRequestHook
from mitmproxy.test import taddons, tflow

from gigagate.hooks.patches.dispatch import Dispatch
from gigagate.hooks.patches.idle_addons import EVENTS, NEEDED_FOR, is_idle

NEEDED: dict[str, Any] = {
    "anticache": True,
    "anticomp": True,
    "block_list": ["/~q/404"],
    "hardump": "x.har",
    "map_local": ["|example.com|."],
    "map_remote": ["|http://a/|http://b/"],
    "modify_body": ["/a/b"],
    "modify_headers": ["/a/b"],
    "onboarding": True,
    "proxyauth": "any",
    "save_stream_file": "flows",
    "stickyauth": ".*",
    "stickycookie": ".*",
    "upstream_auth": "a:b",
}
EMPTY = {"onboarding": False}
"""Where that is not mitmproxy's default."""
CASES = [(kind, name) for kind, name in NEEDED_FOR.items()]


def flow() -> HTTPFlow:
    flow = tflow.tflow(resp=True)
    flow.request.headers["if-modified-since"] = flow.request.headers["authorization"] = "x"
    return flow


@pytest.mark.parametrize(("kind", "name"), CASES, ids=NEEDED_FOR.values())
async def test_it_does_nothing_without_its_option(kind: type, name: str) -> None:
    with taddons.context(addon := kind()) as context:
        context.options.update(**{name: EMPTY[name]} if name in EMPTY else {})
        for event in EVENTS:
            assert is_idle(addon, event, context.options)
            one, before = flow(), vars(addon).copy()
            state = one.get_state()
            if (handler := getattr(addon, event, None)) is not None:
                result = handler(one)
                if inspect.isawaitable(result):
                    await result
            assert one.get_state() == state
            assert vars(addon) == before


@pytest.mark.parametrize(("kind", "name"), CASES, ids=NEEDED_FOR.values())
def test_it_is_called_with_its_option(
    kind: type, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with taddons.context(addon := kind()) as context:
        before = getattr(context.options, name)
        context.options.update(**{name: NEEDED[name]})
        assert not any(is_idle(addon, event, context.options) for event in EVENTS)
        context.options.update(**{name: before})


def test_only_addons_of_mitmproxys_own_are_left_out() -> None:
    assert NEEDED_FOR.keys() <= {type(addon) for addon in default_addons()}

    class Ours:
        """A script's."""

    with taddons.context() as context:
        assert not is_idle(Ours(), "request", context.options)


async def test_an_option_that_is_set_later_is_noticed() -> None:
    (anticache,) = (kind for kind in NEEDED_FOR if kind.__name__ == "AntiCache")
    with taddons.context(anticache()) as context:
        Dispatch(context.master.addons).install()
        for wanted in (False, True, False):
            context.options.update(anticache=wanted)
            one = flow()
            await context.master.addons.handle_lifecycle(HttpRequestHook(one))
            assert ("if-modified-since" not in one.request.headers) is wanted
