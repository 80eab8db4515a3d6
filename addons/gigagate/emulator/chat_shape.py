"""The JSON shape of a chat completion request: a value of the wrong type is "invalid JSON syntax".

GigaChat answers every one of these with the same 400, and so hides which field it was.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from gigagate.emulator.config import EmulatorConfig

Check = Callable[[Any], bool]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _string(value: Any) -> bool:
    return isinstance(value, str)


def _boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(map(_string, value))


def _objects(value: Any) -> bool:
    return isinstance(value, list) and all(map(_object, value))


def _nullable(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _one_of(*choices: str) -> Check:
    return lambda value: value in choices


def _uuid(value: Any) -> bool:
    try:
        return bool(uuid.UUID(value))
    except (ValueError, TypeError, AttributeError):
        return False


def _function_call_choice(value: Any) -> bool:
    if isinstance(value, dict):
        return _string(value.get("name")) and value.keys() <= {"name", "partial_arguments"}
    return value in ("none", "auto")


_REQUEST: Mapping[str, Check] = {
    "model": _string,
    "messages": _objects,
    "temperature": _nullable(_number),
    "top_p": _nullable(_number),
    "max_tokens": _nullable(_integer),
    "repetition_penalty": _nullable(_number),
    "stream": _nullable(_boolean),
    "update_interval": _nullable(_number),
    "functions": _nullable(_objects),
    "function_call": _function_call_choice,
    "response_format": _object,
    # Sent by Sber's SDK or by its guides, though not in the reference.
    "reasoning_effort": _one_of("low", "medium", "high"),
    "n": _integer,
    "profanity_check": _nullable(_boolean),
    "flags": _strings,
    "storage": _object,
    "function_ranker": _object,
}
_MESSAGE: Mapping[str, Check] = {
    "role": _string,
    "content": _string,
    "name": _string,
    "attachments": _strings,
    "function_call": _object,
    "functions_state_id": _uuid,
}
_FUNCTION_CALL: Mapping[str, Check] = {"name": _string, "arguments": _object}
_FUNCTION: Mapping[str, Check] = {
    "name": _string,
    "description": _nullable(_string),
    "parameters": _nullable(_object),
    "few_shot_examples": _nullable(_objects),
    "return_parameters": _nullable(_object),
}
_RESPONSE_FORMAT: Mapping[str, Check] = {
    "type": _string,
    "schema": _object,
    "strict": _nullable(_boolean),
}
ROLES = ("system", "user", "assistant", "function")


def well_formed(body: Any, config: EmulatorConfig) -> bool:
    """Whether every field has the JSON type that GigaChat expects."""
    if not (isinstance(body, dict) and "model" in body and "messages" in body):
        return False
    known = config.unknown_fields == "refuse"
    return (
        _fits(body, _REQUEST, known)
        and bool(body["messages"])
        and all(_message_fits(m, config) for m in body["messages"])
        and all("name" in f and _fits(f, _FUNCTION, known) for f in body.get("functions") or ())
        and _fits(body.get("response_format", {}), _RESPONSE_FORMAT, False)
    )


def _message_fits(message: dict[str, Any], config: EmulatorConfig) -> bool:
    known = config.unknown_fields == "refuse"
    if config.null_content == "accept" and message.get("content") is None:
        message = message | {"content": ""}
    role = message.get("role")
    extra = {"developer": config.developer_role, "tool": config.tool_role}
    if role not in ROLES and extra.get(role or "") != "accept":
        return False
    call = message.get("function_call")
    return (
        "content" in message
        and _fits(message, _MESSAGE, known)
        and (call is None or ("name" in call and _fits(call, _FUNCTION_CALL, known)))
    )


def _fits(value: Mapping[str, Any], table: Mapping[str, Check], only_known: bool) -> bool:
    for name, item in value.items():
        check = table.get(name)
        if check is None and only_known:
            return False
        if check is not None and not check(item):
            return False
    return True
