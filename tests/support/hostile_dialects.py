"""What someone sends who wants the proxy to work for ever, in the words of each further API.

Name -> the path it is sent to and a shape of n pieces.  A new dialect adds its own here; all are
rows of tests/test_growth.py.
"""

from collections.abc import Callable, Mapping
from typing import Any

Shape = Callable[[int], Any]

_TEXT = {"type": "text", "text": "t"}
_IMAGE = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
_PICTURE = {"type": "image", "source": _IMAGE}
_PDF = {"type": "document", "title": "a.pdf", "source": {**_IMAGE, "media_type": "x/y"}}
_FOUND = {"type": "search_result", "title": "t", "source": "s", "content": [_TEXT]}
_SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def _messages(turns: list[Any], **more: Any) -> dict[str, Any]:
    last = {"role": "user", "content": "x"}
    return {"model": "claude-haiku", "max_tokens": 9, "messages": [*turns, last], **more}


def _called(n: int) -> dict[str, Any]:
    calls = [{"type": "tool_use", "id": f"t{i}", "name": "f", "input": {"a": 1}} for i in range(n)]
    results = [{"type": "tool_result", "tool_use_id": f"t{i}", "content": "r"} for i in range(n)]
    turns = [{"role": "assistant", "content": calls}, {"role": "user", "content": results}]
    return _messages(turns, tools=[{"name": "f", "input_schema": _SCHEMA}])


def _results_of_many_parts(n: int) -> dict[str, Any]:
    inner = [_TEXT, {"type": "tool_reference", "tool_name": "g"}] * n
    result = {"type": "tool_result", "tool_use_id": "t", "is_error": True, "content": inner}
    call = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    return _messages([{"role": "assistant", "content": [call]}, _user(result)])


def _user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def _late_systems(n: int) -> dict[str, Any]:
    turn = {"role": "assistant", "content": [{"type": "thinking", "thinking": "t"}, _TEXT]}
    added = {"type": "tool_addition", "tool": {"name": "g"}}
    return _messages([turn, {"role": "system", "content": [_TEXT, added]}] * n)


def _deferred(n: int) -> dict[str, Any]:
    tools = [{"name": f"f{i}", "defer_loading": True, "input_schema": _SCHEMA} for i in range(n)]
    loaded = [{"type": "tool_reference", "tool_name": f"f{i}"} for i in range(n)]
    result = {"type": "tool_result", "tool_use_id": "t", "content": loaded}
    call = {"type": "tool_use", "id": "t", "name": "f0", "input": {}}
    return _messages([{"role": "assistant", "content": [call]}, _user(result)], tools=tools)


ANTHROPIC: Mapping[str, Shape] = {
    "texts": lambda n: _messages([_user(*[_TEXT] * n), {"role": "assistant", "content": "y"}] * 2),
    "system": lambda n: _messages([], system=[_TEXT] * n),
    "late systems": _late_systems,
    "calls": _called,
    "results of many parts": _results_of_many_parts,
    "files": lambda n: _messages([_user(*[_PICTURE, _PDF, _FOUND] * (n // 4))]),
    "unknown blocks": lambda n: _messages([_user(*[{"type": f"x{i}"} for i in range(n)], _TEXT)]),
    "deferred tools": _deferred,
    "tools of its own": lambda n: _messages([], tools=[{"type": "bash_1"}] * n),
    "tools of its servers": lambda n: _messages([], tools=[{"type": "web_search_1"}] * n),
    "a search": lambda n: _messages([], tools=[{"type": "web_search_1", "name": "w"}] * n),
    "stops": lambda n: _messages([], stop_sequences=["x"] * n),
    "unknown fields": lambda n: _messages([], **{f"x{i}": 1 for i in range(n)}),
    "user id": lambda n: _messages([], metadata={"user_id": "_session_" * n}),
    "thinking": lambda n: _messages([], thinking={"type": "enabled"}, output_config={"x": [1] * n}),
}


def _input(items: list[Any], **more: Any) -> dict[str, Any]:
    last = {"role": "user", "content": "x"}
    return {"model": "gigachat", "input": [*items, last], **more}


def _calls_of_all_kinds(n: int) -> dict[str, Any]:
    items: list[Any] = []
    for i in range(n // 4):
        of_call = {"id": f"i{i}", "call_id": f"c{i}"}
        items += [
            {"type": "function_call", **of_call, "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": f"c{i}", "output": "r"},
            {"type": "custom_tool_call", **of_call, "name": "p", "input": "+"},
            {"type": "shell_call", **of_call, "action": {"commands": ["ls"]}},
            {"type": "shell_call_output", "call_id": f"c{i}", "output": [{"stdout": "x"}]},
        ]
    return _input(items)


def _spaces(n: int) -> dict[str, Any]:
    inner = [{"type": "function", "name": f"f{i}", "parameters": _SCHEMA} for i in range(n)]
    return _input([], tools=[{"type": "namespace", "name": "s", "tools": inner}])


def _allowed(n: int) -> dict[str, Any]:
    tools = [{"type": "function", "name": f"f{i}", "parameters": _SCHEMA} for i in range(n)]
    chosen = [{"type": "function", "name": f"f{i}"} for i in range(n)]
    choice = {"type": "allowed_tools", "mode": "auto", "tools": chosen}
    return _input([], tools=tools, tool_choice=choice)


_PARTS = [
    {"type": "input_text", "text": "t"},
    {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo="},
]
_CUSTOM = {"type": "custom", "format": {"type": "grammar", "syntax": "lark", "definition": "x"}}

RESPONSES: Mapping[str, Shape] = {
    "messages": lambda n: _input([{"role": "user", "content": "x"}] * n),
    "parts": lambda n: _input([{"role": "user", "content": _PARTS * (n // 4)}]),
    "calls": _calls_of_all_kinds,
    "thoughts": lambda n: _input([{"type": "reasoning", "summary": []}] * n),
    "unknown items": lambda n: _input([{"type": f"x{i}"} for i in range(n)]),
    "summaries of others": lambda n: _input([{"type": "compaction", "encrypted_content": "x" * n}]),
    "references": lambda n: _input([{"type": "item_reference", "id": "rs_1"}] * n),
    "found tools": lambda n: _input(
        [{"type": "tool_search_output", "call_id": "c", "tools": _spaces(n)["tools"]}]
    ),
    "spaces": _spaces,
    "custom tools": lambda n: _input([], tools=[{**_CUSTOM, "name": f"p{i}"} for i in range(n)]),
    "allowed tools": _allowed,
    "unknown fields": lambda n: _input([], **{f"x{i}": 1 for i in range(n)}),
    "a form": lambda n: _input(
        [], text={"format": {"type": "json_schema", "name": "n", "schema": {"x": [1] * n}}}
    ),
}

REQUESTS: Mapping[str, tuple[str, Shape]] = {
    **{f"messages: {name}": ("/v1/messages", shape) for name, shape in ANTHROPIC.items()},
    **{f"responses: {name}": ("/v1/responses", shape) for name, shape in RESPONSES.items()},
    "messages: counted": ("/v1/messages/count_tokens", _called),
    "responses: counted": ("/v1/responses/input_tokens", _calls_of_all_kinds),
    "responses: made shorter": ("/v1/responses/compact", _calls_of_all_kinds),
}
ASKED: Mapping[str, dict[str, Any]] = {
    "/v1/messages": _messages(
        [], thinking={"type": "enabled"}, tools=[{"name": "f", "input_schema": _SCHEMA}]
    ),
    "/v1/responses": _input([], tools=[{"type": "function", "name": "f", "parameters": _SCHEMA}]),
}
"""Path -> a request, for answers of any size."""
SUMMED = {
    "model": "gigachat",
    "stream": True,
    "input": [{"role": "user", "content": "x"}, {"type": "compaction_trigger"}],
}
"""A request whose answer is a summary of the conversation."""
