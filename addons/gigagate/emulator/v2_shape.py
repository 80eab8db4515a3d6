"""What GigaChat v2 refuses in a chat completion, and the same request in v1's form for the players.

As the public host was in September 2026, where it was measured; what differs between hosts and
models is a switch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gigagate.emulator import models, v2_messages
from gigagate.emulator.chat_functions import function_rules
from gigagate.emulator.chat_rules import FileFacts
from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.v2_refused import Refused, invalid, list_at

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
        raise invalid()
    if not isinstance(body.get("model"), str) or not body["messages"]:
        raise invalid()
    if config.unknown_fields == "refuse" and not body.keys() <= _ROOT:
        raise invalid()
    if not isinstance(body.get("stream", False), bool):
        raise invalid()
    options = _options(body.get("model_options"), config)
    functions, builtin = _tools(body.get("tools"))
    said = list(v2_messages.read(body, config, files))
    if not models.find(body["model"], config.models, "chat"):
        raise Refused(404, "No such model")
    for tool in builtin:
        _check_tool(tool, config)
    if fault := function_rules(functions, None, config):
        raise Refused(422, fault)
    told: dict[str, Any] = {"model": body["model"], "messages": said}
    if functions:
        told["functions"] = functions
    forced = _choice(body.get("tool_config"), told, functions, builtin, config)
    told |= {k: v for k, v in options.items() if k in ("max_tokens", "response_format")}
    if body.get("stream"):
        told["stream"] = True
    return Asked(told, tuple(builtin), forced, options)


def _options(given: Any, config: EmulatorConfig) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise invalid()
    if config.unknown_fields == "refuse" and not given.keys() <= _OPTIONS:
        raise invalid()
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
    for tool in [] if given is None else list_at(given):
        if not isinstance(tool, dict) or len(tool) != 1:
            raise invalid()
        ((name, settings),) = tool.items()
        if not isinstance(settings, dict):
            raise invalid()
        if name == "functions":
            if functions is not None:
                raise invalid()  # two entries of functions
            functions = [dict(one) for one in list_at(settings.get("specifications"))]
            if not all(isinstance(one.get("name"), str) for one in functions):
                raise invalid()
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
        raise invalid()
    mode = given.get("mode")
    if mode == "any" and config.v2_any == "accept":
        told["function_call"] = {"name": _one_of(given, functions)}
        return ""
    if mode not in ("auto", "none", "forced"):
        raise invalid()
    if mode != "forced":
        if functions:
            told["function_call"] = mode
        return ""
    lightning = told["model"].startswith("GigaChat-3-Lightning")
    if config.v2_forced == "refuse" or (config.v2_forced == "by_model" and lightning):
        raise invalid()
    tool, function = given.get("tool_name"), given.get("function_name")
    if function is not None and function in [one["name"] for one in functions]:
        told["function_call"] = {"name": function}
        return ""
    if tool in builtin:
        return str(tool)
    raise Refused(422, "Invalid params: tool_config names no tool of the request")


def _one_of(given: dict[str, Any], functions: Sequence[dict[str, Any]]) -> str:
    names = list_at(given.get("functions_names_any"))
    if not names or not {*names} <= {one["name"] for one in functions}:
        raise Refused(422, "Invalid params: functions_names_any names no function of the request")
    return str(names[0])
