"""The openai package, as it is, talks to GigaChat through the proxy: chats, streams, models."""

import asyncio

import pytest
from openai import AsyncOpenAI, NotFoundError, OpenAI
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator

QUESTION: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Как дела?"}]

TEXT = """\ufeff  Привет 👩‍💻🇷🇺 é e\u0301 \u2028\u0085\t"quoted" \\n \\\\ </s> 𝄞

```xml
<a b="c">&amp;</a>
```
data: [DONE]

<write_to_file>
<path>src/main.py</path>
<content>
if a < b and c > d:\r
    print("hi")\x20\x20

</content>
</write_to_file>

"""
"""What a stream may harm: text cut inside emoji, fences and tags, odd ends of lines, blank ends."""


def chats(emulator: Emulator) -> list[dict]:
    return [received.json for received in emulator.log if "chat" in received.path]


BASE_PATHS = ["", "/", "/v1", "/v1/", "/v1/v1", "/api/v1", "/v1/chat/completions"]


@pytest.mark.parametrize("path", BASE_PATHS)
def test_any_spelling_of_the_base_url_works(proxy: Proxy, emulator: Emulator, path: str) -> None:
    base_url = f"http://localhost:{proxy.port}{path}"
    with OpenAI(base_url=base_url, api_key="any", max_retries=0) as client:
        emulator.script.add("Хорошо")
        completion = client.chat.completions.create(model="gigachat", messages=QUESTION)
        assert completion.choices[0].message.content == "Хорошо"
        assert "gigachat" in [model.id for model in client.models.list()]


def test_a_chat_is_answered(client: OpenAI, emulator: Emulator) -> None:
    emulator.script.add(TEXT)
    completion = client.chat.completions.create(model="gigachat", messages=QUESTION)
    (choice,) = completion.choices
    assert completion.object == "chat.completion"
    assert completion.id.startswith("chatcmpl-")
    assert completion.model.startswith("GigaChat-2-Max")
    assert choice.message.role == "assistant"
    assert choice.message.content == TEXT
    assert choice.message.tool_calls is None
    assert choice.finish_reason == "stop"
    assert completion.usage is not None
    assert completion.usage.prompt_tokens > 0
    assert completion.usage.completion_tokens > 0
    assert chats(emulator) == [{"model": "GigaChat-2-Max", "messages": QUESTION}]


CUTS = [{"chunk_chars": 1}, {"chunk_chars": 1, "wire_bytes": 1}, {"chunk_chars": 7}]


@pytest.mark.parametrize("cut", CUTS)
def test_a_streamed_text_is_exact_however_it_is_cut(
    client: OpenAI, emulator: Emulator, cut: dict[str, int]
) -> None:
    emulator.switch(**cut)
    emulator.script.add(TEXT)
    with client.chat.completions.create(model="gigachat", messages=QUESTION, stream=True) as stream:
        chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == TEXT
    assert len({(chunk.id, chunk.created, chunk.model, chunk.object) for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    reasons = [chunk.choices[0].finish_reason for chunk in chunks]
    assert reasons == [None] * (len(chunks) - 1) + ["stop"]
    assert all(chunk.usage is None for chunk in chunks)


def test_usage_is_the_last_chunk_of_a_stream_when_asked_for(
    client: OpenAI, emulator: Emulator
) -> None:
    emulator.script.add("Хорошо")
    with client.chat.completions.create(
        model="gigachat", messages=QUESTION, stream=True, stream_options={"include_usage": True}
    ) as stream:
        *chunks, last = stream
    assert all(chunk.usage is None for chunk in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert last.choices == []
    assert last.usage is not None
    total = last.usage.prompt_tokens + last.usage.completion_tokens
    assert total == last.usage.total_tokens > 0


def test_the_stream_helper_follows_an_answer(client: OpenAI, emulator: Emulator) -> None:
    emulator.switch(chunk_chars=1)
    emulator.script.add(TEXT)
    with client.chat.completions.stream(model="gigachat", messages=QUESTION) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert final.choices[0].message.content == TEXT


def test_an_answer_cut_by_max_tokens_says_so(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model="gigachat", messages=QUESTION, max_completion_tokens=1
    )
    assert completion.choices[0].finish_reason == "length"


def test_an_answer_is_parsed_into_a_class_of_the_clients(client: OpenAI) -> None:
    class City(BaseModel):
        name: str
        population: int

    completion = client.chat.completions.parse(
        model="gigachat",
        messages=[{"role": "user", "content": "Город Тверь, 416"}],
        response_format=City,
    )
    assert completion.choices[0].message.parsed == City(name="Тверь", population=416)


def test_a_dialogue_of_several_turns_is_one_session(client: OpenAI, emulator: Emulator) -> None:
    messages: list[ChatCompletionMessageParam] = [{"role": "developer", "content": "Будь краток."}]
    for number in range(4):
        messages.append({"role": "user", "content": [{"type": "text", "text": f"Вопрос {number}"}]})
        completion = client.chat.completions.create(model="gigachat", messages=messages)
        answer = completion.choices[0].message
        assert f"«Вопрос {number}»" in (answer.content or "")
        messages.append(answer.model_dump())
    assert completion.usage is not None
    assert completion.usage.prompt_tokens_details is not None
    assert completion.usage.prompt_tokens_details.cached_tokens

    sent = [r for r in emulator.log if "chat" in r.path]
    assert len({r.header("x-session-id") for r in sent}) == 1
    last = sent[-1].json["messages"]
    assert [m["role"] for m in last] == ["system"] + ["user", "assistant"] * 3 + ["user"]
    assert all(type(m["content"]) is str for m in last)


def test_models_are_listed_and_found(client: OpenAI) -> None:
    ids = [model.id for model in client.models.list()]
    assert ids[:3] == ["gigachat", "gigachat-max", "gigachat-pro"]
    assert "GigaChat-2-Max" in ids
    assert len(ids) == len(set(ids))
    for name in ("gigachat", "GigaChat-2-Max"):
        model = client.models.retrieve(name)
        assert (model.id, model.object) == (name, "model")


def test_a_model_that_is_not_there_is_not_found(client: OpenAI) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.models.retrieve("gpt-17")
    assert caught.value.code == "model_not_found"
    assert "/v1/models" in caught.value.message


@pytest.mark.parametrize("stream", [False, True])
async def test_sixteen_at_once_get_their_own_answers(
    proxy: Proxy, emulator: Emulator, stream: bool
) -> None:
    emulator.switch(chunk_chars=1)

    async def ask(client: AsyncOpenAI, number: int) -> str:
        messages: list[ChatCompletionMessageParam] = [
            {"role": "user", "content": f"Вопрос {number}"}
        ]
        if not stream:
            whole = await client.chat.completions.create(model="gigachat", messages=messages)
            return whole.choices[0].message.content or ""
        chunks = await client.chat.completions.create(
            model="gigachat", messages=messages, stream=True
        )
        async with chunks:
            return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])

    async with AsyncOpenAI(base_url=proxy.base_url, api_key="any", max_retries=0) as client:
        answers = await asyncio.gather(*(ask(client, number) for number in range(16)))
    for number, answer in enumerate(answers):
        assert f"«Вопрос {number}»" in answer
