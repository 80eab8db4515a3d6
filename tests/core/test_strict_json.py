import pytest

from gigagate.core import strict_json


@pytest.mark.parametrize(
    "text", ["", "NaN", "[Infinity]", '{"a":-Infinity}', "1e999", "{", "{} {}", "[" * 200_000]
)
def test_what_is_not_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        strict_json.loads(text)


@pytest.mark.parametrize(
    ("text", "value"), [(' {"a": [1, 2.5, null]} ', {"a": [1, 2.5, None]}), ('"\\u0442"', "т")]
)
def test_json_is_read(text: str, value: object) -> None:
    assert strict_json.loads(text) == value
