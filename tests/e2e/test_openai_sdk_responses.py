"""The openai package's Responses API against the proxy: made, streamed, parsed, gone on from."""

import base64
from typing import Any

import pytest
from openai import APIError, BadRequestError, NotFoundError, OpenAI
from pydantic import BaseModel
from tests.support.agent_task import chats
from tests.support.open_responses import check_events, check_response, read

from gigagate.emulator import Emulator
from gigagate.emulator.v2_routes import SOURCES

MODEL = "GigaChat-2-Max"
WEATHER: Any = {
    "type": "function",
    "name": "weather",
    "description": "The weather in a city.",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


class Person(BaseModel):
    name: str
    age: int


@pytest.mark.parametrize("chunk_chars", [1, 1000])
def test_text_whole_and_streamed(client: OpenAI, emulator: Emulator, chunk_chars: int) -> None:
    emulator.switch(chunk_chars=chunk_chars)
    whole = client.responses.create(model=MODEL, input="Привет", instructions="Кратко")
    assert "Вы написали: «Привет»" in whole.output_text
    raw = client.responses.with_raw_response.create(model=MODEL, input="Привет")
    check_response(raw.http_response.json())
    with client.responses.stream(model=MODEL, input="Привет", instructions="Кратко") as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert final.output_text == whole.output_text
    assert final.usage is not None and final.usage.total_tokens > 0
    asking = client.responses.with_streaming_response
    with asking.create(model=MODEL, input="Привет", stream=True) as streamed:
        check_events(read(streamed.read()))
    assert events[-1].type == "response.completed"


def test_an_answer_is_parsed(client: OpenAI) -> None:
    whole = client.responses.parse(model=MODEL, input="Кто ты?", text_format=Person)
    assert isinstance(whole.output_parsed, Person)
    with client.responses.stream(model=MODEL, input="Кто ты?", text_format=Person) as stream:
        final = stream.get_final_response()
    assert isinstance(final.output_parsed, Person)


@pytest.mark.parametrize("stateful", [False, True])
def test_tools_there_and_back(client: OpenAI, emulator: Emulator, stateful: bool) -> None:
    question: Any = {"role": "user", "content": "Call weather"}
    first = client.responses.create(model=MODEL, input=[question], tools=[WEATHER])
    (call,) = first.output
    assert call.type == "function_call" and call.name == "weather"
    result: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "+5"}
    if stateful:
        second = client.responses.create(
            model=MODEL, input=[result], previous_response_id=first.id, tools=[WEATHER]
        )
    else:
        history: Any = [question, *first.output, result]
        second = client.responses.create(model=MODEL, input=history, tools=[WEATHER])
    assert "Готово" in second.output_text and "+5" in second.output_text
    roles = [message["role"] for message in chats(emulator)[-1].json["messages"]]
    assert roles == ["user", "assistant", "function"]


def test_what_is_kept_can_be_seen_and_forgotten(client: OpenAI) -> None:
    made = client.responses.create(model=MODEL, input="Привет")
    assert client.responses.retrieve(made.id).output_text == made.output_text
    items = client.responses.input_items.list(made.id)
    assert [item.type for item in items] == ["message"]
    client.responses.delete(made.id)
    with pytest.raises(NotFoundError, match="does not have it"):
        client.responses.retrieve(made.id)
    with pytest.raises(BadRequestError) as caught:
        client.responses.create(model=MODEL, input="И?", previous_response_id=made.id)
    assert caught.value.code == "previous_response_not_found"
    private = client.responses.create(model=MODEL, input="Привет", store=False)
    with pytest.raises(NotFoundError):
        client.responses.retrieve(private.id)
    with pytest.raises(BadRequestError, match="background"):
        client.responses.cancel(made.id)


def test_tokens_are_counted_before(client: OpenAI, emulator: Emulator) -> None:
    counted = client.responses.input_tokens.count(model=MODEL, input="Привет", tools=[WEATHER])
    assert counted.input_tokens > 10
    emulator.faults.add(path="/tokens/count", status=500)
    assert client.responses.input_tokens.count(model=MODEL, input="Привет").input_tokens > 0


def test_a_conversation_is_made_shorter(client: OpenAI) -> None:
    compacted = client.responses.compact(
        model=MODEL,
        input=[{"role": "user", "content": "Привет"}, {"role": "assistant", "content": "Да"}],
    )
    history: Any = [item.to_dict(warnings=False) for item in compacted.output]
    assert [item["type"] for item in history] == ["message", "compaction"]
    again = client.responses.create(
        model=MODEL, input=[*history, {"role": "user", "content": "И?"}]
    )
    assert again.status == "completed"


def test_a_stream_that_breaks_off_is_an_error(client: OpenAI, emulator: Emulator) -> None:
    emulator.faults.add(path="/chat/completions", close="clean", after_events=3)
    with pytest.raises(APIError, match="broke off"):
        for _ in client.responses.create(model=MODEL, input="Привет", stream=True):
            pass


def test_a_socket_is_refused_so_that_codex_goes_on(client: OpenAI) -> None:
    wish = {"Connection": "Upgrade", "Upgrade": "websocket"}
    for headers in ({}, wish):
        with pytest.raises(APIError) as caught:
            client.get("/responses", cast_to=object, options={"headers": headers})
        assert getattr(caught.value, "status_code", None) == 426
    models: Any = client.get("/codex/models", cast_to=object)
    assert MODEL in [model["slug"] for model in models["models"]]


SEARCH: Any = {
    "model": "gigachat",
    "input": "Найди, почём молоко",
    "tools": [{"type": "web_search"}],
}
FOUND = "Молоко стоит 89 рублей. Кошки его любят 🐈, и в холод тоже. Больше ничего не нашлось."


@pytest.mark.parametrize("stream", [False, True])
def test_a_web_search_is_an_item_and_its_sources_are_cited(
    client: OpenAI, emulator: Emulator, stream: bool
) -> None:
    emulator.switch(chunk_chars=1)
    kinds: list[str] = []
    if stream:
        with client.responses.stream(**SEARCH) as events:
            kinds = [event.type for event in events]
            response: Any = events.get_final_response()
    else:
        response = client.responses.create(**SEARCH, include=["web_search_call.action.sources"])
    search, message = response.output
    assert (search.type, search.status, search.action.type) == (
        *("web_search_call", "completed"),
        "search",
    )
    urls = [page["url"] for page in SOURCES.values()]
    assert [source.url for source in search.action.sources] == urls
    (part,) = message.content
    assert (response.output_text, part.text) == (FOUND, FOUND)
    cited = [(FOUND[one.start_index : one.end_index], one.url) for one in part.annotations]
    assert [one.title for one in part.annotations] == [
        SOURCES[number]["title"] for number in ("1", "1", "2")
    ]
    assert cited == [
        ("Молоко стоит 89 рублей.", urls[0]),
        ("Кошки его любят 🐈, и в холод тоже.", urls[0]),
        ("Кошки его любят 🐈, и в холод тоже.", urls[1]),
    ]
    assert kinds.count("response.output_text.annotation.added") == (3 if stream else 0)
    states = [kind.rpartition(".")[2] for kind in kinds if "web_search_call" in kind]
    assert states == (["in_progress", "searching", "completed"] if stream else [])


@pytest.mark.parametrize("stream", [False, True])
def test_a_picture_is_an_item_of_its_own(client: OpenAI, stream: bool) -> None:
    asked: Any = {"model": MODEL, "input": "Нарисуй кота"}
    asked["tools"] = [{"type": "image_generation"}]
    if stream:
        with client.responses.stream(**asked) as events:
            response: Any = events.get_final_response()
    else:
        response = client.responses.create(**asked)
    picture, message = response.output
    assert (picture.type, picture.status) == ("image_generation_call", "completed")
    assert base64.b64decode(picture.result).startswith(b"\x89PNG")
    assert "/files/" in message.content[0].text
    assert message.content[0].text.endswith("Вот что получилось 🎨")


@pytest.mark.parametrize("stream", [False, True])
def test_log_probabilities_are_part_of_the_text(
    client: OpenAI, emulator: Emulator, stream: bool
) -> None:
    emulator.switch(v2_logprobs="message", chunk_chars=5)
    emulator.script.add("Привет, мир")
    asked: Any = {"model": MODEL, "input": "Привет", "top_logprobs": 2}
    asked["include"] = ["message.output_text.logprobs"]
    if stream:
        with client.responses.stream(**asked) as events:
            response: Any = events.get_final_response()
    else:
        response = client.responses.create(**asked)
    (part,) = response.output[0].content
    assert "".join(one.token for one in part.logprobs) == part.text == "Привет, мир"
    assert {len(one.top_logprobs) for one in part.logprobs} == {2}


def test_a_search_may_be_part_of_the_history(client: OpenAI, emulator: Emulator) -> None:
    first = client.responses.create(**SEARCH)
    emulator.script.add("Пожалуйста")
    asked: Any = [*SEARCH_HISTORY, *first.output, {"role": "user", "content": "Спасибо"}]
    told = client.responses.create(model="gigachat", input=asked)
    assert told.output_text == "Пожалуйста"


SEARCH_HISTORY: list[Any] = [{"role": "user", "content": "Найди"}]
