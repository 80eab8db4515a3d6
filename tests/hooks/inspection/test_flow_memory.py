from pathlib import Path

import pytest
from mitmproxy import http
from mitmproxy.addons.view import View
from tests.support.hooks import flow_of, runtime

from gigagate.hooks.inspection.flow_memory import FlowMemory
from gigagate.settings import schema

MB = 1_000_000


def ended(view: View, memory: FlowMemory, sizes: list[int]) -> list[int]:
    """The places of the flows that are still there."""
    flows = []
    for size in sizes:
        flow = flow_of()
        flow.response = http.Response.make(200, bytes(size))
        view.add([flow])
        memory.response(flow)
        flows.append(flow)
    return [place for place, flow in enumerate(flows) if view.get_by_id(flow.id)]


@pytest.mark.parametrize(
    ("limits", "sizes", "kept"),
    [
        ({"flows": 2, "megabytes": 0}, [1, 1, 1, 1], [2, 3]),
        ({"flows": 0, "megabytes": 3}, [MB, MB, MB, MB], [1, 2, 3]),
        ({"flows": 0, "megabytes": 1}, [1, 5 * MB], [1]),
        ({"flows": 0, "megabytes": 0}, [MB, MB, MB], [0, 1, 2]),
    ],
    ids=["number", "size", "one that is too large alone", "no limit"],
)
def test_the_newest_are_kept(
    watched: View, tmp_path: Path, limits: dict[str, int], sizes: list[int], kept: list[int]
) -> None:
    memory = FlowMemory(runtime(tmp_path, inspect=schema.Inspect(**limits)))
    assert ended(watched, memory, sizes) == kept


def test_a_flow_that_is_replayed_is_counted_once(watched: View, tmp_path: Path) -> None:
    memory = FlowMemory(runtime(tmp_path))
    flow = flow_of()
    flow.response = http.Response.make(200, bytes(100))
    for _ in range(3):
        memory.response(flow)
    assert memory.total == 100


def test_nothing_is_remembered_where_nobody_looks(tmp_path: Path) -> None:
    memory = FlowMemory(runtime(tmp_path))
    flow = flow_of()
    flow.response = http.Response.make(200, bytes(100))
    memory.response(flow)
    assert memory.sizes == {}
