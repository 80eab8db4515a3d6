"""A sample tells how much of a byte there is, wherever it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.core.sample import sample


@pytest.mark.parametrize(
    "content",
    [
        b"{}," * 40_000,
        b":" * 20_000 + bytes(100_000),
        bytes(100_000) + b":" * 20_000,
        b"{}," * 400_000,
        bytes(1_000_000) + b":" * 200_000,
    ],
    ids=["everywhere", "in front", "at the end", "of a long one", "at the end of a long one"],
)
def test_what_there_is_much_of_is_seen(content: bytes) -> None:
    part, stride = sample(content)
    for byte in (b"{", b":"):
        assert part.count(byte) * stride == pytest.approx(content.count(byte), rel=0.1)


@given(st.binary(max_size=2000))
def test_it_is_part_of_the_content(content: bytes) -> None:
    part, stride = sample(content)
    assert len(content) / stride - 1 <= len(part) <= len(content) / stride + 1
    assert set(part) <= set(content)
