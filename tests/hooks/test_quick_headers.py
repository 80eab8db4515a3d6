"""What they say is what mitmproxy's own say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.http import Headers

from gigagate.hooks.quick_headers import QuickHeaders

NAME = st.sampled_from([b"Host", b"host", b"X-Twice", b"x-TWICE", b"\xff", b""])
FIELDS = st.lists(st.tuples(NAME, st.binary(max_size=4)), max_size=6).map(tuple)
ASKED = NAME | st.sampled_from(["Host", "x-twice", "absent", "\udcff", "имя"])


@given(FIELDS, ASKED)
def test_every_look_finds_the_same(
    fields: tuple[tuple[bytes, bytes], ...], asked: str | bytes
) -> None:
    quick, plain = QuickHeaders.of(fields), Headers(fields)
    assert quick.get_all(asked) == plain.get_all(asked)
    assert (asked in quick) == (asked in plain)
    assert quick.get(asked) == plain.get(asked)
    assert bytes(quick) == bytes(plain)
    assert quick == plain


@given(FIELDS, ASKED)
def test_one_that_is_changed_is_looked_up_anew(
    fields: tuple[tuple[bytes, bytes], ...], asked: str | bytes
) -> None:
    quick, plain = QuickHeaders.of(fields), Headers(fields)
    for headers in (quick, plain):
        headers.get(asked)
        headers["Host"] = "new"
        headers.pop("x-twice", None)
    assert quick.get(asked, 7) == plain.get(asked, 7)
    assert [*quick.items()] == [*plain.items()]
    assert quick.copy().get("host") == "new"


@given(FIELDS)
def test_what_is_absent_is_no_key(fields: tuple[tuple[bytes, bytes], ...]) -> None:
    with pytest.raises(KeyError, match="absent"):
        QuickHeaders.of(fields)["absent"]
    assert 7 not in QuickHeaders.of(fields)
