"""Keys and budgets, in either store: made, changed, counted once however many count."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.support.valkey import Valkey

from gigagate.clients import Budget, Client, Clients, Ledger, UsedSoFar, last_day, periods
from gigagate.clients.counters import Spent
from gigagate.clients.redis_store import RedisClientStore
from gigagate.clients.sqlite_store import SqliteClientStore
from gigagate.clients.store import ClientStore
from gigagate.core.http import ANONYMOUS
from gigagate.core.name_patterns import among
from gigagate.errors import BudgetExhausted, InvalidRequest, NotFound, StoreError
from gigagate.settings import Secret
from gigagate.store.redis_server import RedisServer

NOW = datetime(2100, 2, 27, 23, 59, 10, tzinfo=UTC).timestamp()
Open = Callable[[], ClientStore]


@pytest.fixture(params=["file", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Each call is another process."""
    if request.param == "file":
        yield lambda: SqliteClientStore(tmp_path)
        return
    with Valkey(tmp_path) as valkey:
        yield lambda: RedisClientStore(RedisServer(Secret(valkey.address)))


def clients(store: Open, now: float = NOW) -> Clients:
    return Clients(store(), taken={"of-settings"}, clock=lambda: now)


def test_a_client_is_added_listed_rotated_and_revoked(store: Open, tmp_path: Path) -> None:
    of_team = clients(store)
    assert of_team.list() == []
    budget = Budget(requests_per_minute=3, tokens_per_day=10, models=("GigaChat-2*",), expires=9.0)
    key = of_team.add("anna", budget)
    other = of_team.add("boris")
    assert key != other
    anna, boris = of_team.list()
    assert (anna.name, anna.budget, boris.budget) == ("anna", budget, Budget())
    assert key not in repr(anna) + anna.to_text()
    ledger = Ledger(store(), tmp_path)
    assert ledger.asks
    assert ledger.holder(["wrong", key]) == anna
    changed = of_team.rotate("anna")
    of_team.revoke("boris")
    again = Ledger(store(), tmp_path)
    assert again.holder([key]) is None
    assert again.holder([changed]) == of_team.get("anna")
    assert again.holder([other]) is again.named("boris") is None
    of_team.revoke("anna")
    assert Ledger(store(), tmp_path).asks, "nobody comes in without a key when the last has gone"
    assert [client.revoked for client in of_team.list()] == [True, True]
    of_team.add("anna")
    assert not of_team.get("anna").revoked


@pytest.mark.parametrize(
    "name", ["", "-anna", "anna boris", "anna\n", "a" * 65, "of-settings", ANONYMOUS]
)
def test_a_name_that_is_none_or_taken_is_refused(store: Open, name: str) -> None:
    with pytest.raises(InvalidRequest):
        clients(store).add(name)


@pytest.mark.parametrize(
    "budget",
    [
        Budget(requests_per_minute=-1),
        Budget(tokens_per_day=10**15),
        Budget(roubles_per_month=float("nan")),
        Budget(roubles_per_month=float("inf")),
        Budget(models=("GigaChat-2", " ")),
        Budget(expires=-1.0),
        Budget(expires=1e14),
        Budget(expires=float("nan")),
    ],
    ids=str,
)
def test_a_budget_that_is_none_is_refused(store: Open, budget: Budget) -> None:
    of_team = clients(store)
    of_team.add("anna")
    with pytest.raises(InvalidRequest):
        of_team.add("boris", budget)
    with pytest.raises(InvalidRequest):
        of_team.change("anna", budget)
    assert [client.budget for client in of_team.list()] == [Budget()]


@pytest.mark.parametrize(
    ("expires", "shown"),
    [
        (last_day.end_of(date(2027, 12, 31)), "2027-12-31"),
        (datetime(2028, 1, 1, tzinfo=UTC).timestamp(), "2027-12-31"),
        (last_day.end_of(date.max), "9999-12-31"),
        (1e300, "9999-12-31"),
        (-1e300, "1969-12-31"),
    ],
)
def test_the_last_day_is_the_one_that_was_said(expires: float, shown: str) -> None:
    """And whatever a store holds can be listed."""
    anna = Client(name="anna", digest="", created=0.0, budget=Budget(expires=expires))
    told = Client.of_text(anna.to_text()).as_dict()
    assert told["budget"]["last_day"] == shown


def test_what_is_not_there_is_not_changed(store: Open) -> None:
    of_team = clients(store)
    of_team.add("anna")
    with pytest.raises(InvalidRequest, match="already"):
        of_team.add("anna")
    for change in (of_team.revoke, of_team.rotate, of_team.get):
        with pytest.raises(NotFound):
            change("nobody")


def test_a_budget_is_counted_once_over_processes(store: Open, tmp_path: Path) -> None:
    of_team = clients(store)
    of_team.add("anna", Budget(tokens_per_day=100, roubles_per_month=5))
    anna = of_team.get("anna")
    ledgers = [Ledger(store(), tmp_path, clock=lambda: NOW) for _ in range(4)]
    for ledger in ledgers:
        ledger.admit(anna, "ask me", works=True)
        assert ledger.spent("anna", Spent(30, 0.5))
        ledger.write()
    assert of_team.usage("anna") == UsedSoFar(0, 120, 2.0)
    for ledger in ledgers:
        with pytest.raises(
            BudgetExhausted, match=r"100 tokens a day.*2100-02-28 00:00.*ask me"
        ) as e:
            ledger.admit(anna, "ask me", works=True)
        assert e.value.retry_after == 50
        ledger.admit(anna, "ask me", works=False)
    tomorrow = Ledger(store(), tmp_path, clock=lambda: NOW + 60)
    tomorrow.admit(anna, "ask me", works=True)
    tomorrow.spent("anna", Spent(1, 3.0))
    with pytest.raises(BudgetExhausted, match=r"5 roubles a month.*2100-03-01 00:00"):
        tomorrow.admit(anna, "ask me", works=True)


def test_requests_of_a_minute_are_counted_by_many_at_once(store: Open, tmp_path: Path) -> None:
    of_team = clients(store)
    of_team.add("anna", Budget(requests_per_minute=20))
    anna = of_team.get("anna")
    ledgers = [Ledger(store(), tmp_path, clock=lambda: NOW) for _ in range(4)]
    served = []
    lock = threading.Lock()

    def ask(number: int) -> None:
        try:
            ledgers[number % 4].admit(anna, "", works=True)
        except BudgetExhausted:
            return
        with lock:
            served.append(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(60)))
    assert len(served) == 20


class Away(SqliteClientStore):
    away = False

    def transact_guard(self) -> None:
        if self.away:
            raise StoreError("away")

    def all(self):  # type: ignore[no-untyped-def]
        self.transact_guard()
        return super().all()

    def count(self, amounts):  # type: ignore[no-untyped-def]
        self.transact_guard()
        return super().count(amounts)

    def sums(self, counters):  # type: ignore[no-untyped-def]
        self.transact_guard()
        return super().sums(counters)


def test_a_store_that_is_away_costs_no_answer_and_forgets_nothing(tmp_path: Path) -> None:
    store = Away(tmp_path)
    of_team = Clients(store, clock=lambda: NOW)
    of_team.add("anna", Budget(tokens_per_day=100))
    anna = of_team.get("anna")
    ledger = Ledger(store, tmp_path, clock=lambda: NOW)
    store.away = True
    ledger.spent("anna", Spent(60))
    ledger.write()
    ledger.admit(anna, "", works=True)
    ledger.spent("anna", Spent(60))
    ledger.write()
    with pytest.raises(BudgetExhausted):
        ledger.admit(anna, "", works=True)
    assert Ledger(store, tmp_path).unknown, "at a start with the store away, nobody is let in"
    assert Ledger(store, tmp_path).asks
    store.away = False
    ledger.write()
    assert of_team.usage("anna").tokens_today == 120


class Slow(SqliteClientStore):
    """Writes when it is let."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.began, self.let = threading.Event(), threading.Event()

    def count(self, amounts):  # type: ignore[no-untyped-def]
        self.began.set()
        self.let.wait(20)
        return super().count(amounts)


def test_after_a_write_all_is_written_another_threads_part_too(tmp_path: Path) -> None:
    store = Slow(tmp_path)
    of_team = Clients(store, clock=lambda: NOW)
    of_team.add("anna")
    ledger = Ledger(store, tmp_path, clock=lambda: NOW)
    ledger.spent("anna", Spent(60))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ledger.write)
        assert store.began.wait(20)
        threading.Timer(0.1, store.let.set).start()
        ledger.write()
        assert of_team.usage("anna").tokens_today == 60
        first.result(20)


def test_who_has_never_added_a_client_is_not_asked_for_keys(tmp_path: Path) -> None:
    store = Away(tmp_path)
    store.away = True
    assert not Ledger(store, tmp_path).asks
    store.away = False
    assert not Ledger(store, tmp_path).asks
    assert list(tmp_path.iterdir()) == []


def test_models_are_names_or_patterns() -> None:
    models = Budget(models=("GigaChat-2", "Embeddings*")).models
    assert among("gigachat-2", models)
    assert among("EmbeddingsGigaR", models)
    assert not among("GigaChat-2-Max", models)
    assert among("anything", Budget().models)


def test_periods_end_where_the_next_begin() -> None:
    assert periods.day(NOW).name == "2100-02-27"
    assert periods.month(NOW) == ("2100-02", datetime(2100, 3, 1, tzinfo=UTC).timestamp())
    december = datetime(2100, 12, 31, 23, tzinfo=UTC).timestamp()
    assert periods.month(december).ends == datetime(2101, 1, 1, tzinfo=UTC).timestamp()
    assert periods.minute(NOW).seconds_left(NOW) == 50
