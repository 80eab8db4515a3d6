"""What a page is told: each topic once, then what is new, and nothing after the login has ended."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.support.finished import finished

from gigagate.errors import StoreError
from gigagate.hooks.panel import events, requests
from gigagate.hooks.panel.door import Admin
from gigagate.hooks.panel.events import Events
from gigagate.hooks.panel.requests import LastRequests
from gigagate.panel.requests import Requests
from gigagate.panel.store import PanelStore
from gigagate.panel.watch import Watch


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TICK", "PAUSE", "BEAT"):
        monkeypatch.setattr(events, name, 0.0)


async def heard(folder: Path, topics: dict[str, Any], looks: int, of: str) -> list[bytes]:
    """looks: how often the login is found to last."""
    left = iter([True] * looks)
    door: Any = SimpleNamespace(lasts=lambda admin: next(left, False))
    runtime: Any = SimpleNamespace(ready=True)
    last = LastRequests(Requests(PanelStore(folder)))
    source = Events(runtime, door, Watch(folder), last, topics).of(of, 0, Admin(None))
    return [piece async for piece in source if not piece.startswith(b":")]


async def test_a_topic_is_told_again_only_when_it_has_changed(tmp_path: Path) -> None:
    states = iter(["good", "good", "away", "away"])

    async def health(number: int) -> tuple[dict[str, str], int]:
        return {"state": next(states)}, 0

    told = await heard(tmp_path, {"health": health}, 4, "health,nothing")
    assert told == [
        b'event: health\ndata: {"state":"good"}\n\n',
        b'event: health\ndata: {"state":"away"}\n\n',
    ]
    assert Watch(tmp_path).anyone(0)


async def test_requests_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "mitmweb_url", lambda: None)
    last = LastRequests(Requests(PanelStore(tmp_path)))
    last.came(finished(client="anna"))
    told = await heard(tmp_path, {"requests": last.new}, 3, "requests")
    assert len(told) == 1
    assert b"anna" in told[0]


async def test_a_store_that_is_away_ends_nothing(tmp_path: Path) -> None:
    async def away(number: int) -> tuple[None, int]:
        raise StoreError("away")

    async def fine(number: int) -> tuple[dict[str, int], int]:
        return {"fine": 1}, 0

    told = await heard(tmp_path, {"away": away, "fine": fine}, 2, "away,fine")
    assert len(told) == 1
