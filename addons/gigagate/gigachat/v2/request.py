"""A chat -> the body of GigaChat's POST /v2/chat/completions.

What v1 and v2 have in common, roles, order, functions, parameters, is v1's work; here it gets
v2's form: contents of keyed parts, tools of several kinds, options in an object of their own.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import UnsupportedFeature
from gigagate.gigachat import builtin_tools
from gigagate.gigachat.tools import RUN, ToolNames
from gigagate.gigachat.v1 import request
from gigagate.gigachat.v2 import logprobs
from gigagate.gigachat.v2.variation import Variation

_OPTIONS = (
    "temperature",
    "top_p",
    "max_tokens",
    "repetition_penalty",
    "update_interval",
    "response_format",
)
_V1_BUILTINS: Mapping[str, str] = {
    "text2image": "image_generate",
    "text2model3d": "model_3d_generate",
}
_TELL = (
    "These tools are not available here: {}. Where they would be needed, say so; do not invent "
    "what they would have given."
)


class Built(NamedTuple):
    """A chat, halfway: its messages have files, not their ids, and strings, not parts."""

    body: dict[str, Any]
    tools: list[dict[str, Any]]
    tool_config: dict[str, Any] | None
    options: dict[str, Any]
    builtin: tuple[str, ...]
    """Kinds of the tools of GigaChat's own that it has."""
    role: str
    logprobs: int | None
    """How many likeliest tokens the client wants of each place; None: no log probabilities."""
    names: ToolNames

    @property
    def is_regex(self) -> bool:
        """The answer is to fit a regular expression, and is no JSON."""
        return bool(self.options.get("response_format", {}).get("type") == "regex")

    def whole(self, messages: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """v2's body.  messages: those of `body`, with ids for files."""
        told: dict[str, Any] = {
            "model": self.body["model"],
            "messages": _keyed(list(messages), self.role),
        }
        if self.tools:
            told["tools"] = self.tools
        if self.tool_config:
            told["tool_config"] = self.tool_config
        if self.options:
            told["model_options"] = self.options
        for name in ("stream", "flags"):
            if name in self.body:
                told[name] = self.body[name]
        if self.body.get("profanity_check") is False:
            told["disable_filter"] = True
        if ranker := self.body.get("function_ranker"):
            told["ranker_options"] = ranker
        return told


def built(chat: dict[str, Any], policy: Policy, notes: Notes, variation: Variation) -> Built:
    """Raises ClientError."""
    asked = tuple(dict.fromkeys(builtin_tools.wanted(chat))) if policy.builtin_tools else ()
    builtin = tuple(kind for kind in asked if kind not in variation.without)
    if (lacking := [kind for kind in asked if kind not in builtin]) and policy.strict:
        raise UnsupportedFeature(
            f"The tool {lacking[0]} is not open to this account.", param="tools"
        )
    forced, plain = _choice(chat, builtin, has_functions=bool(_functions(chat)))
    regex = _regex(plain)
    top = logprobs.asked_for(plain, notes) if variation.logprobs else None
    if any_of := variation.any_of and demands_any(plain):
        plain = _without_demand(plain)
    names = ToolNames.of(plain)
    body = request.chat_completion(plain, policy, notes, names, together=True)
    if lacking:
        request.instruct(body["messages"], _TELL.format(", ".join(lacking)))
    options = {name: body[name] for name in _OPTIONS if name in body}
    if regex is not None:
        options["response_format"] = regex
    if top is not None:
        options["top_logprobs"] = max(top, 1)
    if effort := body.get("reasoning_effort"):
        options["reasoning"] = {"effort": effort}
    if isinstance(parallel := chat.get("parallel_tool_calls"), bool):
        options["parallel_tool_calls"] = parallel
    tools, config = _tools(body, builtin, forced if variation.forced else "", variation)
    if any_of and (named := [one["name"] for one in _specified(body)]):
        config = {"mode": "any", "functions_names_any": named}
    return Built(body, tools, config, options, builtin, variation.role, top, names)


def _functions(chat: Mapping[str, Any]) -> list[Any]:
    tools = chat.get("tools")
    found = [
        tool
        for tool in (tools if isinstance(tools, list) else ())
        if not isinstance(tool, dict) or tool.get("type", "function") == "function"
    ]
    return found or chat.get("functions") or []


def _choice(
    chat: dict[str, Any], builtin: tuple[str, ...], *, has_functions: bool
) -> tuple[str, dict[str, Any]]:
    """The builtin tool that is forced, "" for none; and the chat without what v1 has not."""
    left_out = {"web_search_options"}
    forced = ""
    choice = chat.get("tool_choice")
    if isinstance(choice, dict) and (kind := builtin_tools.kind_of(choice.get("type"))):
        left_out.add("tool_choice")
        forced = kind if kind in builtin else ""
    elif choice == "required" and not has_functions:
        left_out.add("tool_choice")
        forced = builtin[0] if len(builtin) == 1 else ""
    plain = {name: value for name, value in chat.items() if name not in left_out}
    if isinstance(tools := chat.get("tools"), list):
        # Those that GigaChat runs are put beside the functions; places of the others stay.
        plain["tools"] = [{"type": RUN} if _is_run(tool, builtin) else tool for tool in tools]
    return forced, plain


def demands_any(chat: Mapping[str, Any]) -> bool:
    """Whether one of several functions must be called: v1 could only be told so in words."""
    match chat.get("tool_choice"):
        case "required":
            return len(_functions(chat)) > 1
        case {"allowed_tools": {"mode": "required", "tools": [_, _, *_]}}:
            return True
    return False


def _without_demand(chat: dict[str, Any]) -> dict[str, Any]:
    choice = chat["tool_choice"]
    if isinstance(choice, str):
        return chat | {"tool_choice": "auto"}
    inner = choice["allowed_tools"] | {"mode": "auto"}
    return chat | {"tool_choice": choice | {"allowed_tools": inner}}


def _is_run(tool: object, builtin: tuple[str, ...]) -> bool:
    return isinstance(tool, dict) and builtin_tools.kind_of(tool.get("type")) in builtin


def _regex(chat: dict[str, Any]) -> dict[str, Any] | None:
    wanted = chat.get("response_format")
    if isinstance(wanted, dict) and wanted.get("type") == "regex":
        del chat["response_format"]
        return wanted
    return None


def _tools(
    body: dict[str, Any], builtin: tuple[str, ...], forced: str, variation: Variation
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    functions = _specified(body)
    tools: list[dict[str, Any]] = [{"functions": {"specifications": functions}}] * bool(functions)
    tools += [
        {_V1_BUILTINS[one["name"]]: {}}
        for one in body.get("functions", ())
        if one["name"] in _V1_BUILTINS
    ]
    tools += [{builtin_tools.TOOLS[kind]: {}} for kind in builtin]
    choice = body.get("function_call")
    if forced:
        return tools, {"mode": "forced", "tool_name": builtin_tools.TOOLS[forced]}
    if isinstance(choice, dict):
        name = choice["name"]
        of_v1 = {"tool_name": _V1_BUILTINS[name]} if name in _V1_BUILTINS else None
        named = {"mode": "forced", **(of_v1 or {"function_name": name})}
        return tools, named if variation.forced else {"mode": "auto"}
    if choice == "none" and tools:
        return tools, {"mode": "none"}
    return tools, {"mode": "auto"} if tools else None


def _specified(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The functions of the client's."""
    return [one for one in body.get("functions", ()) if one["name"] not in _V1_BUILTINS]


def _keyed(messages: list[dict[str, Any]], role: str) -> list[dict[str, Any]]:
    ids = _all_ids(messages)
    return [_message(message, role, with_ids=ids) for message in messages]


def _message(message: dict[str, Any], role: str, *, with_ids: bool) -> dict[str, Any]:
    """v2 takes no empty content, and no empty part of it."""
    if "results" in message:
        results = [_identified(one, with_ids) for one in message["results"]]
        return {"role": role, "content": [{"function_result": one} for one in results]}
    parts: list[dict[str, Any]] = []
    if message.get("content"):
        parts.append({"text": message["content"]})
    if "name" in message and message["role"] == "function":
        result = {"name": message["name"], "result": message["content"]}
        return {"role": role, "content": [{"function_result": result}]}
    if files := message.get("attachments"):
        parts.append({"files": [{"id": one} for one in files]})
    calls = message.get("calls") or [one for one in (message.get("function_call"),) if one]
    parts += [{"function_call": _identified(one, with_ids)} for one in calls]
    return {"role": message["role"], "content": parts or [{"text": " "}]}


def _identified(one: dict[str, Any], with_ids: bool) -> dict[str, Any]:
    told = {name: value for name, value in one.items() if name != "id"}
    return {"id": one["id"], **told} if with_ids else told


def _all_ids(messages: list[dict[str, Any]]) -> bool:
    """All calls have ids of GigaChat's, each its own: some and not others are refused."""
    calls = [one for message in messages for one in message.get("calls") or ()]
    single = any("function_call" in message for message in messages)
    ids = [one.get("id") for one in calls]
    return bool(ids) and not single and all(ids) and len(set(ids)) == len(ids)
