import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.gigachat_rules import check_request

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import ClientError, InvalidRequest, UnsupportedFeature
from gigagate.gigachat.v1.request import chat_completion

USER = {"role": "user", "content": "hi"}
TOOL = {"type": "function", "function": {"name": "read", "parameters": {"type": "object"}}}
READ = {"name": "read", "parameters": {"type": "object", "properties": {}}}
OTHER = {"type": "function", "function": {"name": "write"}}


def sent(policy: Policy | None = None, /, **chat: Any) -> dict[str, Any]:
    return chat_completion(
        {"model": "gigachat", "messages": [USER], **chat}, policy or Policy(), Notes()
    )


def test_a_plain_request() -> None:
    assert sent(stream=True, temperature=0.5) == {
        "model": "GigaChat-2-Max",
        "messages": [USER],
        "stream": True,
        "temperature": 0.5,
    }


def test_a_request_as_classic_cline_sends_it() -> None:
    parts = [{"type": "text", "text": text} for text in ("<task>", "# progress", "<env>")]
    body = sent(
        model="GigaChat-2-Max",
        messages=[{"role": "system", "content": "s"}, {"role": "user", "content": parts}],
        temperature=0,
        stream=True,
        stream_options={"include_usage": True},
    )
    assert body == {
        "model": "GigaChat-2-Max",
        "messages": [
            {"role": "system", "content": "s"},
            {"role": "user", "content": "<task>\n# progress\n<env>"},
        ],
        "stream": True,
        "top_p": 0,
    }


def test_tools_and_their_choice() -> None:
    body = sent(tools=[TOOL], tool_choice="auto", parallel_tool_calls=False)
    assert body["functions"] == [READ]
    assert body["function_call"] == "auto"


def test_allowed_tools_are_all_that_is_sent() -> None:
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "read"}}]}
    choice = {"type": "allowed_tools", "allowed_tools": allowed}
    body = sent(tools=[TOOL, OTHER], tool_choice=choice)
    assert body["functions"] == [READ]
    assert body["function_call"] == {"name": "read"}


@pytest.mark.parametrize("before", [[], [{"role": "system", "content": "s"}]])
def test_required_of_several_puts_an_instruction_into_the_system_message(
    before: list[dict[str, Any]],
) -> None:
    body = sent(messages=[*before, USER], tools=[TOOL, OTHER], tool_choice="required")
    system, user = body["messages"]
    assert body["function_call"] == "auto"
    assert system["role"] == "system"
    assert system["content"].startswith("s\n\nAnswer only" if before else "Answer only")
    assert user == USER


def test_functions_are_dropped_where_the_assistant_spoke_last() -> None:
    messages = [USER, {"role": "assistant", "content": "Sure:"}]
    body = sent(messages=messages, tools=[TOOL, OTHER], tool_choice="required")
    assert body == {"model": "GigaChat-2-Max", "messages": messages}
    with pytest.raises(UnsupportedFeature):
        sent(Policy(strict=True), messages=messages, tools=[TOOL])


def test_functions_stay_where_a_function_spoke_last() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "read", "arguments": "{}"}}
    body = sent(
        messages=[
            USER,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "content": "ok"},
        ],
        tools=[TOOL],
    )
    assert body["functions"] == [READ]


@pytest.mark.parametrize("chat", [{"model": None}, {"model": ""}, {"model": 5}, {"messages": None}])
def test_what_is_missing_is_named(chat: dict[str, Any]) -> None:
    (name,) = chat
    with pytest.raises(InvalidRequest) as refused:
        sent(**chat)
    assert refused.value.param == name


def test_the_clients_request_is_not_modified() -> None:
    chat = {
        "model": "gigachat",
        "messages": [{"role": "system", "content": "s"}, USER, USER],
        "tools": [TOOL, OTHER],
        "tool_choice": "required",
        "temperature": 0,
    }
    before = copy.deepcopy(chat)
    chat_completion(chat, Policy(), Notes())
    assert chat == before


texts = st.sampled_from(["", "hi", "мир", '{"a": 1}', "[1]", "{", "NaN"])
junk = st.none() | st.booleans() | st.integers() | st.just([]) | st.just({}) | texts
parts = st.fixed_dictionaries({"type": st.sampled_from(["text", "input_text"]), "text": texts})
contents = st.none() | texts | st.lists(parts, max_size=3)
ids = st.sampled_from(["a", "b", "c", "call_g1_x"])
function_names = st.sampled_from(["read", "мой tool", "web_search", "text2image", "9"])
functions = st.fixed_dictionaries(
    {"name": function_names, "arguments": texts | st.dictionaries(texts, texts, max_size=1)}
)
tool_calls = st.fixed_dictionaries({"id": ids, "type": st.just("function"), "function": functions})
messages = st.one_of(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "developer", "user"]), "content": contents}
    ),
    st.fixed_dictionaries(
        {"role": st.just("assistant")},
        optional={
            "content": contents,
            "tool_calls": st.lists(tool_calls, max_size=3),
            "function_call": functions,
        },
    ),
    st.fixed_dictionaries({"role": st.just("tool"), "tool_call_id": ids, "content": contents}),
    st.fixed_dictionaries(
        {"role": st.just("function"), "name": function_names, "content": contents}
    ),
)
tools = st.fixed_dictionaries(
    {
        "type": st.just("function"),
        "function": st.fixed_dictionaries(
            {"name": function_names},
            optional={"description": texts, "parameters": st.just({"anyOf": [{}, {"items": 1}]})},
        ),
    }
) | st.just({"type": "web_search"})
valid_chats = st.fixed_dictionaries(
    {"model": st.sampled_from(["gigachat", "gpt-5"]), "messages": st.lists(messages, min_size=1)},
    optional={
        "tools": st.lists(tools, max_size=4),
        "tool_choice": st.sampled_from(["auto", "none"]),
        "temperature": st.none() | st.floats(0, 2),
        "top_p": st.none() | st.floats(0, 1),
        "max_tokens": st.integers(1, 10**12),
        "max_completion_tokens": st.none() | st.integers(1),
        "stop": st.none() | texts | st.lists(texts, max_size=4),
        "n": st.just(1) | st.integers(1, 10),
        "reasoning_effort": st.sampled_from(["none", "minimal", "low", "medium", "xhigh"]),
        "response_format": st.sampled_from([{"type": "text"}, {"type": "json_object"}]),
        "seed": st.integers(),
        "user": texts,
    },
)


@settings(max_examples=300)
@given(chat=valid_chats)
def test_whatever_openai_takes_becomes_what_gigachat_takes(chat: dict[str, Any]) -> None:
    before = json.dumps(chat)
    check_request(chat_completion(chat, Policy(), Notes()))
    assert json.dumps(chat) == before


@given(chat=valid_chats, data=st.data())
def test_wrong_types_anywhere_are_client_errors(chat: dict[str, Any], data: st.DataObject) -> None:
    spoilt: Any = chat
    while isinstance(spoilt, dict | list) and spoilt:
        keys = sorted(spoilt) if isinstance(spoilt, dict) else range(len(spoilt))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(spoilt[key], dict | list) or data.draw(st.booleans()):
            spoilt[key] = data.draw(junk)
            break
        spoilt = spoilt[key]
    try:
        check_request(chat_completion(chat, Policy(), Notes()))
    except ClientError as error:
        assert error.status in (400, 404)
        assert error.param
