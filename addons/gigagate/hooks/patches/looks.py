"""What people see of flows in mitmweb and the console, where no public API of mitmproxy's sets it.

`tests/hooks/patches/test_looks.py` names what it relies on.
"""

import sys
from collections.abc import Sequence
from typing import Any

from mitmproxy import contentviews, ctx, flow, http

from gigagate.hooks import local_paths


def show_no_local_paths() -> None:
    """What is asked of the proxy itself is no conversation: a status page that renews itself, or a
    probe, would soon be all there is to see."""
    view = ctx.master.addons.get("view")
    if view is None:
        return
    requestheaders = view.requestheaders

    def ours(shown: http.HTTPFlow) -> None:
        if local_paths.of(shown.request) is None:
            requestheaders(shown)

    view.requestheaders = ours


def keeps_flows() -> bool:
    """Whether this is mitmweb or the console."""
    return ctx.master.addons.get("view") is not None


def kept_flows() -> list[http.HTTPFlow]:
    """All that mitmweb or the console keeps, the oldest first, whatever filter is set."""
    view = ctx.master.addons.get("view")
    if view is None:
        return []
    return [one for one in view._store.values() if isinstance(one, http.HTTPFlow)]


def offer_first(names: Sequence[str]) -> None:
    """mitmproxy's menu of views is sorted by name, and ours are those that people came for."""
    registry = contentviews.registry
    ours = [name.lower() for name in names]

    def available_views() -> list[str]:
        others = sorted(name for name in registry if name not in ours)
        return ["auto", *(name for name in ours if name in registry), *others]

    registry.available_views = available_views  # type: ignore[method-assign]


def comment_in_console() -> None:
    """The console's list has a host and a path, which are nearly always the same here, and no
    comment: where a flow has one, it stands in the path's place."""
    common: Any = sys.modules.get("mitmproxy.tools.console.common")
    if common is None or hasattr(common.format_flow, "comments"):
        return
    format_flow, table = common.format_flow, common.format_http_flow_table
    listed = common.format_http_flow_list
    comment = ""

    def with_comment(shown: flow.Flow, **arguments: Any) -> Any:
        nonlocal comment
        detailed = arguments["render_mode"] is common.RenderMode.DETAILVIEW
        comment = "" if detailed else " ".join(shown.comment.split())
        return format_flow(shown, **arguments)

    def in_table(**shown: Any) -> Any:
        return table(**shown | ({"request_path": comment} if comment else {}))

    def in_list(**shown: Any) -> Any:
        return listed(**shown | ({"request_url": comment} if comment else {}))

    with_comment.comments = True  # type: ignore[attr-defined]
    common.format_flow = with_comment
    common.format_http_flow_table, common.format_http_flow_list = in_table, in_list
