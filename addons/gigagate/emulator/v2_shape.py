"""What GigaChat v2 refuses in a chat completion, and the same request in v1's form for the players.

As the public host was in September 2026, where it was measured; what differs between hosts and
models is a switch.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gigagate.emulator import models
from gigagate.emulator.chat_functions import function_rules
from gigagate.emulator.chat_rules import INVALID_JSON, FileFacts, Refusal
from gigagate.emulator.config import EmulatorConfig

TOOLS = ("web_search", "url_content_extraction", "code_interpreter", "image_generate")
_MORE_TOOLS = ("model_3d_generate", "functions")
_ROOT = frozenset(
    {
        *("model", "messages", "tools", "tool_config", "model_options", "stream"),
        *("disable_filter", "filter_config", "storage", "assistant_id", "memory_id"),
        *("tools_state_id", "flags", "ranker_options", "user_info", "functions"),
    }
)
_OPTIONS = frozenset(
    {
        *("preset", "temperature", "top_p", "max_tokens", "repetition_penalty"),
        *("update_interval", "unnormalized_history", "top_logprobs", "reasoning"),
        *("response_format", "parallel_tool_calls"),
    }
)
_PARTS = frozenset({"text", "files", "function_call", "function_result", "inline_data"})
_ROLES = ("system", "user", "assistant", "tool", "function", "reasoning")
_COUNTS = "Function calls count does not match function results count"


class Refused(Exception):
    """The request is not taken: `refusal` says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(status, message)


@dataclass(slots=True)
class Asked:
    """A request that is taken."""

    body: dict[str, Any]
    """In v1's form: what the players and the prompt cache read."""
    tools: tuple[str, ...]
    """Builtin ones."""
    forced: str
    """The builtin tool that must be used; "" for none."""
    options: dict[str, Any] = field(default_factory=dict)


def read(body: Any, config: EmulatorConfig, files: Mapping[str, FileFacts]) -> Asked:
    """Raises Refused."""
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        raise _invalid()
    if not isinstance(body.get("model"), str) or not body["messages"]:
        raise _invalid()
    if config.unknown_fields == "refuse" and not body.keys() <= _ROOT:
        raise _invalid()
    if not isinstance(body.get("stream", False), bool):
        raise _invalid()
    options = _options(body.get("model_options"), config)
    functions, builtin = _tools(body.get("tools"))
    messages = list(_messages(body, config, files))
    if not models.find(body["model"], config.models, "chat"):
        raise Refused(404, "No such model")
    for tool in builtin:
        _check_tool(tool, config)
    if fault := function_rules(functions, None, config):
        raise Refused(422, fault)
    told: dict[str, Any] = {"model": body["model"], "messages": messages}
    if functions:
        told["functions"] = functions
    forced = _choice(body.get("tool_config"), told, functions, builtin, config)
    told |= {k: v for k, v in options.items() if k in ("max_tokens", "response_format")}
    if body.get("stream"):
        told["stream"] = True
    return Asked(told, tuple(builtin), forced, options)


def _invalid() -> Refused:
    return Refused(400, INVALID_JSON)


def _options(given: Any, config: EmulatorConfig) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise _invalid()
    if config.unknown_fields == "refuse" and not given.keys() <= _OPTIONS:
        raise _invalid()
    temperature = given.get("temperature")
    if temperature is not None and not temperature > 0 and config.zero_temperature == "refuse":
        raise Refused(422, "Invalid params: temperature must be in range (0, +inf)")
    wanted = given.get("response_format")
    if wanted is not None:
        kind = wanted.get("type") if isinstance(wanted, dict) else None
        if kind not in ("text", "json_schema", "regex"):
            raise Refused(400, f'Unknown type "{kind}" in response_format')
        if kind == "json_schema" and not wanted.get("schema"):
            raise Refused(400, "Empty schema with json format type is not supported")
    if (logprobs := given.get("top_logprobs")) is not None:
        if config.v2_logprobs == "refuse":
            raise Refused(422, "Invalid params: top_logprobs is not allowed")
        if not 1 <= logprobs <= 5:
            raise Refused(422, "Invalid params: top_logprobs must be in range [1, 5]")
    return given


def _tools(given: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """Functions, and the names of builtin tools."""
    functions: list[dict[str, Any]] | None = None
    builtin: list[str] = []
    for tool in [] if given is None else _list(given):
        if not isinstance(tool, dict) or len(tool) != 1:
            raise _invalid()
        ((name, settings),) = tool.items()
        if not isinstance(settings, dict):
            raise _invalid()
        if name == "functions":
            if functions is not None:
                raise _invalid()  # two entries of functions
            functions = [dict(one) for one in _list(settings.get("specifications"))]
            if not all(isinstance(one.get("name"), str) for one in functions):
                raise _invalid()
        elif name in TOOLS or name in _MORE_TOOLS:
            builtin.append(name)
        else:
            raise Refused(404, f"Unknown tool {name}")
    return functions or [], builtin


def _check_tool(tool: str, config: EmulatorConfig) -> None:
    unavailable = {"public": ("code_interpreter",), "all": (), "none": TOOLS}
    if tool in unavailable[config.v2_tools]:
        raise Refused(422, f"Tool {tool} is unavailable")


def _choice(
    given: Any,
    told: dict[str, Any],
    functions: Sequence[dict[str, Any]],
    builtin: Sequence[str],
    config: EmulatorConfig,
) -> str:
    """The builtin tool that is forced; a function that is goes into v1's function_call."""
    if given is None:
        return ""
    if not isinstance(given, dict):
        raise _invalid()
    mode = given.get("mode")
    if mode == "any" and config.v2_any == "accept":
        told["function_call"] = {"name": _one_of(given, functions)}
        return ""
    if mode not in ("auto", "none", "forced"):
        raise _invalid()
    if mode != "forced":
        if functions:
            told["function_call"] = mode
        return ""
    lightning = told["model"].startswith("GigaChat-3-Lightning")
    if config.v2_forced == "refuse" or (config.v2_forced == "by_model" and lightning):
        raise _invalid()
    tool, function = given.get("tool_name"), given.get("function_name")
    if function is not None and function in [one["name"] for one in functions]:
        told["function_call"] = {"name": function}
        return ""
    if tool in builtin:
        return str(tool)
    raise Refused(422, "Invalid params: tool_config names no tool of the request")


def _one_of(given: dict[str, Any], functions: Sequence[dict[str, Any]]) -> str:
    names = _list(given.get("functions_names_any"))
    if not names or not {*names} <= {one["name"] for one in functions}:
        raise Refused(422, "Invalid params: functions_names_any names no function of the request")
    return str(names[0])


def _messages(
    body: dict[str, Any], config: EmulatorConfig, files: Mapping[str, FileFacts]
) -> Iterator[dict[str, Any]]:
    """Each call with its result right behind, as v1 has them."""
    open_calls: list[dict[str, Any]] = []
    for message in body["messages"]:
        parts = _parts(message, config)
        calls = [_call(part["function_call"]) for part in parts if "function_call" in part]
        results = [_result(part["function_result"]) for part in parts if "function_result" in part]
        if results:
            if message["role"] not in ("tool", "function"):
                raise _invalid()
            _check_role(message["role"], body["model"], config)
            yield from _paired(open_calls, results)
            open_calls = []
            continue
        if open_calls:
            raise Refused(422, _COUNTS)
        if message["role"] in ("tool", "function"):
            raise _invalid()
        text = "".join(part["text"] for part in parts if "text" in part)
        told: dict[str, Any] = {"role": message["role"], "content": text}
        ids = [_id_of(file) for part in parts for file in part.get("files", ())]
        if any(one not in files for one in ids):
            raise Refused(404, "No such file")
        if ids:
            told["attachments"] = ids
        if calls:
            open_calls = calls
            if text:
                yield told
        else:
            yield told
    if open_calls:
        raise Refused(422, _COUNTS)


def _parts(message: Any, config: EmulatorConfig) -> list[dict[str, Any]]:
    if not isinstance(message, dict) or message.get("role") not in _ROLES:
        raise _invalid()
    content = message.get("content")
    if isinstance(content, str) and config.v2_content == "either":
        content = [{"text": content}]
    if not isinstance(content, list) or not content:
        raise _invalid()
    for part in content:
        if not isinstance(part, dict) or not part or not part.keys() <= _PARTS:
            raise _invalid()
        if "text" in part and not (isinstance(part["text"], str) and part["text"]):
            raise _invalid()
    return content


def _call(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("arguments"), dict):
        raise _invalid()
    if not isinstance(given.get("name"), str) or not isinstance(given.get("id", ""), str):
        raise _invalid()
    return given


def _result(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise _invalid()
    text = given.get("result")
    if not isinstance(text, str):
        raise _invalid()
    try:
        json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        raise Refused(
            422,
            f"INVALID_PARAMS: invalid function result for function {given['name']} "
            f"json string `{text}`, error: {error}",
        ) from None
    return given


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _check_role(role: str, model: str, config: EmulatorConfig) -> None:
    wanted = config.v2_result_role
    if wanted == "either":
        return
    if wanted == "by_model":
        wanted = "tool" if model.startswith("GigaChat-3") else "function"
    if role != wanted:
        raise _invalid() if wanted == "function" else Refused(422, "Invalid params: unknown role")


def _paired(calls: list[dict[str, Any]], results: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Calls and results in pairs: by id where all calls have one, else by place."""
    if len(calls) != len(results):
        raise Refused(422, _COUNTS)
    ids = [one.get("id") for one in calls]
    if any(ids):
        by_id = {one.get("id"): one for one in results}
        if not all(ids) or set(ids) != by_id.keys():
            raise Refused(422, _COUNTS)
        results = [by_id[one] for one in ids]
    for call, result in zip(calls, results, strict=True):
        function = {"name": call["name"], "arguments": call["arguments"]}
        yield {"role": "assistant", "content": "", "function_call": function}
        yield {"role": "function", "name": call["name"], "content": result["result"]}


def _id_of(file: Any) -> str:
    if not isinstance(file, dict) or not isinstance(file.get("id"), str):
        raise _invalid()
    return str(file["id"])


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise _invalid()
    return given
