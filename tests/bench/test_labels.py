"""Labels keep their distance, their order, and move no further than they must."""

import pytest
from tests.bench.labels import spread


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([], []),
        ([0.5, 0.1], [0.5, 0.1]),
        ([0.5, 0.5], [0.45, 0.55]),
        ([0.6, 0.5, 0.55], [0.65, 0.45, 0.55]),
        ([0.5, 0.5, 0.58], [0.3 + 0.38 / 3, 0.4 + 0.38 / 3, 0.5 + 0.38 / 3]),
    ],
)
def test_spread(wanted: list[float], expected: list[float]) -> None:
    assert spread(wanted, 0.1) == pytest.approx(expected)
