import json
import tracemalloc

import pytest

from gigagate.core import json_cost, strict_json

MANY = 2_000_000
HOSTILE = {
    "objects": b"[" + b"{}," * MANY + b"0]",
    "arrays": b"[" * 4_000_000,
    "numbers": b"[" + b"0," * (3 * MANY) + b"0]",
    "pairs": b"{" + b'"":0,' * (3 * MANY) + b'"":0}',
    "objects behind a text": b'["' + b"," * 1000 + b'",' + b"{}," * MANY + b"0]",
}
HARMLESS = {
    "commas in a text": b'["' + b"{}," * MANY + b'"]',
    "escapes in a text": b'["' + rb"\"{}," * MANY + b'"]',
    "base64": b'["' + b"iVBORw0KGgo" * MANY + b'"]',
    "an open text": b'["' + rb"\"{}," * MANY,
    "an open text that ends in an escape": b'["' + rb"\"{}," * MANY + b"\\",
    "embeddings": b"[" + b"0.123456789012345," * 1_000_000 + b"0]",
}


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


def test_the_estimate_is_high() -> None:
    for text in ("[" + "{}," * 100_000 + "0]", "[" + '{"a":1},' * 100_000 + "0]"):
        tracemalloc.start()
        parsed = json.loads(text)
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert taken <= json_cost._estimate(text.encode()), len(parsed)
