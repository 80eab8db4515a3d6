import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.core import json_cost, strict_json

MANY = 2_000_000
HOSTILE = {
    "objects": b"[" + b"{}," * MANY + b"0]",
    "arrays": b"[" * 4_000_000,
    "numbers": b"[" + b"0," * (3 * MANY) + b"0]",
    "pairs": b"{" + b'"":0,' * (3 * MANY) + b'"":0}',
    "names": b"{" + b",".join(b'"%x":0' % i for i in range(MANY)) + b"}",
    "objects behind a text": b'["' + b"," * 1000 + b'",' + b"{}," * MANY + b"0]",
}
HARMLESS = {
    "commas in a text": b'["' + b"{}," * MANY + b'"]',
    "escapes in a text": b'["' + rb"\"{}," * MANY + b'"]',
    "base64": b'["' + b"iVBORw0KGgo" * MANY + b'"]',
    "an open text": b'["' + rb"\"{}," * MANY,
    "an open text that ends in an escape": b'["' + rb"\"{}," * MANY + b"\\",
    "token ids": b'{"input":[' + b"12345," * 300_000 + b"0]}",
}
VECTORS = b"[" + b"0.123456789012345," * 1_000_000 + b"0]"


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_take_much_memory_is_not_read(name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="too many values"):
            strict_json.loads(HOSTILE[name])
        assert tracemalloc.get_traced_memory()[1] < 2 * len(HOSTILE[name]) + 1_000_000
    finally:
        tracemalloc.stop()
    assert json_cost.is_too_much(HOSTILE[name].decode())


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_long_but_has_few_values_is(name: str) -> None:
    assert not json_cost.is_too_much(HARMLESS[name])


def test_of_gigachats_vectors_there_may_be_more() -> None:
    assert json_cost.is_too_much(VECTORS)
    assert not json_cost.is_too_much(VECTORS, json_cost.OF_GIGACHAT)


def test_the_estimate_is_high() -> None:
    names = ",".join(f'"{i:x}":0' for i in range(100_000))
    for text in ("[" + "{}," * 100_000 + "0]", "[" + '{"a":1},' * 100_000 + "0]", f"{{{names}}}"):
        tracemalloc.start()
        parsed = json.loads(text)
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert taken <= json_cost._estimate(text.encode()), len(parsed)


JSON = st.recursive(
    st.none() | st.integers(-9, 9) | st.just(""),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("a", max_size=1), inner),
)


@given(JSON)
def test_nothing_takes_more_for_its_length_than_empty_objects(value: object) -> None:
    text = json.dumps(value, separators=(",", ":")).encode()
    assert json_cost._estimate(text) <= json_cost._MOST_A_BYTE * (len(text) + 1)
