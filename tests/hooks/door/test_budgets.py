"""A budget is looked at before a request is translated, and charged when it has ended."""

from pathlib import Path
from typing import Any

import pytest
from tests.support.hooks import ended, error_of, flow_of, runtime, status_of

from gigagate.clients import Budget, open_clients
from gigagate.clients.counters import Spent
from gigagate.hooks.door import budgets
from gigagate.hooks.door.budgets import Budgets
from gigagate.hooks.door.door import Door


@pytest.fixture
def asking(tmp_path: Path) -> Any:
    """How a request of anna's ends, who may have ten tokens a day."""
    made = runtime(tmp_path)
    key = open_clients(made.settings).add("anna", Budget(tokens_per_day=10))
    made.clients.look()
    door = Door(made)
    return door, Budgets(made, door), key


async def ask(asking: Any, method: str = "POST") -> Any:
    door, ours, key = asking
    flow = flow_of(method, authorization=f"Bearer {key}")
    door.requestheaders(flow)
    await ended(ours.request(flow))
    return flow


async def test_a_budget_that_is_used_up_ends_requests(asking: Any) -> None:
    _, ours, _ = asking
    assert status_of(await ask(asking)) is None
    ours.charge("anna", 10, 0.5)
    flow = await ask(asking)
    assert (status_of(flow), error_of(flow)["code"]) == (429, "budget_exhausted")


async def test_what_was_spent_last_is_written_at_the_end(
    asking: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ours, _ = asking
    monkeypatch.setattr(budgets, "LOOK", 0)
    ours.running()
    ours._runtime.clients.spent("anna", Spent(10, 0))
    ours.done()
    assert ours._looking is not None
    assert status_of(await ask(asking)) == 429


async def test_a_request_that_is_answered_already_costs_nothing(asking: Any) -> None:
    door, ours, key = asking
    flow = flow_of(authorization=f"Bearer {key}x")
    door.requestheaders(flow)
    refused = flow.response
    await ended(ours.request(flow))
    assert flow.response is refused
