"""What GigaChat refuses in a well-formed chat completion request, and with which words.

Every rule is a pure function of the request: a refusal, or None.  Where no source shows
GigaChat's words the text is ours; those rules hang on a switch of the configuration.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gigagate.emulator import models
from gigagate.emulator.chat_functions import function_rules
from gigagate.emulator.chat_shape import well_formed
from gigagate.emulator.config import EmulatorConfig

INVALID_JSON = "Your request contains invalid JSON syntax."
MAX_IMAGES_IN_MESSAGE = 1
MAX_IMAGES = 10


class Refusal(NamedTuple):
    status: int
    message: str


class FileFacts(NamedTuple):
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request as the rules see it: parsed, with the files that its account may use."""

    body: dict[str, Any]
    config: EmulatorConfig
    files: dict[str, FileFacts]

    @property
    def messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.body["messages"]
        return messages


Rule = Callable[[ChatRequest], Refusal | None]


def refuse(request: ChatRequest) -> Refusal | None:
    """The first thing that is wrong, in the order in which GigaChat would meet it."""
    if not well_formed(request.body, request.config):
        return Refusal(400, INVALID_JSON)
    return next((found for rule in _RULES if (found := rule(request))), None)


def _model_exists(request: ChatRequest) -> Refusal | None:
    if models.find(request.body["model"], request.config.models, "chat"):
        return None
    return Refusal(404, "No such model")


def _model_stop(request: ChatRequest) -> Refusal | None:
    if request.config.model_stop == "423":
        return Refusal(423, "Locked")
    if request.config.model_stop == "403":
        return Refusal(403, "The model is temporarily unavailable due to technical reasons")
    return None


def _parameters(request: ChatRequest) -> Refusal | None:
    for name, allowed, interval in _RANGES:
        value = request.body.get(name)
        if name == "temperature" and value == 0 and request.config.zero_temperature == "accept":
            continue
        if value is not None and not allowed(value):
            return Refusal(422, f"Invalid params: {name} must be in range {interval}")
    return None


_RANGES: Sequence[tuple[str, Callable[[float], bool], str]] = (
    ("temperature", lambda v: v > 0, "(0, +inf)"),
    ("top_p", lambda v: 0 <= v <= 1, "[0, 1]"),
    ("repetition_penalty", lambda v: v > 0, "(0, +inf)"),
    ("max_tokens", lambda v: 0 < v < 2**31, "(0, +inf)"),
    ("update_interval", lambda v: v >= 0, "[0, +inf)"),
    ("n", lambda v: v == 1, "[1, 1]"),
)


def _response_format(request: ChatRequest) -> Refusal | None:
    wanted = request.body.get("response_format")
    if wanted is None or wanted.get("type") == "text":
        return None
    type_, config = wanted.get("type"), request.config
    if type_ == "json_object" and config.json_object == "accept":
        return None
    if type_ != "json_schema":
        return Refusal(400, f'Unknown type "{type_}" in response_format')
    if not wanted.get("schema"):
        return Refusal(400, "Empty schema with json format type is not supported")
    ultra = request.body["model"].startswith("GigaChat-3-Ultra")
    if config.json_schema == "all" or (config.json_schema == "ultra" and ultra):
        return None
    return Refusal(422, "Requested model does not support response_format")


def _system_first(request: ChatRequest) -> Refusal | None:
    system = {"system", "developer"}
    if any(m["role"] in system for m in request.messages[1:]):
        return Refusal(422, "Invalid params: system message must be the first message")
    return None


def _content(request: ChatRequest) -> Refusal | None:
    if request.config.empty_content == "accept":
        return None
    for message in request.messages:
        if not (message.get("content") or message.get("function_call") or _files_of(message)):
            return Refusal(422, "Invalid params: message content must not be empty")
    return None


def _user_message(request: ChatRequest) -> Refusal | None:
    if request.config.no_user_message == "accept" or request.body.get("functions"):
        return None  # with functions the rule about the last message has its own words
    if any(m["role"] == "user" for m in request.messages):
        return None
    return Refusal(422, "Invalid params: messages must contain a user message")


def _neighbours(request: ChatRequest) -> Refusal | None:
    if request.config.repeated_role == "accept":
        return None
    for before, after in zip(request.messages, request.messages[1:], strict=False):
        if before["role"] == after["role"] in ("user", "assistant"):
            role = after["role"]
            return Refusal(422, f"Invalid params: two {role} messages must not be neighbours")
    return None


def _pairing(request: ChatRequest) -> Refusal | None:
    open_call: str | None = None
    for message in request.messages:
        if message["role"] in ("function", "tool"):
            if open_call is None or message.get("name", open_call) != open_call:
                return Refusal(422, _NO_CALL)
            open_call = None
        elif open_call is not None:
            return Refusal(422, _NO_RESULT)
        elif message["role"] == "assistant" and message.get("function_call"):
            open_call = message["function_call"]["name"]
    return Refusal(422, _NO_RESULT) if open_call is not None else None


_NO_RESULT = "Invalid params: every assistant function call must have a result in history"
_NO_CALL = "every assistant function result must have an assistant function call in history"


def _function_messages(request: ChatRequest) -> Refusal | None:
    for message in request.messages:
        if message["role"] == "function" and "name" not in message:
            return Refusal(400, INVALID_JSON)
        if message["role"] in ("function", "tool"):
            found = _bad_result(message, request.config)
            if found:
                return found
    return None


def _state_ids(request: ChatRequest) -> Refusal | None:
    calls = [m for m in request.messages if m.get("function_call")]
    match request.config.functions_state_id:
        case "refuse" if any("functions_state_id" in m for m in calls):
            return Refusal(422, "Function calls count does not match function results count")
        case "required" if not all("functions_state_id" in m for m in calls):
            return Refusal(422, "Invalid params: functions_state_id is missing")
    return None


def _bad_result(message: dict[str, Any], config: EmulatorConfig) -> Refusal | None:
    content = message.get("content") or ""
    fault = "JSON parse error at line 1 column 1"
    try:
        value = json.loads(content)
        if isinstance(value, dict) or config.function_result == "json":
            return None
    except json.JSONDecodeError as error:
        several = error.msg == "Extra data"
        place = f"line {error.lineno} column {error.colno}"
        fault = _SEVERAL if several else f"JSON parse error at {place}"
    return Refusal(
        422,
        f"INVALID_PARAMS: invalid function result for function {message.get('name', '')} "
        f"json string `{content}`, error: {fault}",
    )


_SEVERAL = "The document root must not be followed by other values."


def _last_message(request: ChatRequest) -> Refusal | None:
    forced = isinstance(request.body.get("function_call"), dict)
    if request.config.functions_last_message == "accept":
        return None
    if not (forced or request.body.get("functions")):
        return None
    if request.messages[-1]["role"] in ("user", "function", "tool"):
        return None
    what = "explicit_call" if forced else "functions or thinking_functions"
    return Refusal(
        422,
        f"Invalid params: {what} should only appeal in user, function messages "
        "or random role messages",
    )


def _functions(request: ChatRequest) -> Refusal | None:
    message = function_rules(
        request.body.get("functions") or [], request.body.get("function_call"), request.config
    )
    return Refusal(422, message) if message else None


def _attachments(request: ChatRequest) -> Refusal | None:
    images = 0
    for message in request.messages:
        ids = _files_of(message)
        if ids and message["role"] != "user":
            return Refusal(422, "Invalid params: attachments are allowed in user messages only")
        for file_id in ids:
            if file_id not in request.files:
                return Refusal(404, f"No such file: {file_id}")
        here = sum(request.files[i].mime.startswith("image/") for i in ids)
        images += here
        if here > MAX_IMAGES_IN_MESSAGE or images > MAX_IMAGES:
            return Refusal(422, "Invalid params: too many images in attachments")
    return None


def _files_of(message: dict[str, Any]) -> list[str]:
    return message.get("attachments") or []


_RULES: Sequence[Rule] = (
    _model_exists,
    _model_stop,
    _parameters,
    _response_format,
    _system_first,
    _function_messages,
    _state_ids,
    _content,
    _pairing,
    _neighbours,
    _user_message,
    _functions,
    _last_message,
    _attachments,
)
