"""What a response leaves is found by the next request of the same client, and by nobody else."""

import json
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import http
from tests.support.hooks import flow_of, runtime

from gigagate.errors import StoreError
from gigagate.hooks.calls.shelves import CallShelves
from gigagate.hooks.door.door import Admitted
from gigagate.settings import schema

RESPONSE = "resp_" + "ab" * 16
CONTENT = b"[{}, []]"
"""A response that continues none, and its input."""


class Door:
    """Lets everybody in, under the name in x-name."""

    def who(self, flow: http.HTTPFlow) -> Admitted:
        return Admitted(flow.request.headers["x-name"])


def shelves_in(folder: Path, store: Any = "memory") -> CallShelves:
    responses = schema.Responses(store=store)
    return CallShelves(runtime(folder, responses=responses), Door())  # type: ignore[arg-type]


def asking(name: str, before: str | None = None) -> http.HTTPFlow:
    body = json.dumps({"input": "x", "previous_response_id": before}).encode()
    return flow_of("POST", "/v1/responses", body, x_name=name)


async def left(shelves: CallShelves, name: str) -> None:
    """A request of that client leaves one."""
    flow = asking(name)
    await shelves.request(flow)
    shelves.of(flow).kept[RESPONSE] = CONTENT
    if shelves.leaves_something(flow):
        await shelves.gigagate_put_away(flow)


@pytest.mark.parametrize("store", ["memory", "shared"])
async def test_it_is_found_by_its_client(tmp_path: Path, store: str) -> None:
    shelves = shelves_in(tmp_path, store)
    await left(shelves, "anna")
    found = {}
    for name in ("anna", "boris"):
        flow = asking(name, RESPONSE)
        await shelves.request(flow)
        found[name] = shelves.of(flow).found.get(RESPONSE)
    assert found == {"anna": CONTENT, "boris": None}


async def test_what_is_kept_nowhere_is_not_looked_for(tmp_path: Path) -> None:
    shelves = shelves_in(tmp_path, "off")
    flow = asking("anna", RESPONSE)
    await shelves.request(flow)
    assert not shelves.of(flow).keeps
    assert not shelves.leaves_something(flow)


async def test_a_store_that_fails_costs_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelves = shelves_in(tmp_path, "shared")

    def fails(*more: Any) -> None:
        raise StoreError("away")

    for method in ("load", "save"):
        monkeypatch.setattr(shelves._store, method, fails)
    await left(shelves, "anna")
    flow = asking("anna", RESPONSE)
    await shelves.request(flow)
    assert flow.response is None
    assert shelves.of(flow).found.get(RESPONSE) is None
