"""Chats as GigaChat v2 gets them, judged by the strict emulator."""

import json
from typing import Any

import pytest
from tests.support.client_requests import REQUESTS, called, result, system, tool, user

from gigagate.core.learnt import Learnt
from gigagate.core.policy import Policy
from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.v2_refused import Refused
from gigagate.emulator.v2_shape import read
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.exchange import Answer, ClientRequest, Exchange, UpstreamRequest

V2 = Policy(api="v2")
WEATHER = tool("weather", {"type": "object", "properties": {"city": {"type": "string"}}})
THREE = ("weather", "time", "web_search")
PATH = {"v1": "/v1/chat/completions", "v2": "/v2/chat/completions"}


def exchange(chat: dict[str, Any], policy: Policy = V2, learnt: Learnt | None = None) -> Exchange:
    body = json.dumps({"model": "gigachat", "messages": [user("hi")], **chat}).encode()
    request = ClientRequest("POST", "/v1/chat/completions", {}, body)
    return Exchange(request, policy, request_id="ab" * 16, now=1000, learnt=learnt)


def sent(chat: dict[str, Any], policy: Policy = V2, learnt: Learnt | None = None) -> Any:
    upstream = exchange(chat, policy, learnt).upstream_request()
    assert isinstance(upstream, UpstreamRequest)
    assert upstream.path == PATH["v2"]
    return json.loads(upstream.body)


def path_of(chat: dict[str, Any], policy: Policy) -> str:
    upstream = exchange(chat, policy).upstream_request()
    assert isinstance(upstream, UpstreamRequest)
    return upstream.path


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", REQUESTS)
def test_what_real_clients_send_is_taken(name: str, stream: bool) -> None:
    config = EmulatorConfig(v2_result_role="tool", v2_forced="accept")
    chat = {**REQUESTS[name], "stream": stream}
    upstream = exchange(chat).upstream_request()
    assert isinstance(upstream, UpstreamRequest)
    if upstream.files:
        upstream = upstream.with_files({file.key: "f-1" for file in upstream.files})
    facts: Any = {"f-1": None}
    try:
        read(json.loads(upstream.body), config, facts)
    except Refused as refused:
        pytest.fail(f"{refused.refusal}: {upstream.body.decode()[:2000]}")


def test_a_plain_chat() -> None:
    assert sent(
        {"messages": [system("Be short."), user("hi")], "max_tokens": 5, "stream": True}
    ) == {
        "model": "GigaChat-2-Max",
        "messages": [
            {"role": "system", "content": [{"text": "Be short."}]},
            {"role": "user", "content": [{"text": "hi"}]},
        ],
        "model_options": {"max_tokens": 5},
        "stream": True,
    }


def test_calls_of_one_turn_stay_together_and_results_keep_their_order() -> None:
    history = [user("hi"), called(*THREE), *(result(name, name) for name in reversed(THREE))]
    body = sent({"messages": history, "tools": [WEATHER, tool("time"), tool("web_search")]})
    calls, results = body["messages"][1:]
    assert (calls["role"], results["role"]) == ("assistant", "tool")
    upstream = ["weather", "time", "web_search_tool"]
    assert [part["function_call"]["name"] for part in calls["content"]] == upstream
    assert [part["function_result"]["name"] for part in results["content"]] == upstream
    told = [json.loads(part["function_result"]["result"]) for part in results["content"]]
    assert told == [{"result": name} for name in THREE]
    assert not any("id" in part["function_call"] for part in calls["content"])


def with_ids(*ids: str) -> list[dict[str, Any]]:
    calls = called(*(f"f{n}" for n in range(len(ids))))
    for one, call_id in zip(calls["tool_calls"], ids, strict=True):
        one["id"] = call_id
    results = [{"role": "tool", "tool_call_id": one, "content": "{}"} for one in ids]
    return [user("hi"), calls, *results]


CARRIED = [f"call_v2{n:032x}" for n in range(3)]


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        (CARRIED, True),
        ([*CARRIED[:2], "call_foreign"], False),
        (["toolu_1", "toolu_2"], False),
        (CARRIED[:1], True),
    ],
)
def test_ids_go_out_only_if_all_calls_have_gigachats(ids: list[str], told: bool) -> None:
    calls, results = sent({"messages": with_ids(*ids)})["messages"][1:]
    for part in (*calls["content"], *results["content"]):
        (inner,) = part.values()
        assert ("id" in inner) is told
    if told:
        assert calls["content"][0]["function_call"]["id"] == "00000000-0000-0000-0000-000000000000"


def test_functions_are_one_entry_beside_builtin_tools() -> None:
    body = sent({"tools": [WEATHER, {"type": "web_search"}, tool("time")]})
    (functions, search) = body["tools"]
    named = [one["name"] for one in functions["functions"]["specifications"]]
    assert (named, search) == (["weather", "time"], {"web_search": {}})
    assert body["tool_config"] == {"mode": "auto"}


@pytest.mark.parametrize(
    ("chat", "config"),
    [
        ({"tools": [{"type": "web_search_preview"}], "tool_choice": "required"}, "web_search"),
        (
            {"tools": [{"type": "web_search"}], "tool_choice": {"type": "web_search_preview"}},
            "web_search",
        ),
        ({"web_search_options": {}}, ""),
        ({"tools": [{"type": "image_generation"}], "tool_choice": "required"}, "image_generate"),
        ({"tools": [{"type": "code_interpreter", "container": {}}]}, ""),
    ],
)
def test_a_builtin_tool_alone_is_offered_or_forced(chat: dict[str, Any], config: str) -> None:
    body = sent(chat, Policy())
    forced = {"mode": "forced", "tool_name": config} if config else {"mode": "auto"}
    assert body["tool_config"] == forced
    assert len(body["tools"]) == 1


@pytest.mark.parametrize(
    ("chat", "taken"),
    [
        ({}, "v1"),
        ({"tools": [WEATHER], "parallel_tool_calls": True}, "v1"),
        ({"tools": [{"type": "file_search"}]}, "v1"),
        ({"tools": [{"type": "web_search", "external_web_access": False}]}, "v1"),
        ({"messages": [user(), called("a"), result("a", "{}")]}, "v1"),
        ({"tools": [WEATHER, {"type": "web_search"}]}, "v2"),
        ({"web_search_options": {}}, "v2"),
        ({"logprobs": True}, "v2"),
        ({"logprobs": False, "top_logprobs": 0}, "v1"),
        ({"response_format": {"type": "regex", "regex": "a+"}}, "v2"),
        ({"messages": [user(), called("a", "b"), result("a", "1"), result("b", "2")]}, "v2"),
    ],
)
def test_v2_is_taken_only_for_what_only_it_can(chat: dict[str, Any], taken: str) -> None:
    assert path_of(chat, Policy()) == PATH[taken]
    ready = exchange(chat, Policy())
    ready.upstream_request()
    assert ready.report.api == taken
    assert any(note.kind == "api" for note in ready.notes) is (taken == "v2")


@pytest.mark.parametrize(
    ("policy", "chat", "taken"),
    [
        (Policy(api="v1"), {"web_search_options": {}}, "v1"),
        (Policy(api="v2"), {}, "v2"),
        (Policy(apis={"GigaChat-2-*": "v2"}), {}, "v2"),
        (Policy(apis={"GigaChat-3*": "v2"}), {}, "v1"),
        (Policy(api="v2", apis={"*-Max": "v1"}), {}, "v1"),
        (Policy(builtin_tools=False), {"tools": [{"type": "web_search"}]}, "v1"),
        (Policy(builtin_tools=False), {"web_search_options": {}}, "v1"),
    ],
)
def test_settings_decide(policy: Policy, chat: dict[str, Any], taken: str) -> None:
    assert path_of(chat, policy) == PATH[taken]


# What is refused


def refused(ready: Exchange, status: int, body: bytes) -> Any:
    other = ready.otherwise(status, body)
    return (
        json.loads(other.body) | {"path": other.path}
        if isinstance(other, UpstreamRequest)
        else other
    )


INVALID = b'{"status":400,"message":"Your request contains invalid JSON syntax."}'


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, b"<title>403 Forbidden</title>"), (404, b'{"status":404,"message":"Not Found"}')],
)
def test_where_v2_is_closed_v1_is_asked_at_once_and_for_a_while(status: int, body: bytes) -> None:
    learnt = Learnt()
    ready = exchange({"web_search_options": {}}, Policy(), learnt)
    ready.upstream_request()
    assert refused(ready, status, body)["path"] == PATH["v1"]
    assert ready.report.api == "v1"
    assert [note.text for note in ready.notes if note.kind == "api"][1:] == [
        f"GigaChat v1: v2 answered {status}"
    ]
    again = exchange({"web_search_options": {}}, Policy(), learnt).upstream_request()
    assert isinstance(again, UpstreamRequest) and again.path == PATH["v1"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b'{"status":404,"message":"No such model"}'),
        (403, b'{"message":"The model is temporarily unavailable due to technical reasons"}'),
        (422, b'{"message":"CONTEXT_TOO_LONG"}'),
        (400, INVALID),
        (500, b""),
        (429, b""),
    ],
)
def test_what_another_way_would_not_help_stays_refused(status: int, body: bytes) -> None:
    ready = exchange({})
    ready.upstream_request()
    assert ready.otherwise(status, body) is None


@pytest.mark.parametrize("status", [400, 422])
def test_the_role_of_results_is_tried_the_other_way_and_remembered(status: int) -> None:
    learnt = Learnt()
    chat = {"messages": with_ids("a")}
    ready = exchange(chat, V2, learnt)
    ready.upstream_request()
    assert refused(ready, status, INVALID)["messages"][-1]["role"] == "function"
    assert sent(chat, V2, learnt)["messages"][-1]["role"] == "function"
    assert sent({**chat, "model": "GigaChat-2"}, V2, learnt)["messages"][-1]["role"] == "tool"
    assert ready.otherwise(status, INVALID) is None, "it did not help"
    assert sent(chat, V2, learnt)["messages"][-1]["role"] == "tool"


def test_a_tool_that_is_not_open_is_left_out_and_the_model_told() -> None:
    learnt = Learnt()
    chat = {"tools": [{"type": "code_interpreter"}, WEATHER], "tool_choice": "auto"}
    ready = exchange(chat, Policy(), learnt)
    ready.upstream_request()
    body = refused(ready, 422, b'{"message":"Tool code_interpreter is unavailable"}')
    assert [*body["tools"][0]] == ["functions"]
    assert len(body["tools"]) == 1
    assert "code_interpreter" in body["messages"][0]["content"][0]["text"]
    assert len(sent(chat, Policy(), learnt)["tools"]) == 1
    with pytest.raises(UnsupportedFeature):
        exchange(chat, Policy(strict=True), learnt).upstream_request()


@pytest.mark.parametrize("kind", ["web_search", "image_generation", "web_search_preview"])
@pytest.mark.parametrize("beside", [[], [WEATHER]])
def test_a_tool_of_gigachats_own_is_not_said_to_be_dropped(kind: str, beside: list[Any]) -> None:
    ready = exchange({"tools": [{"type": kind}, *beside]}, Policy(strict=True))
    ready.upstream_request()
    assert not [note.text for note in ready.notes if "dropped" in note.text]


def test_a_choice_that_cannot_be_forced_becomes_auto() -> None:
    chat = {"tools": [{"type": "web_search"}], "tool_choice": "required"}
    ready = exchange(chat, Policy())
    ready.upstream_request()
    assert refused(ready, 400, INVALID)["tool_config"] == {"mode": "auto"}


def test_a_call_of_any_of_several_functions_can_be_demanded() -> None:
    tools = {"tools": [WEATHER, tool("clock", {"type": "object", "properties": {}})]}
    named = [{"type": "function", "function": {"name": name}} for name in ("weather", "clock")]
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": named}}
    for choice in ("required", allowed):
        chat = {**tools, "tool_choice": choice}
        ready = exchange(chat)
        body = sent(chat)
        assert body["tool_config"] == {"mode": "any", "functions_names_any": ["weather", "clock"]}
        assert body["messages"][0]["role"] == "user"
        read(body, EmulatorConfig(v2_any="accept"), {})
        ready.upstream_request()
        other = refused(ready, 400, INVALID)
        assert other["tool_config"] == {"mode": "auto"}
        assert "never with text: weather, clock" in other["messages"][0]["content"][0]["text"]
    one = sent({"tools": [WEATHER], "tool_choice": "required"})
    assert one["tool_config"] == {"mode": "forced", "function_name": "weather"}


def test_what_may_have_been_refused_is_changed_one_by_one_then_together() -> None:
    learnt = Learnt()
    asked = {"tools": [WEATHER], "tool_choice": "required", "logprobs": True}
    chat = {"messages": with_ids("a"), **asked}
    ready = exchange(chat, V2, learnt)
    ready.upstream_request()
    ways = []
    while (other := refused(ready, 400, INVALID)) is not None:
        mode, role = other["tool_config"]["mode"], other["messages"][-1]["role"]
        ways.append((role, mode, "top_logprobs" in other.get("model_options", {})))
    assert ways == [
        ("function", "forced", True),
        ("tool", "auto", True),
        ("tool", "forced", False),
        ("function", "auto", False),
    ]
    assert sent(chat, V2, learnt)["messages"][-1]["role"] == "tool", "nothing of it was learnt"


@pytest.mark.parametrize(("given", "sent_top"), [({}, 1), ({"top_logprobs": 0}, 1)])
def test_log_probabilities_are_asked_of_v2(given: dict[str, Any], sent_top: int) -> None:
    body = sent({"logprobs": True, **given}, Policy())
    assert body["model_options"] == {"top_logprobs": sent_top}
    read(body, EmulatorConfig(v2_logprobs="part"), {})


def test_more_of_them_than_gigachat_tells_are_fewer_with_a_note() -> None:
    ready = exchange({"logprobs": True, "top_logprobs": 20}, Policy())
    upstream = ready.upstream_request()
    assert isinstance(upstream, UpstreamRequest)
    assert json.loads(upstream.body)["model_options"] == {"top_logprobs": 5}
    assert ("parameter", "top_logprobs was out of range -> 5") in [*ready.notes]
    with pytest.raises(InvalidRequest):
        exchange({"logprobs": True, "top_logprobs": "all"}, Policy()).upstream_request()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (422, b'{"status":422,"message":"Invalid params: top_logprobs is not allowed"}'),
        (403, b'{"status":403,"message":"Permission denied"}'),
        (400, INVALID),
    ],
)
def test_where_there_are_no_log_probabilities_v1_is_asked_next_time(
    status: int, body: bytes
) -> None:
    learnt = Learnt()
    ready = exchange({"logprobs": True}, Policy(), learnt)
    ready.upstream_request()
    other = refused(ready, status, body)
    assert (other["path"], other.get("model_options")) == (PATH["v2"], None)
    again = exchange({"logprobs": True}, Policy(), learnt)
    upstream = again.upstream_request()
    assert isinstance(upstream, UpstreamRequest)
    assert upstream.path == PATH["v1"]
    assert ("parameter", "dropped: logprobs") in [*again.notes]
    with pytest.raises(UnsupportedFeature):
        exchange({"logprobs": True}, Policy(strict=True), learnt).upstream_request()


def test_a_fault_on_the_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = exchange({"web_search_options": {}}, Policy())
    ready.upstream_request()
    monkeypatch.setattr("gigagate.gigachat.v2.refused.errors.words", lambda _: 1 / 0)
    told = ready.otherwise(403, b"")
    assert isinstance(told, Answer)
    assert (told.status, ready.crash is not None) == (500, True)
