"""Google's Python SDK, unchanged, in front of the proxy and the emulator."""

from collections.abc import Iterator
from typing import Any

import pytest
from google import genai
from google.genai import errors, types
from pydantic import BaseModel
from tests.support import samples
from tests.support.agent_task import chats
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator

MODEL = "gemini-3-pro-preview"
CALL = {"function_call": {"name": "get_weather", "arguments": {"city": "Москва"}}}


class Weather(BaseModel):
    city: str
    degrees: int


def get_weather(city: str) -> dict[str, str]:
    """Погода в городе."""
    return {"weather": f"{city}: +25 ☀"}


@pytest.fixture
def google(proxy: Proxy) -> Iterator[genai.Client]:
    options = types.HttpOptions(base_url=proxy.url, timeout=30_000)
    with genai.Client(api_key="any", http_options=options) as client:
        yield client


def test_content(google: genai.Client, emulator: Emulator) -> None:
    emulator.script.add("Здравствуйте 👋")
    answer = google.models.generate_content(
        model=MODEL,
        contents="Привет",
        config=types.GenerateContentConfig(
            system_instruction="Ты помощник", max_output_tokens=65_536, temperature=0.5, top_p=0.9
        ),
    )
    assert answer.text == "Здравствуйте 👋"
    assert answer.candidates
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.model_version == MODEL
    assert answer.response_id
    assert answer.usage_metadata
    assert (answer.usage_metadata.prompt_token_count or 0) > 0
    (chat,) = chats(emulator)
    assert chat.json["model"] == "GigaChat-2-Max"
    assert chat.json["messages"][0] == {"role": "system", "content": "Ты помощник"}
    assert (chat.json["max_tokens"], chat.json["temperature"]) == (8192, 0.5)
    assert chat.json["top_p"] == 0.9


def test_stream(google: genai.Client, emulator: Emulator) -> None:
    emulator.switch(chunk_chars=1)
    emulator.script.add({"text": "Жил-был король 👑", "reasoning_content": "Сказка"})
    config = types.GenerateContentConfig(
        thinking_config=types.ThinkingConfig(thinking_budget=1024, include_thoughts=True)
    )
    chunks = list(
        google.models.generate_content_stream(model=MODEL, contents="Сказку", config=config)
    )
    assert "".join(chunk.text or "" for chunk in chunks) == "Жил-был король 👑"
    parts = [part for chunk in chunks for part in chunk.parts or ()]
    assert "".join(part.text or "" for part in parts if part.thought) == "Сказка"
    assert chats(emulator)[0].json["reasoning_effort"] == "low"
    last = chunks[-1]
    assert last.candidates
    assert last.candidates[0].finish_reason == types.FinishReason.STOP
    assert last.usage_metadata
    assert (last.usage_metadata.candidates_token_count or 0) > 0


def test_a_chat_remembers(google: genai.Client, emulator: Emulator) -> None:
    emulator.switch(chunk_chars=1)
    emulator.script.add("Раз", "Два", "Три")
    chat = google.chats.create(model=MODEL)
    assert chat.send_message("1").text == "Раз"
    assert "".join(chunk.text or "" for chunk in chat.send_message_stream("2")) == "Два"
    assert chat.send_message("3").text == "Три"
    said = [message["content"] for message in chats(emulator)[-1].json["messages"]]
    assert said == ["1", "Раз", "2", "Два", "3"]


@pytest.mark.parametrize("stream", [False, True])
def test_functions_are_called_automatically(
    google: genai.Client, emulator: Emulator, stream: bool
) -> None:
    emulator.script.add(CALL, "В Москве тепло")
    config = types.GenerateContentConfig(tools=[get_weather])
    chat = google.chats.create(model=MODEL, config=config)
    if stream:
        said = "".join(chunk.text or "" for chunk in chat.send_message_stream("Погода?"))
    else:
        said = chat.send_message("Погода?").text or ""
    assert said == "В Москве тепло"
    assert [message["role"] for message in chats(emulator)[-1].json["messages"]] == [
        *("user", "assistant", "function"),
    ]
    result = chats(emulator)[-1].json["messages"][-1]
    assert result["name"] == "get_weather"
    assert "+25 ☀" in result["content"]
    (function,) = chats(emulator)[0].json["functions"]
    assert function["parameters"]["properties"]["city"]["type"] == "string"


def test_a_function_by_hand(google: genai.Client, emulator: Emulator) -> None:
    emulator.script.add(CALL, "Тепло")
    declared = types.FunctionDeclaration(
        name="get_weather",
        description="Погода",
        parameters=types.Schema(
            type=types.Type.OBJECT,
            properties={"city": types.Schema(type=types.Type.STRING, max_length=50)},
            required=["city"],
        ),
    )
    config = types.GenerateContentConfig(
        tools=[types.Tool(function_declarations=[declared])],
        tool_config=types.ToolConfig(
            function_calling_config=types.FunctionCallingConfig(
                mode=types.FunctionCallingConfigMode.ANY, allowed_function_names=["get_weather"]
            )
        ),
    )
    asked = google.models.generate_content(model=MODEL, contents="Погода?", config=config)
    assert asked.function_calls
    (call,) = asked.function_calls
    assert (call.name, call.args) == ("get_weather", {"city": "Москва"})
    assert call.id
    assert chats(emulator)[0].json["function_call"] == {"name": "get_weather"}
    assert asked.candidates
    history: Any = [
        "Погода?",
        asked.candidates[0].content,
        types.Part.from_function_response(name="get_weather", response={"result": "+25"}),
    ]
    answer = google.models.generate_content(model=MODEL, contents=history)
    assert answer.text == "Тепло"
    function = chats(emulator)[-1].json["messages"][-1]
    assert function == {"role": "function", "name": "get_weather", "content": '{"result":"+25"}'}


@pytest.mark.parametrize("field", ["response_schema", "response_json_schema"])
def test_json_with_a_schema(google: genai.Client, emulator: Emulator, field: str) -> None:
    emulator.script.add(
        {"function_call": {"name": "answer_in_json", "arguments": {"city": "Тверь", "degrees": 7}}}
    )
    schema: Any = Weather if field == "response_schema" else Weather.model_json_schema()
    config = types.GenerateContentConfig(response_mime_type="application/json", **{field: schema})
    answer = google.models.generate_content(model=MODEL, contents="Погода?", config=config)
    assert Weather.model_validate_json(answer.text or "") == Weather(city="Тверь", degrees=7)
    if field == "response_schema":
        assert answer.parsed == Weather(city="Тверь", degrees=7)
    (function,) = chats(emulator)[0].json["functions"]
    assert function["parameters"]["properties"]["degrees"]["type"] == "integer"


def test_a_picture(google: genai.Client, emulator: Emulator) -> None:
    picture = types.Part.from_bytes(data=samples.png(3), mime_type="image/png")
    answer = google.models.generate_content(model=MODEL, contents=[picture, "Что тут?"])
    assert "Файлов вижу: 1" in (answer.text or "")
    (upload,) = (received for received in emulator.log if received.path.endswith("/files"))
    assert samples.png(3) in upload.body


def test_embeddings(google: genai.Client, emulator: Emulator) -> None:
    one = google.models.embed_content(model="gemini-embedding-001", contents="раз")
    two = google.models.embed_content(
        model="gemini-embedding-001",
        contents=["раз", "два"],
        config=types.EmbedContentConfig(task_type="RETRIEVAL_QUERY"),
    )
    assert one.embeddings
    assert two.embeddings
    assert len(two.embeddings) == 2
    assert one.embeddings[0].values == two.embeddings[0].values
    with pytest.raises(errors.ClientError, match="outputDimensionality"):
        google.models.embed_content(
            model="gemini-embedding-001",
            contents="раз",
            config=types.EmbedContentConfig(output_dimensionality=7),
        )


def test_tokens(google: genai.Client, emulator: Emulator) -> None:
    few = google.models.count_tokens(model=MODEL, contents="Привет").total_tokens or 0
    many = google.models.count_tokens(model=MODEL, contents="Привет, мир! " * 20).total_tokens or 0
    assert 0 < few < many
    emulator.faults.add(path="/tokens/count", status=500)
    assert (google.models.count_tokens(model=MODEL, contents="Привет").total_tokens or 0) > 0


def test_models(google: genai.Client) -> None:
    listed = {model.name: model for model in google.models.list()}
    found = listed["models/GigaChat-2-Max"]
    assert (found.input_token_limit, found.output_token_limit) == (131_072, 8_192)
    assert "models/gemini-3-gigachat-2-max" in listed
    assert google.models.get(model="GigaChat-2-Pro").name == "models/GigaChat-2-Pro"
    assert google.models.get(model="gemini-3-pro-preview").name == "models/gemini-3-pro-preview"
    with pytest.raises(errors.ClientError, match="404 NOT_FOUND"):
        google.models.get(model="no-such-model")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"status": 429, "headers": {"Retry-After": "300"}}, "429 RESOURCE_EXHAUSTED"),
        ({"status": 500}, "500 INTERNAL"),
        ({"status": 403}, "403 PERMISSION_DENIED"),
    ],
)
def test_gigachats_errors_are_the_sdks_own(
    google: genai.Client, emulator: Emulator, fault: dict[str, Any], status: str
) -> None:
    emulator.faults.add(path="/chat/completions", times=50, **fault)
    with pytest.raises(errors.APIError, match=status) as raised:
        google.models.generate_content(model=MODEL, contents="Привет")
    assert raised.value.message
    if status.startswith("429"):
        (retry,) = raised.value.details["error"]["details"]
        assert retry["retryDelay"].endswith("s")


def test_the_clients_own_mistakes(google: genai.Client) -> None:
    with pytest.raises(errors.ClientError, match="cachedContent") as raised:
        google.models.generate_content(
            model=MODEL,
            contents="Привет",
            config=types.GenerateContentConfig(cached_content="cachedContents/1"),
        )
    assert raised.value.code == 400
    assert raised.value.status == "INVALID_ARGUMENT"


def test_a_stream_that_breaks_off_is_an_error(google: genai.Client, emulator: Emulator) -> None:
    emulator.switch(chunk_chars=1)
    emulator.script.add("Жил-был король")
    emulator.faults.add(path="/chat/completions", close="clean", after_events=4)
    with pytest.raises(errors.APIError, match="broke off"):
        list(google.models.generate_content_stream(model=MODEL, contents="Сказку"))


@pytest.mark.parametrize("stream", [False, True])
def test_a_web_search_names_its_sources(google: genai.Client, stream: bool) -> None:
    config = types.GenerateContentConfig(tools=[types.Tool(google_search=types.GoogleSearch())])
    asked: Any = {"model": MODEL, "contents": "Погода", "config": config}
    if stream:
        *_, last = google.models.generate_content_stream(**asked)
    else:
        last = google.models.generate_content(**asked)
    (candidate,) = last.candidates or ()
    assert candidate.grounding_metadata is not None
    pages = candidate.grounding_metadata.grounding_chunks or []
    assert all(page.web and page.web.uri and page.web.title for page in pages)
    assert pages


@pytest.mark.parametrize("stream", [False, True])
def test_log_probabilities_are_of_the_candidate(
    google: genai.Client, emulator: Emulator, stream: bool
) -> None:
    emulator.switch(v2_logprobs="answer", chunk_chars=5)
    emulator.script.add("Привет, мир")
    config = types.GenerateContentConfig(response_logprobs=True, logprobs=2)
    asked: Any = {"model": MODEL, "contents": "Привет", "config": config}
    if stream:
        *_, last = google.models.generate_content_stream(**asked)
    else:
        last = google.models.generate_content(**asked)
    (candidate,) = last.candidates or ()
    likely = candidate.logprobs_result
    assert likely is not None and likely.chosen_candidates and likely.top_candidates
    assert "".join(one.token or "" for one in likely.chosen_candidates) == "Привет, мир"
    assert {len(one.candidates or ()) for one in likely.top_candidates} == {2}
    assert candidate.avg_logprobs is not None and candidate.avg_logprobs < 0


async def test_async(proxy: Proxy, emulator: Emulator) -> None:
    emulator.script.add("Раз", "Два")
    for version in ("v1", "v1beta", "v1alpha"):
        options = types.HttpOptions(base_url=proxy.base_url, timeout=30_000, api_version=version)
        async with genai.Client(api_key="any", http_options=options).aio as client:
            answer = await client.models.count_tokens(model=MODEL, contents="Привет")
            assert answer.total_tokens
    async with genai.Client(api_key="any", http_options=options).aio as client:
        answer = await client.models.generate_content(model=MODEL, contents="Привет")
        assert answer.text == "Раз"
        stream = await client.models.generate_content_stream(model=MODEL, contents="Привет")
        assert "".join([chunk.text or "" async for chunk in stream]) == "Два"
