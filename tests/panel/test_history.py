"""Sums by the hour: a day in hours, a month in days, and no more than a month."""

from pathlib import Path

import pytest
from tests.support.finished import finished

from gigagate.core.pivot import Usage
from gigagate.errors import StoreError
from gigagate.panel.history import History
from gigagate.panel.store import DAY, HOUR, KEPT_HOURS, PanelStore

NOW = 500_000 * HOUR + 120.0


def test_requests_fall_into_their_hours(tmp_path: Path) -> None:
    history = History(PanelStore(tmp_path))
    usage = Usage(100, 20, 40)
    history.count(finished(time=NOW, usage=usage, roubles=0.5))
    history.count(finished(time=NOW - HOUR, usage=usage))
    history.count(finished(time=NOW - 3 * 24 * HOUR, error="rate_limited"))
    spans = history.spans(NOW)
    day, week, month = spans["24h"], spans["7d"], spans["30d"]
    assert len(day["requests"]) == 24
    assert day["requests"][-2:] == [1, 1]
    assert day["tokens_cached"][-1] == 40
    assert day["roubles"][-1] == 0.5
    assert sum(week["requests"]) == 3
    assert sum(week["errors"]) == 1
    assert len(month["requests"]) == 30


def test_processes_add_up(tmp_path: Path) -> None:
    one, other = History(PanelStore(tmp_path)), History(PanelStore(tmp_path))
    one.count(finished(time=NOW))
    other.count(finished(time=NOW))
    one.save()
    assert sum(other.spans(NOW)["24h"]["requests"]) == 2


def test_what_is_older_than_a_month_goes(tmp_path: Path) -> None:
    store = PanelStore(tmp_path)
    history = History(store)
    history.count(finished(time=NOW - (KEPT_HOURS + 5) * HOUR))
    history.save()
    history.count(finished(time=NOW))
    history.save()
    assert [hour for hour, *_ in store.hours(0)] == [NOW // HOUR] * len(list(store.hours(0)))


def test_what_cannot_be_saved_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PanelStore(tmp_path)
    history = History(store)
    history.count(finished(time=NOW))

    def away(hours: object, days: object) -> None:
        raise StoreError("away")

    with monkeypatch.context() as patch:
        patch.setattr(store, "add", away)
        with pytest.raises(StoreError):
            history.save()
    assert sum(history.spans(NOW)["24h"]["requests"]) == 1


def test_each_client_has_its_days(tmp_path: Path) -> None:
    history = History(PanelStore(tmp_path))
    usage = Usage(100, 20, 40)
    history.count(finished(time=NOW, client="anna", usage=usage, roubles=0.5))
    history.count(finished(time=NOW - 3 * DAY, client="anna", usage=usage, error="rate_limited"))
    history.count(finished(time=NOW, client="boris", usage=None))
    told = history.clients(NOW)
    anna, boris = told["clients"]["anna"], told["clients"]["boris"]
    assert told["from"] + 29 * DAY == NOW // DAY * DAY
    assert anna["requests"][-1] == anna["requests"][-4] == 1
    assert sum(anna["errors"]) == 1
    assert anna["tokens"][-1] == 120
    assert sum(boris["tokens"]) == 0


def test_days_of_a_client_go_after_a_month(tmp_path: Path) -> None:
    store = PanelStore(tmp_path)
    history = History(store)
    history.count(finished(time=NOW - 40 * DAY, client="anna"))
    history.save()
    history.count(finished(time=NOW, client="boris"))
    history.save()
    assert {client for _, client, *_ in store.client_days(0)} == {"boris"}
