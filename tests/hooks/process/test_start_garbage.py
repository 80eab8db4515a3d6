import gc
from collections.abc import Iterator

import pytest

from gigagate.hooks.process import start_garbage


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_what_a_start_makes_is_not_looked_through() -> None:
    start_garbage.begin()
    assert not gc.isenabled()
    start_garbage.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000


def test_what_was_not_begun_can_end() -> None:
    start_garbage.end()
    assert gc.isenabled()
