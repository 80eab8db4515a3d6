"""What only GigaChat's second API can, with the openai package: searches, several calls at once."""

import json
from typing import Any

import pytest
from openai import BadRequestError, OpenAI
from openai.types.chat import ChatCompletion
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator
from gigagate.emulator.v2_routes import SOURCES

PLAIN = "Молоко стоит 89 рублей. Кошки его любят 🐈, и в холод тоже. Больше ничего не нашлось."
SEARCH = {"role": "user", "content": "Найди, почём молоко"}
CITED = [SOURCES["1"]["url"], SOURCES["1"]["url"], SOURCES["2"]["url"]]
NAMES = ("weather", "clock", "web_search")
TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": name,
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
    for name in NAMES
]
CALLS = [
    {"name": name, "arguments": {"city": "Пермь"}}
    for name in ("weather", "clock", "web_search_tool")
]


def paths(emulator: Emulator) -> list[str]:
    return [f"{one.path} {one.status}" for one in emulator.log if "chat" in one.path]


@pytest.mark.parametrize("way", [{"web_search_options": {}}, {"tools": [{"type": "web_search"}]}])
def test_a_search_is_answered_with_sources(
    client: OpenAI, emulator: Emulator, way: dict[str, Any]
) -> None:
    completion = client.chat.completions.create(model="gigachat", messages=[SEARCH], **way)
    message = completion.choices[0].message
    assert message.content == PLAIN
    assert message.annotations is not None
    places = [one.url_citation for one in message.annotations]
    assert [place.url for place in places] == CITED
    assert places[0].title == SOURCES["1"]["title"]
    cited = [PLAIN[place.start_index : place.end_index] for place in places]
    assert cited == ["Молоко стоит 89 рублей.", *["Кошки его любят 🐈, и в холод тоже."] * 2]
    assert paths(emulator) == ["/api/v2/chat/completions 200"]


@pytest.mark.parametrize("chunk_chars", [1, 3, 12, 500])
def test_a_streamed_search_loses_nothing(
    client: OpenAI, emulator: Emulator, chunk_chars: int
) -> None:
    emulator.switch(chunk_chars=chunk_chars)
    stream: Any = client.chat.completions.create(
        model="gigachat", messages=[SEARCH], web_search_options={}, stream=True
    )
    deltas = [chunk.choices[0].delta for chunk in stream if chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == PLAIN
    annotations = [one for delta in deltas for one in getattr(delta, "annotations", None) or ()]
    assert [one["url_citation"]["url"] for one in annotations] == CITED


@pytest.mark.parametrize("model", ["GigaChat-2-Max", "GigaChat-3-Lightning"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("switches", [{}, {"v2_call_ids": "absent"}, {"v2_stream_call": "delta"}])
def test_three_calls_at_once_and_their_results(
    client: OpenAI, emulator: Emulator, model: str, stream: bool, switches: dict[str, Any]
) -> None:
    """The model asks v2 because of the builtin tool beside the functions."""
    emulator.switch(models="all", **switches)
    emulator.script.add({"function_calls": CALLS})
    tools = [*TOOLS, {"type": "web_search"}]
    messages: list[Any] = [{"role": "user", "content": "Погода, время, новости"}]
    asked: dict[str, Any] = {"model": model, "tools": tools}
    if stream:
        with client.chat.completions.stream(messages=messages, **asked) as events:
            choice: Any = events.get_final_completion().choices[0]
    else:
        choice = client.chat.completions.create(messages=messages, **asked).choices[0]
    assert choice.finish_reason == "tool_calls"
    calls = choice.message.tool_calls
    assert [call.function.name for call in calls] == list(NAMES)
    assert len({call.id for call in calls}) == 3
    assert all(json.loads(call.function.arguments) == {"city": "Пермь"} for call in calls)
    made = [
        {"id": c.id, "type": "function", "function": {"name": c.function.name, "arguments": "{}"}}
        for c in calls
    ]
    messages += [
        {"role": "assistant", "content": None, "tool_calls": made},
        *({"role": "tool", "tool_call_id": c.id, "content": c.function.name} for c in calls[::-1]),
    ]
    emulator.script.add("Готово")
    done = client.chat.completions.create(messages=messages, model=model, tools=TOOLS)
    assert done.choices[0].message.content == "Готово"
    (last,) = [one.json for one in emulator.log if "chat" in one.path][-1:]
    results = [part["function_result"] for part in last["messages"][-1]["content"]]
    assert [json.loads(one["result"])["result"] for one in results] == list(NAMES)
    assert all(("id" in one) is ("v2_call_ids" not in switches) for one in results)


def test_the_role_of_results_is_found_once_for_a_model(client: OpenAI, emulator: Emulator) -> None:
    """On the public host GigaChat-2 was measured to refuse the role tool."""
    calls = [
        {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": "{}"}}
        for n, name in enumerate(NAMES)
    ]
    results = [{"role": "tool", "tool_call_id": f"c{n}", "content": "{}"} for n in range(3)]
    messages: Any = [SEARCH, {"role": "assistant", "content": "", "tool_calls": calls}, *results]
    for _ in range(2):
        emulator.script.add("Да")
        client.chat.completions.create(model="GigaChat-2-Pro", messages=messages, tools=TOOLS)
    v2 = "/api/v2/chat/completions"
    assert paths(emulator) == [f"{v2} 400", f"{v2} 200", f"{v2} 200"]


def test_what_a_model_refuses_is_found_among_what_it_may_have_refused(
    client: OpenAI, emulator: Emulator
) -> None:
    """GigaChat-3-Lightning was measured to want the role tool, and to force nothing."""
    made = {"id": "c", "type": "function", "function": {"name": "clock", "arguments": "{}"}}
    told = {"role": "tool", "tool_call_id": "c", "content": "{}"}
    messages: Any = [SEARCH, {"role": "assistant", "content": "", "tool_calls": [made]}, told]
    asked: Any = {"messages": messages, "tools": [*TOOLS, {"type": "web_search"}]}
    asked["tool_choice"] = {"type": "function", "function": {"name": "weather"}}
    for _ in range(2):
        emulator.script.add("Да")
        client.chat.completions.create(model="GigaChat-3-Lightning", **asked)
    v2 = "/api/v2/chat/completions"
    assert paths(emulator) == [f"{v2} 400", f"{v2} 422", f"{v2} 200", f"{v2} 200"]


def test_a_tool_that_the_account_may_not_use_is_left_out(
    client: OpenAI, emulator: Emulator
) -> None:
    asked: Any = {"messages": [SEARCH], "tools": [{"type": "code_interpreter"}]}
    for _ in range(2):
        completion = client.chat.completions.create(model="gigachat", **asked)
        assert completion.choices[0].message.content
    v2 = "/api/v2/chat/completions"
    assert paths(emulator) == [f"{v2} 422", f"{v2} 200", f"{v2} 200"]


@pytest.mark.parametrize("stream", [False, True])
def test_log_probabilities_are_told_where_the_account_may_have_them(
    client: OpenAI, emulator: Emulator, stream: bool
) -> None:
    emulator.switch(v2_logprobs="part", chunk_chars=5)
    emulator.script.add("Привет, мир")
    asked: Any = {"messages": [{"role": "user", "content": "Привет"}], "logprobs": True}
    asked |= {"model": "gigachat", "top_logprobs": 2}
    completion: ChatCompletion
    if stream:
        with client.chat.completions.stream(**asked) as events:
            completion = events.get_final_completion()
    else:
        completion = client.chat.completions.create(**asked)
    told = completion.choices[0].logprobs
    assert told is not None and told.content is not None
    assert "".join(one.token for one in told.content) == "Привет, мир"
    assert {len(one.top_logprobs) for one in told.content} == {2}
    assert all(one.logprob < 0 for one in told.content)
    assert completion.choices[0].message.content == "Привет, мир"


def test_where_it_may_not_the_answer_comes_without(client: OpenAI, emulator: Emulator) -> None:
    asked: Any = {"messages": [{"role": "user", "content": "Привет"}], "logprobs": True}
    for _ in range(2):
        choice = client.chat.completions.create(model="GigaChat-2-Pro", **asked).choices[0]
        assert (choice.logprobs, bool(choice.message.content)) == (None, True)
    v2 = "/api/v2/chat/completions"
    assert paths(emulator) == [f"{v2} 422", f"{v2} 200", "/api/v1/chat/completions 200"]


def test_an_error_of_v2_comes_in_openais_form(client: OpenAI, emulator: Emulator) -> None:
    emulator.faults.add(
        path="/v2/chat", status=422, body='{"status":422,"message":"CONTEXT_TOO_LONG"}'
    )
    with pytest.raises(BadRequestError) as raised:
        client.chat.completions.create(model="gigachat", messages=[SEARCH], web_search_options={})
    assert raised.value.code == "context_length_exceeded"


def test_a_stream_of_v2_that_breaks_off_does_not_look_complete(
    client: OpenAI, emulator: Emulator
) -> None:
    emulator.faults.add(path="/v2/chat", close="clean", after_events=4)
    stream: Any = client.chat.completions.create(
        model="gigachat", messages=[SEARCH], web_search_options={}, stream=True
    )
    with pytest.raises(Exception, match="broke off"):
        list(stream)


def test_v1_is_asked_where_v2_is_closed(client: OpenAI, emulator: Emulator, proxy: Proxy) -> None:
    """The last test of the file: the proxy remembers it."""
    emulator.switch(v2="closed")
    for _ in range(2):
        completion = client.chat.completions.create(
            model="gigachat", messages=[SEARCH], web_search_options={}
        )
        assert completion.choices[0].message.content
    v1 = "/api/v1/chat/completions 200"
    assert paths(emulator) == ["/api/v2/chat/completions 403", v1, v1]
