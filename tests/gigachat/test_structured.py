from typing import Any

import pytest

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.structured import response_format

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        (None, None),
        ({"type": "text"}, None),
        ({"type": "json_object"}, None),
        ({"type": "json_schema", "json_schema": {"name": "n"}}, None),
        (
            {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": SCHEMA, "strict": True},
            },
            {"type": "json_schema", "schema": SCHEMA, "strict": True},
        ),
        (
            {"type": "json_schema", "json_schema": {"schema": SCHEMA}},
            {"type": "json_schema", "schema": SCHEMA},
        ),
        (
            {"type": "json_schema", "schema": SCHEMA, "strict": False},
            {"type": "json_schema", "schema": SCHEMA, "strict": False},
        ),
    ],
)
def test_a_response_format_becomes_gigachats(wanted: Any, sent: Any) -> None:
    assert response_format(wanted, Policy(), Notes()) == sent


def test_a_dropped_json_object_leaves_a_note() -> None:
    notes = Notes()
    response_format({"type": "json_object"}, Policy(), notes)
    assert len(notes) == 1


def test_json_object_is_refused_in_strict_mode() -> None:
    with pytest.raises(UnsupportedFeature):
        response_format({"type": "json_object"}, Policy(strict=True), Notes())


@pytest.mark.parametrize(
    ("wanted", "param"),
    [
        ("json_object", "response_format"),
        ({}, "response_format.type"),
        ({"type": "yaml"}, "response_format.type"),
        ({"type": "json_schema", "json_schema": 1}, "response_format.json_schema"),
        (
            {"type": "json_schema", "json_schema": {"schema": "x"}},
            "response_format.json_schema.schema",
        ),
        (
            {"type": "json_schema", "json_schema": {"schema": {}, "strict": "yes"}},
            "response_format.json_schema.strict",
        ),
    ],
)
def test_a_wrong_response_format_is_a_400_that_names_it(wanted: Any, param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        response_format(wanted, Policy(), Notes())
    assert refused.value.param == param
