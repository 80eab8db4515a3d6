"""What GigaChat v1 takes, in its strictest reading: written apart from the code that obeys it."""

import json
import re
from typing import Any

SCHEMA_KEYWORDS = {"type", "description", "enum", "properties", "required", "items"}
SCHEMA_TYPES = {"object", "array", "string", "number", "integer", "boolean"}
FUNCTION_NAME = re.compile(r"[A-Za-z_.-][A-Za-z0-9_.-]*")
REQUEST_FIELDS = {
    "model",
    "messages",
    "temperature",
    "top_p",
    "max_tokens",
    "repetition_penalty",
    "stream",
    "update_interval",
    "functions",
    "function_call",
    "response_format",
    "reasoning_effort",
    "profanity_check",
    "flags",
    "function_ranker",
}


def check_schema(schema: Any) -> None:
    assert isinstance(schema, dict)
    assert schema.keys() <= SCHEMA_KEYWORDS
    assert schema["type"] in SCHEMA_TYPES
    assert isinstance(schema.get("description", ""), str)
    assert ("properties" in schema) == (schema["type"] == "object")
    assert ("items" in schema) == (schema["type"] == "array")
    if "enum" in schema:
        assert schema["type"] == "string"
        assert schema["enum"]
        assert all(isinstance(value, str) for value in schema["enum"])
    if "required" in schema:
        assert schema["required"]
        assert set(schema["required"]) <= schema["properties"].keys()
    for node in schema.get("properties", {}).values():
        check_schema(node)
    if "items" in schema:
        check_schema(schema["items"])


def check_request(body: dict[str, Any]) -> None:
    assert body.keys() <= REQUEST_FIELDS
    assert body["model"]
    assert 0 < body.get("temperature", 1) <= 2
    assert 0 <= body.get("top_p", 1) <= 1
    assert body.get("max_tokens", 1) > 0
    assert body.get("repetition_penalty", 1) > 0
    check_messages(body["messages"])
    for function in body.get("functions", ()):
        check_function(function)
    call = body.get("function_call")
    if call is not None:
        assert body["messages"][-1]["role"] in ("user", "function")
        assert call in ("auto", "none") or FUNCTION_NAME.fullmatch(call["name"])
    json.dumps(body, allow_nan=False)


def check_messages(messages: list[dict[str, Any]]) -> None:
    assert messages
    before: dict[str, Any] = {"role": None}
    for i, message in enumerate(messages):
        role = message["role"]
        assert role in ("system", "user", "assistant", "function")
        assert isinstance(message["content"], str)
        assert role != "system" or i == 0
        assert role != before["role"]
        called = before.get("function_call")
        assert (role == "function") == (called is not None)
        if role == "function":
            assert message["name"] == called["name"]
            assert isinstance(json.loads(message["content"]), dict)
        if "function_call" in message:
            assert role == "assistant"
            assert FUNCTION_NAME.fullmatch(message["function_call"]["name"])
            assert isinstance(message["function_call"]["arguments"], dict)
        before = message
    assert "function_call" not in before


def check_function(function: dict[str, Any]) -> None:
    assert FUNCTION_NAME.fullmatch(function["name"])
    assert isinstance(function.get("description", ""), str)
    for key in ("parameters", "return_parameters"):
        if key in function:
            check_schema(function[key])
            assert function[key]["type"] == "object"
