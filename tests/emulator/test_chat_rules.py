"""Each refusal, by the smallest request that earns it; and each switch that lifts one."""

import copy
from typing import Any

import pytest

from gigagate.emulator.chat_rules import ChatRequest, FileFacts, refuse
from gigagate.emulator.config import EmulatorConfig

INVALID = (400, "Your request contains invalid JSON syntax.")
USER = {"role": "user", "content": "Привет"}
SYSTEM = {"role": "system", "content": "Ты помощник"}
SAID = {"role": "assistant", "content": "Здравствуйте"}
CALL = {"role": "assistant", "content": "", "function_call": {"name": "f", "arguments": {"a": 1}}}
RESULT = {"role": "function", "name": "f", "content": '{"ok":true}'}
PARAMETERS = {"type": "object", "properties": {"a": {"type": "string"}}}
FUNCTION = {"name": "f", "parameters": PARAMETERS}
SCHEMA = {"type": "object", "properties": {}}
FILES = {
    "text": FileFacts("text/plain", 2),
    "image1": FileFacts("image/png", 2),
    "image2": FileFacts("image/png", 2),
}


def chat(*messages: Any, **fields: Any) -> dict[str, Any]:
    return {"model": "GigaChat-2", "messages": list(messages or [USER])} | fields


STATE = "0199e210-2f13-744c-8fe5-c9a19fe27db7"


def refusal(body: Any, **switches: Any) -> tuple[int, str] | None:
    return refuse(ChatRequest(body, EmulatorConfig().changed(switches), FILES))


ACCEPTED = [
    chat(),
    chat(SYSTEM, USER),
    chat(USER, SAID, USER),
    chat(SYSTEM, USER, CALL, RESULT, functions=[FUNCTION]),
    chat(USER, CALL, RESULT, CALL, RESULT, SAID, USER),
    chat(temperature=0.01, top_p=0, max_tokens=1, repetition_penalty=1.0, stream=True),
    chat(temperature=None, max_tokens=None, functions=None, stream=False, update_interval=0.5),
    chat(functions=[FUNCTION], function_call="none"),
    chat(functions=[FUNCTION], function_call={"name": "f"}),
    chat(functions=[{"name": "text2image"}], function_call={"name": "text2image"}),
    chat(functions=[{"name": "f", "parameters": {"type": "object", "properties": {}}}]),
    chat(USER | {"attachments": ["image1"]}),
    chat({"role": "user", "content": "", "attachments": ["text"]}),
    chat(response_format={"type": "text"}),
    chat(model="GigaChat-3-Ultra", response_format={"type": "json_schema", "schema": SCHEMA}),
    chat(model="GigaChat-2-Max:latest", reasoning_effort="low", n=1, profanity_check=False),
]


@pytest.mark.parametrize("body", ACCEPTED)
def test_right_requests_pass(body: dict[str, Any]) -> None:
    assert refusal(body) is None


WRONG_SHAPES = [
    None,
    [],
    {},
    {"model": "GigaChat-2"},
    {"messages": [USER]},
    chat() | {"messages": []},
    chat() | {"messages": {}},
    chat("Привет"),
    chat({"content": "no role"}),
    chat({"role": "user", "content": [{"type": "text", "text": "Привет"}]}),
    chat({"role": "user", "content": 7}),
    chat({"role": "search", "content": "?"}),
    chat(USER, SAID | {"tool_calls": []}, USER),
    chat(USER, CALL | {"function_call": {"name": "f", "arguments": '{"a":1}'}}, RESULT),
    chat(USER, CALL | {"function_call": {"arguments": {}}}, RESULT),
    chat(USER, CALL | {"functions_state_id": "no uuid"}, RESULT),
    chat(USER, CALL, {"role": "function", "name": "f", "content": {"ok": True}}),
    chat(USER, CALL, {"role": "function", "content": "{}"}),
    chat(USER | {"attachments": "image1"}),
    chat(model=7),
    chat(temperature="0.5"),
    chat(temperature=True),
    chat(max_tokens=1.5),
    chat(stream="true"),
    chat(functions={}),
    chat(functions=[{"parameters": PARAMETERS}]),
    chat(functions=[{"name": "f", "parameters": "{}"}]),
    chat(function_call="required"),
    chat(function_call={"function": {"name": "f"}}),
    chat(response_format="text"),
    chat(reasoning_effort="minimal"),
]


@pytest.mark.parametrize("body", WRONG_SHAPES)
def test_a_wrong_shape_is_invalid_json_syntax(body: Any) -> None:
    assert refusal(body) == INVALID


MUST_BE_FIRST = "Invalid params: system message must be the first message"
NO_RESULT = "Invalid params: every assistant function call must have a result in history"
NO_CALL = "every assistant function result must have an assistant function call in history"
NAMES = (
    "Invalid params: Invalid function names. Only Latin letters (A-Z or a-z), underscore (_), "
    "hyphen (-), dot (.) and digits (not leading) are allowed.: "
)
LAST = "should only appeal in user, function messages or random role messages"
NESTED = {"type": "object", "properties": {"data": {"type": "object"}}}

REFUSED = [
    (chat(model="gpt-5"), 404, "No such model"),
    (chat(model="Embeddings"), 404, "No such model"),
    (chat(USER, SYSTEM), 422, MUST_BE_FIRST),
    (chat(SYSTEM, SYSTEM, USER), 422, MUST_BE_FIRST),
    (chat(USER, CALL, SAID), 422, NO_RESULT),
    (chat(USER, CALL), 422, NO_RESULT),
    (chat(USER, RESULT), 422, NO_CALL),
    (chat(USER, CALL, RESULT, RESULT), 422, NO_CALL),
    (chat(USER, CALL, RESULT | {"name": "g"}), 422, NO_CALL),
    (
        chat(USER, CALL, RESULT | {"content": "done"}),
        422,
        "INVALID_PARAMS: invalid function result for function f json string `done`, "
        "error: JSON parse error at line 1 column 1",
    ),
    (
        chat(USER, CALL, RESULT | {"content": ""}),
        422,
        "INVALID_PARAMS: invalid function result for function f json string ``, "
        "error: JSON parse error at line 1 column 1",
    ),
    (
        chat(USER, CALL, RESULT | {"content": "{}{}"}),
        422,
        "INVALID_PARAMS: invalid function result for function f json string `{}{}`, "
        "error: The document root must not be followed by other values.",
    ),
    (
        chat(USER, CALL | {"functions_state_id": STATE}, RESULT),
        422,
        "Function calls count does not match function results count",
    ),
    (chat(USER, SAID, functions=[FUNCTION]), 422, f"functions or thinking_functions {LAST}"),
    (
        chat(SYSTEM, functions=[FUNCTION], function_call={"name": "f"}),
        422,
        f"Invalid params: explicit_call {LAST}",
    ),
    (chat(functions=[FUNCTION | {"name": "1f"}]), 422, f"{NAMES}[1f]"),
    (chat(functions=[FUNCTION | {"name": "функция"}]), 422, f"{NAMES}[функция]"),
    (
        chat(functions=[FUNCTION | {"parameters": {"type": "object"}}]),
        422,
        "Field 'properties' is missing",
    ),
    (
        chat(functions=[FUNCTION | {"parameters": NESTED}]),
        422,
        "Field 'properties.data.properties' is missing",
    ),
    (chat(functions=[{"name": "f"}]), 422, "Field 'parameters' is missing"),
    (chat(functions=[FUNCTION], function_call={"name": "g"}), 422, "g is not in functions"),
    (chat(top_p=1.1), 422, "Invalid params: top_p must be in range [0, 1]"),
    (chat(temperature=-1), 422, "Invalid params: temperature must be in range (0, +inf)"),
    (chat(max_tokens=0), 422, "Invalid params: max_tokens must be in range (0, +inf)"),
    (
        chat(repetition_penalty=0),
        422,
        "Invalid params: repetition_penalty must be in range (0, +inf)",
    ),
    (chat(n=2), 422, "Invalid params: n must be"),
    (chat(USER | {"attachments": ["gone"]}), 404, "No such file"),
    (chat(USER | {"attachments": ["image1", "image2"]}), 422, "too many images"),
    (chat(USER, SAID | {"attachments": ["text"]}, USER), 422, "user messages only"),
    (
        chat(model="GigaChat-3-Ultra", response_format={"type": "json_schema", "json_schema": {}}),
        400,
        "Empty schema with json format type is not supported",
    ),
]


@pytest.mark.parametrize(("body", "status", "words"), REFUSED)
def test_a_broken_rule_is_told_in_gigachats_words(
    body: dict[str, Any], status: int, words: str
) -> None:
    found = refusal(body)
    assert found is not None
    assert found[0] == status
    assert words in found[1]


def parameters(**schema: Any) -> dict[str, Any]:
    properties = {"type": "object", "properties": {"a": schema}}
    return chat(functions=[{"name": "f", "parameters": properties}])


SWITCHED = [
    (chat(model="GigaChat"), 404, {"models": "all"}),
    (chat(tools=[]), 400, {"unknown_fields": "ignore"}),
    (chat(USER | {"cache_control": {}}), 400, {"unknown_fields": "ignore"}),
    (chat(seed=1, stop=["x"]), 400, {"unknown_fields": "ignore"}),
    (
        chat(USER, SAID | {"content": None}, USER),
        400,
        {"null_content": "accept", "empty_content": "accept"},
    ),
    (chat(USER | {"content": ""}), 422, {"empty_content": "accept"}),
    (chat({"role": "developer", "content": "x"}, USER), 400, {"developer_role": "accept"}),
    (chat(USER, CALL, {"role": "tool", "content": "{}"}), 400, {"tool_role": "accept"}),
    (chat(USER, USER), 422, {"repeated_role": "accept"}),
    (chat(USER, SAID, SAID), 422, {"repeated_role": "accept"}),
    (chat(SYSTEM), 422, {"no_user_message": "accept"}),
    (chat(USER, SAID, functions=[FUNCTION]), 422, {"functions_last_message": "accept"}),
    (chat(USER, CALL, RESULT | {"content": "[1]"}), 422, {"function_result": "json"}),
    (chat(temperature=0), 422, {"zero_temperature": "accept"}),
    (chat(response_format={"type": "json_object"}), 400, {"json_object": "accept"}),
    (chat(response_format={"type": "json_schema", "schema": SCHEMA}), 422, {"json_schema": "all"}),
    *(
        (parameters(**schema), 422, {"schema_keywords": "accept"})
        for schema in (
            {"$ref": "#/$defs/A"},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            {"type": ["string", "null"]},
            {"type": "integer", "enum": [1, 2]},
            {"type": "string", "format": "binary"},
            {"type": "array"},
            {"type": "array", "items": {}},
            {"description": "no type"},
        )
    ),
]


@pytest.mark.parametrize(("body", "status", "switches"), SWITCHED)
def test_what_is_unknown_is_refused_unless_switched(
    body: dict[str, Any], status: int, switches: dict[str, Any]
) -> None:
    found = refusal(body)
    assert found is not None
    assert found[0] == status
    assert refusal(body, **switches) is None


def test_a_state_id_may_be_allowed_or_demanded() -> None:
    body = chat(USER, CALL, RESULT)
    assert refusal(body) is None
    with_state = chat(USER, CALL | {"functions_state_id": STATE}, RESULT)
    assert refusal(with_state, functions_state_id="optional") is None
    assert refusal(with_state, functions_state_id="required") is None
    assert refusal(body, functions_state_id="required") == (
        422,
        "Invalid params: functions_state_id is missing",
    )


def test_models_may_be_switched_off() -> None:
    assert refusal(chat(), model_stop="423") == (423, "Locked")
    found = refusal(chat(), model_stop="403")
    assert found is not None
    assert found[0] == 403
    assert "temporarily unavailable due to technical reasons" in found[1]


def test_ultra_too_can_be_without_json_schema() -> None:
    body = chat(model="GigaChat-3-Ultra", response_format={"type": "json_schema", "schema": SCHEMA})
    assert refusal(body) is None
    assert refusal(body, json_schema="none") is not None


@pytest.mark.parametrize("body", ACCEPTED)
def test_the_rules_leave_the_request_alone(body: dict[str, Any]) -> None:
    before = copy.deepcopy(body)
    refusal(body, null_content="accept")
    assert body == before
