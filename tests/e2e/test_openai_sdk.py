"""The official openai client, as its documentation shows it, through a real proxy."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
from openai import BadRequestError, InternalServerError, OpenAI, PermissionDeniedError
from pydantic import BaseModel, Field
from tests.support.proxy import Proxy

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

HELLO: Any = [{"role": "user", "content": "Событие: Ярмарка, 7 гостей"}]
NATIVE, BY_FUNCTION = "GigaChat-3-Ultra", "GigaChat-2-Max"
MODELS = [NATIVE, BY_FUNCTION]


class Guest(BaseModel):
    name: str
    age: int | None
    tags: list[Literal["speaker", "visitor"]] = Field(description="What the guest is.")


class Event(BaseModel):
    title: str
    kind: Literal["fair", "talk"]
    count: int
    guests: list[Guest]
    place: str | None


class Setup(NamedTuple):
    emulator: Emulator
    client: OpenAI


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    folder: Path = tmp_path_factory.mktemp("sdk")
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(state_dir=folder / "emulator", config=config) as emulator:
        with Proxy(emulator, folder) as proxy:
            with OpenAI(base_url=proxy.base_url, api_key="any", max_retries=0) as client:
                yield Setup(emulator, client)


@pytest.mark.parametrize("model", MODELS)
def test_parse_gives_an_object_of_a_pydantic_class(setup: Setup, model: str) -> None:
    completion = setup.client.chat.completions.parse(
        model=model, messages=HELLO, response_format=Event
    )
    assert completion.choices[0].finish_reason == "stop"
    event = completion.choices[0].message.parsed
    assert isinstance(event, Event)
    assert event.kind == "fair"
    assert event.guests[0].tags == ["speaker"]
    sent = setup.emulator.log[-1].json
    assert ("response_format" in sent) is (model == NATIVE)


@pytest.mark.parametrize("model", MODELS)
def test_a_stream_of_a_pydantic_class_ends_in_one(setup: Setup, model: str) -> None:
    with setup.client.chat.completions.stream(
        model=model, messages=HELLO, response_format=Event
    ) as stream:
        pieces = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()
    assert isinstance(final.choices[0].message.parsed, Event)
    assert Event.model_validate_json("".join(pieces)) == final.choices[0].message.parsed


def test_json_in_fences_is_parsed(setup: Setup) -> None:
    setup.emulator.script.add('Вот:\n```json\n{"a": [1, "```"]}\n```\nГотово.')
    completion = setup.client.chat.completions.create(
        model=BY_FUNCTION, messages=HELLO, response_format={"type": "json_object"}
    )
    assert completion.choices[0].message.content == '{"a": [1, "```"]}'


@pytest.mark.parametrize("model", MODELS)
def test_json_mode_with_the_schema_in_the_system_message(setup: Setup, model: str) -> None:
    words = (
        f"Answer with a JSON object that fits this schema:\n{json.dumps(Event.model_json_schema())}"
    )
    completion = setup.client.chat.completions.create(
        model=model,
        messages=[{"role": "system", "content": words}, *HELLO],
        response_format={"type": "json_object"},
    )
    assert Event.model_validate_json(completion.choices[0].message.content or "").kind == "fair"


def test_an_answer_that_is_no_json_is_an_error_and_no_text(setup: Setup) -> None:
    setup.emulator.script.add("Не получилось.")
    with pytest.raises(InternalServerError) as raised:
        setup.client.chat.completions.create(
            model=BY_FUNCTION, messages=HELLO, response_format={"type": "json_object"}
        )
    assert raised.value.code == "generation_failed"


@pytest.mark.parametrize("model", MODELS)
def test_tools_and_a_schema_together(setup: Setup, model: str) -> None:
    tool: Any = {
        "type": "function",
        "function": {
            "name": "look_up",
            "strict": True,
            "parameters": {
                "type": "object",
                "properties": {"name": {"type": "string"}},
                "required": ["name"],
                "additionalProperties": False,
            },
        },
    }
    messages = list(HELLO)
    first = setup.client.chat.completions.parse(
        model=model, messages=messages, tools=[tool], response_format=Guest
    )
    assert first.choices[0].finish_reason == "tool_calls"
    (call,) = first.choices[0].message.tool_calls or ()
    assert call.function.name == "look_up"
    messages.append(first.choices[0].message)
    messages.append({"role": "tool", "tool_call_id": call.id, "content": "found"})
    setup.emulator.script.add('{"name": "Аня", "age": null, "tags": []}')
    second = setup.client.chat.completions.parse(
        model=model, messages=messages, tools=[tool], response_format=Guest
    )
    assert second.choices[0].message.parsed == Guest(name="Аня", age=None, tags=[])


@pytest.mark.parametrize("answer", ["<think>Хм.</think>Да.", None])
def test_reasoning_comes_as_reasoning_content(setup: Setup, answer: str | None) -> None:
    scripted = answer or {"text": "Да.", "reasoning_content": "Хм."}
    setup.emulator.script.add(scripted, scripted)
    create = setup.client.chat.completions.create
    message = create(model=NATIVE, messages=HELLO, reasoning_effort="high").choices[0].message
    assert message.content == "Да."
    assert message.reasoning_content == "Хм."  # type: ignore[attr-defined]
    deltas = [
        chunk.choices[0].delta.model_dump()
        for chunk in create(model=NATIVE, messages=HELLO, stream=True)
    ]
    assert "".join(said["content"] or "" for said in deltas) == "Да."
    assert "".join(said.get("reasoning_content") or "" for said in deltas) == "Хм."


@pytest.mark.parametrize("model", ["text-embedding-3-small", "EmbeddingsGigaR"])
@pytest.mark.parametrize("encoding", [None, "float", "base64"])
def test_embeddings(setup: Setup, model: str, encoding: Any) -> None:
    options = {} if encoding is None else {"encoding_format": encoding}
    answer = setup.client.embeddings.create(model=model, input=["раз", "два"], **options)
    size = 2560 if model == "EmbeddingsGigaR" else 1024
    assert answer.model == ("EmbeddingsGigaR" if size == 2560 else "Embeddings")
    assert answer.usage.prompt_tokens == answer.usage.total_tokens > 0
    assert [item.index for item in answer.data] == [0, 1]
    if encoding != "base64":
        for item in answer.data:
            assert len(item.embedding) == size
            assert math.isclose(sum(x * x for x in item.embedding), 1, rel_tol=1e-3)


def test_embeddings_that_cannot_be_are_a_400(setup: Setup) -> None:
    with pytest.raises(BadRequestError, match="token ids"):
        setup.client.embeddings.create(model="Embeddings", input=[[10_000_000]])
    with pytest.raises(BadRequestError, match="1024"):
        setup.client.embeddings.create(model="Embeddings", input="раз", dimensions=256)
    with pytest.raises(BadRequestError) as raised:
        setup.client.embeddings.create(model="Embeddings", input="слово " * 2000)
    assert raised.value.code == "context_length_exceeded"


def test_legacy_completions(setup: Setup) -> None:
    create = setup.client.completions.create
    whole = create(model=BY_FUNCTION, prompt="Привет", max_tokens=100)
    assert whole.object == "text_completion"
    assert "Привет" in whole.choices[0].text
    chunks = list(
        create(
            model=BY_FUNCTION,
            prompt="Привет",
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert "".join(c.choices[0].text for c in chunks if c.choices) == whole.choices[0].text
    assert chunks[-1].usage is not None
    assert whole.usage is not None
    assert chunks[-1].usage.total_tokens == whole.usage.total_tokens


def test_gigachats_own_endpoints(setup: Setup) -> None:
    client = setup.client
    counted: Any = client.post(
        "/tokens/count", body={"model": BY_FUNCTION, "input": ["Привет, мир"]}, cast_to=object
    )
    assert counted == [{"object": "tokens", "tokens": 2, "characters": 11}]
    balance: Any = client.get("/balance", cast_to=object)
    assert balance["balance"]
    function = {"name": "f", "parameters": {"type": "object", "properties": {}}}
    valid: Any = client.post("/functions/validate", body=function, cast_to=object)
    assert valid["status"] == 200
    lines = b'{"id":"1","request":{"input":["a"]}}\n'
    batch: Any = client.post(
        "/batches",
        content=lines,
        options={
            "params": {"method": "embedder"},
            "headers": {"Content-Type": "application/octet-stream"},
        },
        cast_to=object,
    )
    listed: Any = client.get(
        "/batches", options={"params": {"batch_id": batch["id"]}}, cast_to=object
    )
    assert listed["batches"][0]["id"] == batch["id"]
    setup.emulator.switch(balance="pay_as_you_go")
    with pytest.raises(PermissionDeniedError, match="Permission denied"):
        client.get("/balance", cast_to=object)


@pytest.mark.parametrize("path", ["/functions/convert", "/assistants", "/threads", "/v2/batches"])
def test_a_path_not_on_the_list_is_refused_and_goes_nowhere(setup: Setup, path: str) -> None:
    before = len(setup.emulator.log)
    answer = setup.client._client.post(f"{setup.client.base_url}{path[1:]}", json={})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert len(setup.emulator.log) == before


def test_a_context_overflow_is_one_that_clients_know(setup: Setup) -> None:
    setup.emulator.switch(context_tokens=100)
    try:
        with pytest.raises(BadRequestError, match="maximum context length") as raised:
            setup.client.chat.completions.create(
                model=BY_FUNCTION, messages=[{"role": "user", "content": "слово " * 200}]
            )
    finally:
        setup.emulator.switch(context_tokens=131072)
    assert raised.value.code == "context_length_exceeded"


def test_a_stop_sequence_cuts_the_stream_and_the_usage_is_an_estimate(setup: Setup) -> None:
    setup.emulator.script.add("раз два три четыре пять")
    chunks = list(
        setup.client.chat.completions.create(
            model=BY_FUNCTION,
            messages=HELLO,
            stop=["четыре"],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == "раз два три "
    usage = chunks[-1].usage
    assert usage is not None
    assert usage.prompt_tokens > 0
    assert usage.completion_tokens > 0
