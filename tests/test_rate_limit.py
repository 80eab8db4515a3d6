import pytest
from tests.support.stores import Clock

from gigagate import rate_limit
from gigagate.errors import TooManyRequests
from gigagate.rate_limit import RateLimit, sender


@pytest.fixture
def clock() -> Clock:
    """Begins within a second, so that sums are rounded."""
    clock = Clock()
    clock.now = 1_000_000.3
    return clock


@pytest.mark.parametrize("per_minute", [1, 7, 60, 1000])
def test_a_minutes_worth_may_come_at_once_and_then_as_it_refills(
    clock: Clock, per_minute: int
) -> None:
    limit = RateLimit(clock)
    for _ in range(per_minute):
        limit.take("anna", per_minute)
    with pytest.raises(TooManyRequests) as refusal:
        limit.take("anna", per_minute)
    assert refusal.value.status == 429
    assert refusal.value.retry_after is not None
    clock.now += refusal.value.retry_after
    limit.take("anna", per_minute)


def test_a_refused_request_costs_nothing(clock: Clock) -> None:
    limit = RateLimit(clock)
    limit.take("anna", 1)
    for _ in range(100):
        with pytest.raises(TooManyRequests):
            limit.take("anna", 1)
    clock.now += 60
    limit.take("anna", 1)


def test_clients_do_not_share_a_bucket(clock: Clock) -> None:
    limit = RateLimit(clock)
    limit.take("anna", 1)
    limit.take("boris", 1)
    with pytest.raises(TooManyRequests):
        limit.take("boris", 1)


def test_zero_is_no_limit(clock: Clock) -> None:
    limit = RateLimit(clock)
    for _ in range(1000):
        limit.take("anna", 0)
    assert len(limit) == 0


def test_clients_that_are_gone_are_forgotten(clock: Clock) -> None:
    limit = RateLimit(clock)
    for number in range(100):
        limit.take(f"client {number}", 60)
    clock.now += 60
    for _ in range(101):
        limit.take("anna", 60)
        clock.now += 1
    assert len(limit) == 1


def test_memory_is_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MAX_CLIENTS", 10)
    limit = RateLimit(clock)
    for number in range(1000):
        limit.take(f"client {number}", 60)
    assert len(limit) == 10


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("127.0.0.1", "this machine"),
        ("127.1.2.3", "this machine"),
        ("::1", "this machine"),
        ("::ffff:127.9.9.9", "this machine"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("not an address", "not an address"),
    ],
)
def test_a_machine_cannot_count_as_many(address: str, who: str) -> None:
    assert sender(address) == who
