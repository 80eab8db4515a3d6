import pytest

from gigagate.plural import counted


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 requests"), (1, "1 request"), (2, "2 requests"), (1_000_000, "1000000 requests")],
)
def test_a_number_before_what_it_counts(number: int, said: str) -> None:
    assert counted(number, "request") == said
