"""What a response leaves is found by the next request of the same client, and by nobody else."""

import gzip
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import http
from tests.support.hooks import ended, flow_of, runtime

from gigagate.errors import StoreError
from gigagate.hooks.calls import shelves as module
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
    await ended(shelves.request(flow))
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
        await ended(shelves.request(flow))
        found[name] = shelves.of(flow).found.get(RESPONSE)
    assert found == {"anna": CONTENT, "boris": None}


async def test_what_is_kept_nowhere_is_not_looked_for(tmp_path: Path) -> None:
    shelves = shelves_in(tmp_path, "off")
    flow = asking("anna", RESPONSE)
    await ended(shelves.request(flow))
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
    await ended(shelves.request(flow))
    assert flow.response is None
    assert shelves.of(flow).found.get(RESPONSE) is None


@pytest.mark.parametrize(
    ("size", "packed", "beside"),
    [(255_000, False, 0), (255_000, True, 1), (1_100_000, False, 1)],
    ids=["an agent's", "packed", "large"],
)
async def test_only_what_takes_long_is_looked_into_beside_the_event_loop(
    size: int, packed: bool, beside: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelves = shelves_in(tmp_path)
    await left(shelves, "anna")
    threads = list[str]()

    def in_thread(work: Callable[[], Any], name: str) -> Awaitable[Any]:
        threads.append(name)
        return real(work, name)

    real = module.in_thread
    monkeypatch.setattr(module, "in_thread", in_thread)
    flow = asking("anna", RESPONSE)
    content = (flow.request.raw_content or b"") + os.urandom(size)
    flow.request.raw_content = gzip.compress(content) if packed else content
    flow.request.headers["content-encoding"] = "gzip" if packed else ""
    await ended(shelves.request(flow))
    assert threads == ["large body"] * beside
    assert shelves.of(flow).found == {RESPONSE: CONTENT}
