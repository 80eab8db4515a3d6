"""What they say is what mitmproxy's own say."""

from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.http import Headers

from gigagate.hooks.wire.quick_headers import QuickHeaders

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
