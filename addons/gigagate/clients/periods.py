"""Minutes, days and months in UTC: every machine agrees when a budget begins anew."""

import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

MINUTE, DAY, MONTH = "minute", "day", "month"


class Period(NamedTuple):
    name: str
    """The name of this period, which no other one has."""
    ends: float
    """Unix time."""

    def seconds_left(self, now: float) -> int:
        return max(1, math.ceil(self.ends - now))


def minute(now: float) -> Period:
    number = int(now // 60)
    return Period(str(number), (number + 1) * 60.0)


def day(now: float) -> Period:
    begins = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(f"{begins:%Y-%m-%d}", (begins + timedelta(days=1)).timestamp())


def month(now: float) -> Period:
    begins = datetime.fromtimestamp(now, UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    ends = (begins + timedelta(days=32)).replace(day=1)
    return Period(f"{begins:%Y-%m}", ends.timestamp())
