"""What is worth a thread: large bodies, packed ones, and such as have many parts."""

import pytest
from tests.bench import traffic

from gigagate.core.large_body import LARGE, MANY, SMALL, is_large, takes_long


@pytest.mark.parametrize(
    ("body", "coding", "long"),
    [
        (bytes(SMALL), "gzip", False),
        (bytes(SMALL + 1), "gzip", True),
        (bytes(SMALL + 1), None, False),
        (bytes(SMALL + 1), "", False),
        (bytes(LARGE), None, False),
        (bytes(LARGE + 1), None, True),
        (b":" * SMALL, None, False),
        (b":" * MANY + bytes(SMALL), None, False),
        (b":" * MANY + b":" + bytes(SMALL), None, True),
        (b",:" * MANY + bytes(SMALL), None, True),
        (traffic.cline(255_000, parts=True, tools=25), None, False),
    ],
    ids=[
        *(
            "small, packed",
            "packed",
            "not small",
            "told that it is not packed",
            "not large",
            "large",
            "small, many",
        ),
        *("not many", "many", "many and many", "an agent's"),
    ],
)
def test_what_is_worth_a_thread(body: bytes, coding: str | None, long: bool) -> None:
    assert takes_long(body, coding) is long


@pytest.mark.parametrize(
    ("size", "coding", "large"),
    [
        (SMALL, "gzip", False),
        (SMALL + 1, "gzip", True),
        (LARGE, "", False),
        (LARGE, None, False),
        (LARGE + 1, None, True),
    ],
)
def test_what_is_only_looked_through_is_told_by_its_size(
    size: int, coding: str | None, large: bool
) -> None:
    assert is_large(b":" * size, coding) is large
