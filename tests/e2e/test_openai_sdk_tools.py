"""Tools with the openai package: called, answered, finished; whole, streamed and in parallel."""

import json
from typing import Any

import pytest
from openai import OpenAI, pydantic_function_tool
from openai.types.chat import ChatCompletionMessage
from pydantic import BaseModel, Field

from gigagate.emulator import Emulator


class Weather(BaseModel):
    """Погода в городе."""

    location: str = Field(description="Город")
    days: int | None = None


TOOLS = [pydantic_function_tool(Weather, name="weather")]
QUESTION = {"role": "user", "content": "Какая погода в городе Омск? 🌦️"}
CALL = {"name": "weather", "arguments": {"location": 'Омск, "Центр" 🏙️', "days": 3}}
RESULT = "+7 °C, дождь"


def last_chat(emulator: Emulator) -> dict[str, Any]:
    *_, last = (received for received in emulator.log if "chat" in received.path)
    assert last.status == 200
    body: dict[str, Any] = last.json
    return body


def whole(client: OpenAI, messages: list[Any]) -> ChatCompletionMessage:
    completion = client.chat.completions.create(model="gigachat", messages=messages, tools=TOOLS)
    (choice,) = completion.choices
    assert choice.finish_reason == ("tool_calls" if choice.message.tool_calls else "stop")
    return choice.message


def streamed(client: OpenAI, messages: list[Any]) -> ChatCompletionMessage:
    with client.chat.completions.stream(model="gigachat", messages=messages, tools=TOOLS) as stream:
        (choice,) = stream.get_final_completion().choices
    assert choice.finish_reason == ("tool_calls" if choice.message.tool_calls else "stop")
    return choice.message


STREAM_FORMS = [
    {"stream_call": form, "stream_call_finish": finish}
    for form in ("object", "string", "pieces")
    for finish in ("with", "after", "missing")
]
WAYS = [(whole, {}), *((streamed, switches) for switches in STREAM_FORMS)]


@pytest.mark.parametrize(("ask", "switches"), WAYS)
def test_a_tool_is_called_and_its_result_answers(
    client: OpenAI, emulator: Emulator, ask: Any, switches: dict[str, str]
) -> None:
    emulator.switch(**switches)
    emulator.script.add({"function_call": CALL})
    first = ask(client, [QUESTION])
    assert first.tool_calls is not None
    (call,) = first.tool_calls
    assert call.function.name == "weather"
    assert json.loads(call.function.arguments) == CALL["arguments"]

    result = {"role": "tool", "tool_call_id": call.id, "content": RESULT}
    second = ask(client, [QUESTION, first.model_dump(), result])
    assert RESULT in (second.content or "")
    _, asked, answered = last_chat(emulator)["messages"]
    assert asked["function_call"] == CALL
    assert answered == {
        "role": "function",
        "name": "weather",
        "content": json.dumps({"result": RESULT}, ensure_ascii=False, separators=(",", ":")),
    }


def test_parallel_calls_in_the_history_stay_one_turn(client: OpenAI, emulator: Emulator) -> None:
    calls = [
        {
            "id": f"call_{city}",
            "type": "function",
            "function": {"name": "weather", "arguments": json.dumps({"location": city})},
        }
        for city in ("Омск", "Томск")
    ]
    messages = [
        QUESTION,
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "tool_call_id": "call_Томск", "content": '{"temperature":5}'},
        {"role": "tool", "tool_call_id": "call_Омск", "content": '[{"temperature":7}]'},
    ]
    assert whole(client, messages).content
    sent = last_chat(emulator)["messages"]
    assert [m["role"] for m in sent] in (
        ["user", "assistant", role] for role in ("tool", "function")
    )
    asked = [part["function_call"]["arguments"]["location"] for part in sent[1]["content"]]
    assert asked == ["Омск", "Томск"]
    assert [part["function_result"]["result"] for part in sent[2]["content"]] == [
        '{"result":[{"temperature":7}]}',
        '{"temperature":5}',
    ]


def test_a_required_tool_is_called(client: OpenAI, emulator: Emulator) -> None:
    completion = client.chat.completions.create(
        model="gigachat",
        messages=[{"role": "user", "content": "Просто поговорим"}],
        tools=TOOLS,
        tool_choice="required",
        parallel_tool_calls=False,
    )
    assert completion.choices[0].message.tool_calls
    assert last_chat(emulator)["function_call"] == {"name": "weather"}


def test_arguments_are_parsed_into_a_class_of_the_clients(client: OpenAI) -> None:
    completion = client.chat.completions.parse(model="gigachat", messages=[QUESTION], tools=TOOLS)
    (call,) = completion.choices[0].message.tool_calls or []
    assert call.function.parsed_arguments == Weather(location="Омск", days=1)
