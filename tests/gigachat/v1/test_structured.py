from typing import Any

import pytest

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.request import chat_completion
from gigagate.gigachat.v1.structured import FUNCTION, WantedJson, is_asked_by_function

SCHEMA = {
    "type": "object",
    "properties": {"a": {"$ref": "#/$defs/A"}},
    "$defs": {"A": {"type": "string"}},
}
JSON_SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "n", "description": "An a.", "schema": SCHEMA, "strict": True},
}
ULTRA = "GigaChat-3-Ultra"
TOOL = {"type": "function", "function": {"name": "f"}}


def sent(policy: Policy | None = None, **chat: Any) -> dict[str, Any]:
    request = {"model": "gigachat", "messages": [{"role": "user", "content": "hi"}], **chat}
    return chat_completion(request, policy or Policy(), Notes())


def system(body: dict[str, Any]) -> str:
    message = body["messages"][0]
    return message["content"] if message["role"] == "system" else ""


@pytest.mark.parametrize("response_format", [None, {"type": "text"}])
def test_plain_text_asks_for_nothing(response_format: Any) -> None:
    assert sent(response_format=response_format) == sent()


@pytest.mark.parametrize("strict", [True, False, None])
def test_a_model_that_knows_json_schema_gets_it_in_its_flat_form(strict: bool | None) -> None:
    inner = {"name": "n", "schema": SCHEMA} | ({} if strict is None else {"strict": strict})
    wanted = {"type": "json_schema", "schema": SCHEMA} | (
        {} if strict is None else {"strict": strict}
    )
    for given in (wanted, {"type": "json_schema", "json_schema": inner}):
        body = sent(model=ULTRA, response_format=given)
        assert body["response_format"] == wanted
        assert "functions" not in body


def test_another_model_must_call_a_function_with_that_schema() -> None:
    body = sent(response_format=JSON_SCHEMA)
    assert "response_format" not in body
    assert body["function_call"] == {"name": FUNCTION}
    (function,) = body["functions"]
    assert function["description"].endswith("An a.")
    assert function["parameters"] == {"type": "object", "properties": {"a": {"type": "string"}}}
    assert is_asked_by_function(body, ToolNames({}))


@pytest.mark.parametrize(
    "chat",
    [
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "json_object"}, "model": ULTRA},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "n"}}},
        {"response_format": JSON_SCHEMA, "tools": [TOOL]},
        {"response_format": JSON_SCHEMA, "function_call": "auto"},
        {
            "response_format": JSON_SCHEMA,
            "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}],
        },
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"schema": {"type": "array", "items": SCHEMA}},
            }
        },
    ],
)
def test_where_neither_can_be_the_system_message_asks_for_json(chat: dict[str, Any]) -> None:
    body = sent(**chat)
    assert "one JSON value" in system(body)
    assert "response_format" not in body
    assert not is_asked_by_function(body, ToolNames.of(chat))


def test_the_instruction_stands_behind_the_clients_own_system_message_and_has_the_schema() -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
    body = sent(messages=messages, tools=[TOOL], response_format=JSON_SCHEMA)
    assert system(body).startswith("Be brief.\n\n")
    assert '"$defs"' in system(body)
    assert [function["name"] for function in body["functions"]] == ["f"]


def test_a_native_model_takes_tools_and_a_schema_together() -> None:
    body = sent(model=ULTRA, tools=[TOOL], response_format=JSON_SCHEMA)
    assert body["response_format"]["type"] == "json_schema"
    assert body["function_call"] == "auto"


@pytest.mark.parametrize(
    ("modes", "native"),
    [
        ({"GigaChat-2-Max": "native", "*": "function"}, True),
        ({"GigaChat-2*": "native", "*": "function"}, True),
        ({"GigaChat-2-Pro": "native", "*": "function"}, False),
        ({"*": "native"}, True),
    ],
)
def test_the_first_pattern_that_fits_the_model_decides(modes: Any, native: bool) -> None:
    body = sent(Policy(json_modes=modes), response_format=JSON_SCHEMA)
    assert ("response_format" in body) is native


def test_a_clients_own_function_of_that_name_is_no_answer() -> None:
    own = {"tools": [{"type": "function", "function": {"name": FUNCTION}}]}
    choice = {"type": "function", "function": {"name": FUNCTION}}
    body = sent(**own, tool_choice=choice, response_format=JSON_SCHEMA)
    assert body["function_call"] == {"name": FUNCTION}
    assert not is_asked_by_function(body, ToolNames.of(own))


@pytest.mark.parametrize(
    ("schema", "opening"),
    [
        (None, "{"),
        (SCHEMA, "{"),
        ({"$ref": "#/$defs/A", **SCHEMA, "type": "object"}, "{"),
        ({"type": "array"}, "["),
        ({"type": "string"}, ""),
        ({"anyOf": [{"type": "array"}, {"type": "object"}]}, "["),
    ],
)
def test_how_the_answer_begins_follows_from_the_schema(schema: Any, opening: str) -> None:
    assert WantedJson(schema, None, "").opening == opening


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
        (
            {"type": "json_schema", "json_schema": {"schema": {}, "description": 7}},
            "response_format.json_schema.description",
        ),
    ],
)
def test_a_wrong_response_format_is_a_400_that_names_it(wanted: Any, param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        WantedJson.of(wanted)
    assert refused.value.param == param
