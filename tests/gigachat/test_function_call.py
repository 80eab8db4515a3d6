from typing import Any

import pytest

from gigagate.errors import UpstreamProtocolError
from gigagate.gigachat.function_call import FunctionCall
from gigagate.gigachat.tools import ToolNames

STATE = "0199e210-2f13-744c-8fe5-c9a19fe27db7"
NAMES = ToolNames({"web_search": "web_search_tool"})


@pytest.mark.parametrize(
    ("parts", "name", "arguments"),
    [
        ([{"name": "f", "arguments": {"город": "Омск", "n": 1}}], "f", '{"город":"Омск","n":1}'),
        ([{"name": "f", "arguments": '{"a": 1}'}], "f", '{"a": 1}'),
        ([{"name": "f"}], "f", "{}"),
        ([{"name": "f", "arguments": None}], "f", "{}"),
        ([{"name": "f", "arguments": ""}], "f", "{}"),
        ([{"name": "f", "arguments": {}}], "f", "{}"),
        ([{"name": "f"}, {"arguments": {"a": 1}}], "f", '{"a":1}'),
        ([{"name": "f", "arguments": {}}, {"arguments": {"a": 1}}], "f", '{"a":1}'),
        ([{"name": "f", "arguments": {"a": 1}}, {"arguments": {}}], "f", '{"a":1}'),
        ([{"name": "f", "arguments": ""}, {"arguments": '{"a"'}, {"arguments": ":1}"}],
         "f", '{"a":1}'),
        ([{"name": "f", "arguments": '{"a"'}, {"name": "f", "arguments": ":1}"}], "f", '{"a":1}'),
        ([{"name": "get_"}, {"name": "weather"}], "get_weather", "{}"),
        ([{"name": "f", "arguments": '{"a": tru'}], "f", '{"a": tru'),
        ([{"name": "web_search_tool", "arguments": {}}], "web_search", "{}"),
    ],
)  # fmt: skip
def test_a_call_is_whole_however_it_was_cut(
    parts: list[dict[str, Any]], name: str, arguments: str
) -> None:
    call = FunctionCall()
    assert not call.begun
    for part in parts:
        call.add(part)
    assert call.begun
    tool_call = call.as_tool_call(NAMES, "1")
    assert (tool_call.name, tool_call.arguments) == (name, arguments)


def test_the_name_is_the_clients_and_the_id_ours() -> None:
    call = FunctionCall()
    call.add({"name": "web_search_tool", "arguments": {}})
    assert call.as_tool_call(NAMES, "0f1") == ("call_0f1", "web_search", "{}")


@pytest.mark.parametrize(
    "part",
    [
        "f",
        ["f"],
        1,
        {"name": "f", "arguments": [1]},
        {"name": "f", "arguments": 1},
        {},
        {"name": 7},
    ],
)
def test_what_is_no_call_is_the_upstreams_error(part: object) -> None:
    call = FunctionCall()
    with pytest.raises(UpstreamProtocolError, match="function call"):
        call.add(part)
        call.as_tool_call(NAMES, "1")
