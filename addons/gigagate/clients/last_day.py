"""The last day of a client's key: people name a day of UTC, what is kept is the moment it ends."""

from datetime import UTC, date, datetime, time, timedelta

_LAST_SECOND = time(23, 59, 59, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def end_of(day: date) -> float:
    """Unix time."""
    return datetime.combine(day, _LAST_SECOND).timestamp()


LATEST = end_of(date.max)


def moment(expires: float) -> datetime:
    """The nearest one that a calendar has.  expires: Unix time."""
    return _EPOCH + timedelta(seconds=min(max(expires, 0.0), LATEST))


def day_of(expires: float) -> date:
    """The last day that is served whole; a key that ends at midnight has had the day before."""
    return (moment(expires) - timedelta(seconds=1)).date()
