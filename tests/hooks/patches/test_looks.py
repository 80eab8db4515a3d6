"""What we rely on in mitmproxy to show flows as we do; see tests/e2e for what comes of it."""

import inspect

from mitmproxy.addons.view import View
from mitmproxy.contentviews import ContentviewRegistry
from mitmproxy.test.tflow import tflow
from mitmproxy.tools.console import common, flowlist
from mitmproxy.tools.web import app

from gigagate.hooks.patches import looks


def test_the_view_takes_flows_by_one_hook_and_forgets_unknown_ones() -> None:
    assert list(inspect.signature(View.requestheaders).parameters) == ["self", "f"]
    assert "if f.id in self._store" in inspect.getsource(View.update)


def test_the_view_keeps_flows_by_their_ids() -> None:
    view = View()
    flow = tflow()
    view.add([flow])
    assert list(view._store.items()) == [(flow.id, flow)]


def test_menus_are_made_of_what_the_registry_offers() -> None:
    assert list(inspect.signature(ContentviewRegistry.available_views).parameters) == ["self"]
    assert "contentviews.registry.available_views()" in inspect.getsource(app)


def test_the_consoles_list_is_drawn_by_functions_found_by_name() -> None:
    assert "common.format_flow(" in inspect.getsource(flowlist.FlowItem.get_text)
    source = inspect.getsource(common)  # the function itself may have been replaced already
    for name in ("format_http_flow_table", "format_http_flow_list"):
        assert f"render_func = {name}" in source
    for name in ("request_path", "request_url"):
        assert f"{name}=" in source


def test_our_views_stand_first(monkeypatch) -> None:
    registry = ContentviewRegistry()
    for name in ("Zebra", "GigaChat: b", "Ant", "GigaChat: a"):
        registry._by_name[name.lower()] = object()
    monkeypatch.setattr(looks.contentviews, "registry", registry)
    looks.offer_first(["GigaChat: b", "GigaChat: a"])
    shown = ["auto", "gigachat: b", "gigachat: a", "ant", "zebra"]
    assert registry.available_views() == shown
