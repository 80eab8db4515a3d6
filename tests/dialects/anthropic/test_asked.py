"""What Claude Code and the SDKs send, as a chat."""

import json
from typing import Any

import pytest

from gigagate.core.http import ClientRequest
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.dialects import estimate
from gigagate.dialects.anthropic import asked as module
from gigagate.dialects.anthropic.asked import Asked
from gigagate.errors import ClientError

USER = {"role": "user", "content": "Привет"}
PIXEL = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


def asked(policy: Policy | None = None, **body: Any) -> Asked:
    given = {"model": "gigachat", "max_tokens": 100, "messages": [USER], **body}
    return Asked(given, policy or Policy(), Notes())


def messages(*given: Any, **body: Any) -> list[Any]:
    found: list[Any] = asked(messages=list(given), **body).chat["messages"]
    return found


def used(call_id: str, name: str = "Bash", **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": given}


def result(call_id: str, **fields: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call_id, **fields}


def call(call_id: str, arguments: str = "{}", name: str = "Bash") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


def tool(call_id: str, content: Any) -> dict[str, Any]:
    return {"role": "tool", "content": content, "tool_call_id": call_id}


@pytest.mark.parametrize(
    ("system", "told"),
    [
        ("Ты помощник", ["Ты помощник"]),
        ([{"type": "text", "text": "A"}, {"type": "text", "text": "B"}], ["A\n\nB"]),
        (
            [
                {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.1;"},
                {"type": "text", "text": "A", "cache_control": {"type": "ephemeral"}},
            ],
            ["A"],
        ),
        ([{"type": "text", "text": "x-anthropic-billing-header: a"}], []),
        ([], []),
        (None, []),
    ],
)
def test_the_system_prompt(system: object, told: list[str]) -> None:
    found = messages(USER, system=system)
    assert [one["content"] for one in found if one["role"] == "system"] == told
    assert found[-1] == USER


def test_a_system_message_behind_the_first_user_is_one_a_later_one_is_told_in_place() -> None:
    found = messages(
        USER,
        {"role": "system", "content": "Среда"},
        {"role": "assistant", "content": "Да"},
        {"role": "system", "content": [{"type": "text", "text": "Позже"}]},
        USER,
    )
    assert [(one["role"], one["content"]) for one in found] == [
        ("user", "Привет"),
        ("system", "Среда"),
        ("assistant", "Да"),
        ("user", "<system-reminder>\nПозже\n</system-reminder>"),
        ("user", "Привет"),
    ]


CASES: dict[str, tuple[list[Any], list[Any]]] = {
    "text blocks": (
        [
            {
                "role": "user",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            }
        ],
        [
            {
                "role": "user",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            }
        ],
    ),
    "one text block is its text": (
        [{"role": "user", "content": [{"type": "text", "text": "a"}]}],
        [{"role": "user", "content": "a"}],
    ),
    "a picture": (
        [{"role": "user", "content": [{"type": "image", "source": PIXEL}]}],
        [{"role": "user", "content": [IMAGE]}],
    ),
    "documents": (
        [
            {
                "role": "user",
                "content": [
                    {"type": "document", "source": {**PIXEL, "media_type": "application/pdf"}},
                    {"type": "document", "title": "T", "source": {"type": "text", "data": "d"}},
                    {"type": "document", "source": {"type": "content", "content": "c"}},
                    {"type": "document", "source": {"type": "url", "url": "https://a/b.pdf"}},
                ],
            }
        ],
        [
            {
                "role": "user",
                "content": [
                    {
                        "type": "file",
                        "file": {"file_data": "data:application/pdf;base64,iVBORw0KGgo="},
                    },
                    {"type": "text", "text": "T\nd"},
                    {"type": "text", "text": "c"},
                    {"type": "file", "file": {"file_url": "https://a/b.pdf"}},
                ],
            }
        ],
    ),
    "parallel calls, their results and what the user says": (
        [
            {"role": "assistant", "content": [used("a"), used("b", command="ls «»")]},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Дальше"},
                    result("a", content="1"),
                    result("b", content=[{"type": "text", "text": "2"}]),
                ],
            },
        ],
        [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [call("a"), call("b", '{"command":"ls «»"}')],
            },
            tool("a", "1"),
            tool("b", "2"),
            {"role": "user", "content": "Дальше"},
        ],
    ),
    "an error, nothing, and a picture": (
        [
            {"role": "assistant", "content": [used("a"), used("b"), used("c")]},
            {
                "role": "user",
                "content": [
                    result("a", content="Exit code 1", is_error=True),
                    result("b"),
                    result("c", content=[{"type": "image", "source": PIXEL}]),
                ],
            },
        ],
        [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [call("a"), call("b"), call("c")],
            },
            tool("a", '{"error":"Exit code 1"}'),
            tool("b", ""),
            tool("c", [IMAGE]),
        ],
    ),
    "thinking is not sent back": (
        [
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "Hm", "signature": "s"},
                    {"type": "redacted_thinking", "data": "x"},
                    {"type": "text", "text": "Да"},
                ],
            },
            USER,
        ],
        [{"role": "assistant", "content": "Да"}, USER],
    ),
    "a search result": (
        [
            {
                "role": "user",
                "content": [
                    {
                        "type": "search_result",
                        "source": "https://a",
                        "title": "T",
                        "content": [{"type": "text", "text": "x"}],
                    }
                ],
            }
        ],
        [{"role": "user", "content": "T\nhttps://a\nx"}],
    ),
    "blocks nobody knows": (
        [{"role": "user", "content": [{"type": "hologram"}, {"type": "text", "text": "a"}]}],
        [{"role": "user", "content": "a"}],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_messages(case: str) -> None:
    given, wanted = CASES[case]
    assert messages(*given) == wanted


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": None}, "model"),
        ({"model": ""}, "model"),
        ({"stream": 1}, "stream"),
        ({"messages": None}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": [7]}, "messages[0]"),
        ({"messages": [{"role": "tool", "content": ""}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{}]}]}, "messages[0].content[0].type"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image", "source": {}}]}]},
            "messages[0].content[0].source.type",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "tool_result"}]}]},
            "messages[0].content[0].tool_use_id",
        ),
        ({"tools": {}}, "tools"),
        ({"tools": [{}]}, "tools[0].name"),
        ({"tools": [{"name": "f", "input_schema": 7}]}, "tools[0].input_schema"),
        ({"tool_choice": {"type": "maybe"}}, "tool_choice.type"),
        ({"tool_choice": {"type": "tool", "name": "f"}}, "tool_choice.name"),
        ({"max_tokens": "many"}, "max_tokens"),
        ({"stop_sequences": "END"}, "stop_sequences"),
        ({"thinking": "yes"}, "thinking"),
        ({"thinking": "yes", "output_config": {"effort": "low"}}, "thinking"),
        ({"output_config": {"format": {"type": "json_schema"}}}, "output_config.format.schema"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(body: dict[str, Any], param: str) -> None:
    with pytest.raises(ClientError) as raised:
        asked(**body)
    assert raised.value.param == param


@pytest.mark.parametrize(
    ("body", "chat"),
    [
        ({"max_tokens": 32_000}, {"max_tokens": 8192}),
        ({"max_tokens": 50}, {"max_tokens": 50}),
        ({"stop_sequences": ["END"]}, {"stop": ["END"]}),
        ({"thinking": {"type": "adaptive"}}, {}),
        ({"thinking": {"type": "disabled"}}, {}),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, {"reasoning_effort": "low"}),
        ({"thinking": {"type": "enabled", "budget_tokens": 9000}}, {"reasoning_effort": "medium"}),
        ({"thinking": {"type": "enabled", "budget_tokens": 16000}}, {"reasoning_effort": "high"}),
        (
            {
                "thinking": {"type": "enabled", "budget_tokens": 9},
                "output_config": {"effort": "max"},
            },
            {"reasoning_effort": "max"},
        ),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": {"type": "object"}},
                }
            },
        ),
        ({"temperature": 0.5, "top_p": 1, "top_k": 5}, {"temperature": 0.5, "top_p": 1}),
        ({"metadata": {"user_id": "u"}, "speed": "fast", "betas": ["x"]}, {}),
    ],
)
def test_parameters(body: dict[str, Any], chat: dict[str, Any]) -> None:
    rest = {"model": "gigachat", "messages": [USER], "max_tokens": 100}
    assert asked(**body).chat == rest | chat


@pytest.mark.parametrize(
    ("thinking", "shown"),
    [
        (None, False),
        ({"type": "disabled"}, False),
        ({"type": "enabled", "budget_tokens": 1024}, True),
        ({"type": "adaptive"}, True),
        ({"type": "adaptive", "display": "omitted"}, False),
    ],
)
def test_thinking_is_shown_to_those_who_asked(thinking: object, shown: bool) -> None:
    assert asked(thinking=thinking).shows_thinking is shown


WEB = {"type": "web_search_20250305", "name": "web_search"}
PLAIN = {"name": "f", "description": "d", "input_schema": {"type": "object"}}
SEARCH = {"name": "ToolSearch", "input_schema": {"type": "object"}}
DEFERRED = {"name": "WebFetch", "input_schema": {"type": "object"}, "defer_loading": True}
LOADED = [
    {"role": "assistant", "content": [used("a", "ToolSearch")]},
    {
        "role": "user",
        "content": [result("a", content=[{"type": "tool_reference", "tool_name": "WebFetch"}])],
    },
]


@pytest.mark.parametrize(
    ("tools", "history", "offered"),
    [
        ([PLAIN], [USER], ["f"]),
        ([SEARCH, DEFERRED], [USER], ["ToolSearch"]),
        ([SEARCH, DEFERRED], LOADED, ["ToolSearch", "WebFetch"]),
        (
            [{"type": "tool_search_tool_regex_20251119", "name": "s"}, DEFERRED],
            [USER],
            ["WebFetch"],
        ),
        (
            [PLAIN, {"type": "web_search_20250305", "name": "web_search"}],
            [USER],
            ["f", "web_search"],
        ),
        ([PLAIN, {"type": "memory_20250818", "name": "memory"}], [USER], ["f"]),
        ([{"type": "bash_20250124", "name": "bash"}], [USER], ["bash"]),
        (
            [{"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}],
            [USER],
            ["str_replace_based_edit_tool"],
        ),
        (
            [SEARCH, DEFERRED],
            [
                USER,
                {
                    "role": "system",
                    "content": [
                        {
                            "type": "tool_addition",
                            "tool": {"type": "tool_reference", "name": "WebFetch"},
                        }
                    ],
                },
            ],
            ["ToolSearch", "WebFetch"],
        ),
    ],
)
def test_tools(tools: list[Any], history: list[Any], offered: list[str]) -> None:
    functions = asked(tools=tools, messages=history).chat.get("tools", [])
    names = [one["function"]["name"] if "function" in one else one["type"] for one in functions]
    assert names == offered


def test_a_loaded_tool_is_told_in_words() -> None:
    assert messages(*LOADED)[-1] == tool("a", "Loaded: WebFetch")


@pytest.mark.parametrize(
    ("choice", "chat"),
    [
        ({"type": "auto", "disable_parallel_tool_use": True}, "auto"),
        ({"type": "any"}, "required"),
        ({"type": "none"}, "none"),
        ({"type": "tool", "name": "f"}, {"type": "function", "function": {"name": "f"}}),
    ],
)
def test_tool_choice(choice: object, chat: object) -> None:
    assert asked(tools=[PLAIN], tool_choice=choice).chat["tool_choice"] == chat


@pytest.mark.parametrize(("given", "told"), [(True, False), (False, None)])
def test_who_wants_one_call_says_so_in_the_chat(given: bool, told: bool | None) -> None:
    choice = {"type": "auto", "disable_parallel_tool_use": given}
    chat = asked(tools=[PLAIN], tool_choice=choice).chat
    assert chat.get("parallel_tool_calls") is told


def test_a_search_may_be_forced_and_may_be_forbidden() -> None:
    tools = [PLAIN, {"type": "web_search_20250305", "name": "web_search"}]
    choice = {"type": "tool", "name": "web_search"}
    assert asked(tools=tools, tool_choice=choice).chat["tool_choice"] == {"type": "web_search"}
    forbidden = asked(Policy(builtin_tools=False), tools=tools)
    assert [one["type"] for one in forbidden.chat["tools"]] == ["function"]


@pytest.mark.parametrize(
    "body",
    [
        {"tools": [{"type": "memory_20250818", "name": "memory"}, PLAIN]},
        {"top_k": 3},
        {"mcp_servers": [{"type": "url", "url": "https://a", "name": "a"}]},
        {"messages": [{"role": "user", "content": [{"type": "hologram"}]}]},
    ],
)
def test_a_strict_proxy_refuses_what_it_would_drop(body: dict[str, Any]) -> None:
    asked(**body)
    with pytest.raises(ClientError):
        asked(Policy(strict=True), **body)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("claude-haiku-4-5-20251001", Policy().light_model),
        ("claude-opus-5-5", "GigaChat-2-Max"),
        ("claude-sonnet-4-5", "GigaChat-2-Max"),
        ("claude-gigachat-2-pro", "gigachat-2-pro"),
        ("GigaChat-2-Pro", "GigaChat-2-Pro"),
        ("gigachat", "gigachat"),
        ("claude-mine", "claude-mine"),
    ],
)
def test_names_of_models(name: str, model: str) -> None:
    policy = Policy(aliases={"claude-mine": "GigaChat-2-Pro", "gigachat": "GigaChat-2-Max"})
    found = asked(policy, model=name)
    assert (found.model, found.chat["model"]) == (name, model)


@pytest.mark.parametrize(
    ("headers", "user_id", "session"),
    [
        ({"x-claude-code-session-id": "s1"}, None, "s1"),
        ({}, json.dumps({"session_id": "s2"}), "s2"),
        ({}, "user_1_account__session_s3", "s3"),
        ({}, "{", ""),
        ({}, "[]", ""),
        ({}, None, ""),
        ({}, 7, ""),
    ],
)
def test_the_session(headers: dict[str, str], user_id: object, session: str) -> None:
    request = ClientRequest("POST", "/v1/messages", headers, b"")
    assert module.session(request, {"metadata": {"user_id": user_id}}) == session


@pytest.mark.parametrize(
    ("pivot", "own"),
    [
        ("messages[0].content", "system"),
        ("messages[3].content[0]", "messages[2].content[0].content[0]"),
        ("messages[9]", "messages[9]"),
        ("tools[0].function.parameters", "tools[1].input_schema"),
        ("tools[1].function.name", "tools[3].name"),
        ("tools[7].type", "tools[7].type"),
        ("stop", "stop_sequences"),
        ("max_tokens", "max_tokens"),
    ],
)
def test_paths_are_told_in_the_clients_words(pivot: str, own: str) -> None:
    history = [USER, {"role": "assistant", "content": [used("a")]}]
    turn = {"role": "user", "content": [result("a", content="x")]}
    of_server = {"type": "advisor_20260301", "name": "advisor"}
    tools = [of_server, PLAIN, PLAIN | {"name": "later", "defer_loading": True}, PLAIN]
    found = asked(system="S", messages=[*history, turn], tools=tools)
    assert found.path_of(pivot) == own


def test_an_estimate_counts_words_and_tools_and_guesses_files() -> None:
    assert estimate.tokens({"messages": [{"role": "user", "content": ""}]}) == 1
    few = estimate.tokens(asked().chat)
    assert estimate.tokens(asked(tools=[PLAIN]).chat) > few
    picture = {"role": "user", "content": [{"type": "image", "source": PIXEL}]}
    assert estimate.tokens(asked(messages=[USER, picture]).chat) >= few + 1000
