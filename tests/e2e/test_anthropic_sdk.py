"""Anthropic's Python SDK, unchanged, in front of the proxy and the emulator."""

import base64
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic, AsyncAnthropic
from anthropic.types import Message, ServerToolUseBlock, TextBlock, WebSearchToolResultBlock
from tests.support import samples
from tests.support.agent_task import chats
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator
from gigagate.emulator.v2_routes import SOURCES

MODEL = "claude-opus-5-5"
HELLO: list[Any] = [{"role": "user", "content": "Привет"}]
WEATHER: Any = {
    "name": "get_weather",
    "description": "Погода в городе",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
CALL = {"function_call": {"name": "get_weather", "arguments": {"city": "Москва"}}}


@pytest.fixture
def anthropic_client(proxy: Proxy) -> Iterator[Anthropic]:
    with Anthropic(base_url=proxy.url, api_key="any", max_retries=0, timeout=30) as client:
        yield client


def test_create(anthropic_client: Anthropic, emulator: Emulator) -> None:
    emulator.script.add("Здравствуйте 👋")
    answer = anthropic_client.messages.create(
        model=MODEL, max_tokens=64_000, system="Ты помощник", messages=HELLO
    )
    (block,) = answer.content
    assert block.type == "text"
    assert (block.text, answer.stop_reason) == ("Здравствуйте 👋", "end_turn")
    assert (answer.model, answer._request_id) == (MODEL, answer._request_id)
    assert answer.usage.input_tokens > 0
    (chat,) = chats(emulator)
    assert chat.json["model"] == "GigaChat-2-Max"
    assert chat.json["messages"][0] == {"role": "system", "content": "Ты помощник"}
    assert chat.json["max_tokens"] == 8192


def test_stream_with_its_accumulator(anthropic_client: Anthropic, emulator: Emulator) -> None:
    emulator.switch(chunk_chars=1)
    emulator.script.add({"text": "Жил-был король 👑", "reasoning_content": "Сказка"})
    with anthropic_client.messages.stream(
        model=MODEL,
        max_tokens=2000,
        messages=HELLO,
        thinking={"type": "enabled", "budget_tokens": 1024},
    ) as stream:
        assert "".join(stream.text_stream) == "Жил-был король 👑"
        answer = stream.get_final_message()
    assert [block.type for block in answer.content] == ["thinking", "text"]
    assert answer.usage.output_tokens > 0


def test_tools_go_round(anthropic_client: Anthropic, emulator: Emulator) -> None:
    emulator.script.add(CALL, "В Москве тепло")
    messages = list(HELLO)
    with anthropic_client.messages.stream(
        model=MODEL, max_tokens=100, messages=messages, tools=[WEATHER], tool_choice={"type": "any"}
    ) as stream:
        asked = stream.get_final_message()
    assert asked.stop_reason == "tool_use"
    (use,) = asked.content
    assert use.type == "tool_use"
    assert (use.name, use.input) == ("get_weather", {"city": "Москва"})
    messages += [
        {"role": "assistant", "content": asked.content},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": use.id, "content": "+25 ☀"}],
        },
    ]
    answer = anthropic_client.messages.create(
        model=MODEL, max_tokens=100, messages=messages, tools=[WEATHER]
    )
    assert answer.content[0].type == "text"
    assert answer.content[0].text == "В Москве тепло"
    function = chats(emulator)[-1].json["messages"][-1]
    assert function == {"role": "function", "name": "get_weather", "content": '{"result":"+25 ☀"}'}


def test_vision(anthropic_client: Anthropic) -> None:
    data = base64.b64encode(samples.png(1)).decode()
    picture: Any = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": data},
    }
    answer = anthropic_client.messages.create(
        model=MODEL,
        max_tokens=100,
        messages=[{"role": "user", "content": [picture, {"type": "text", "text": "Что тут?"}]}],
    )
    assert answer.content[0].type == "text"
    assert "Файлов вижу: 1" in answer.content[0].text


def test_a_stop_sequence_is_named(anthropic_client: Anthropic, emulator: Emulator) -> None:
    emulator.script.add("раз два три", "раз два три")
    asked: Any = {"model": MODEL, "max_tokens": 100, "messages": HELLO, "stop_sequences": ["два"]}
    with anthropic_client.messages.stream(**asked) as stream:
        streamed = stream.get_final_message()
    for answer in (anthropic_client.messages.create(**asked), streamed):
        assert answer.content[0].type == "text"
        assert answer.content[0].text == "раз "
        assert (answer.stop_reason, answer.stop_sequence) == ("stop_sequence", "два")


def test_count_tokens(anthropic_client: Anthropic, emulator: Emulator) -> None:
    def counted(**more: Any) -> int:
        given = {"model": MODEL, "messages": HELLO, **more}
        return anthropic_client.messages.count_tokens(**given).input_tokens

    assert 0 < counted() < counted(system="Ты помощник во всём", tools=[WEATHER])
    emulator.faults.add(path="/tokens/count", status=500)
    assert counted() > 0


def test_models(anthropic_client: Anthropic) -> None:
    ids = [model.id for model in anthropic_client.models.list(limit=1000)]
    assert "GigaChat-2-Max" in ids
    assert "claude-gigachat-2-max" in ids
    assert anthropic_client.models.retrieve("GigaChat-2-Max").display_name == "GigaChat-2-Max"
    answer = anthropic_client.messages.create(
        model="claude-gigachat-2-max", max_tokens=10, messages=HELLO
    )
    assert answer.model == "claude-gigachat-2-max"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 429, "headers": {"Retry-After": "300"}}, anthropic.RateLimitError),
        ({"status": 500}, anthropic.InternalServerError),
        ({"status": 403}, anthropic.PermissionDeniedError),
    ],
)
def test_gigachats_errors_are_the_sdks_own(
    anthropic_client: Anthropic,
    emulator: Emulator,
    fault: dict[str, Any],
    kind: type[anthropic.APIStatusError],
) -> None:
    emulator.faults.add(path="/chat/completions", times=50, **fault)
    with pytest.raises(kind) as raised:
        anthropic_client.messages.create(model=MODEL, max_tokens=10, messages=HELLO)
    assert raised.value.request_id
    assert isinstance(raised.value.body, dict)
    assert raised.value.body["type"] == "error"


def test_the_clients_own_mistakes_are_the_sdks_own_errors(anthropic_client: Anthropic) -> None:
    wrong: Any = [{"role": "user", "content": [{"type": "image", "source": {}}]}]
    with pytest.raises(anthropic.BadRequestError, match=r"messages\[0\].content\[0\].source.type"):
        anthropic_client.messages.create(model=MODEL, max_tokens=10, messages=wrong)
    with pytest.raises(anthropic.NotFoundError):
        anthropic_client.models.retrieve("no-such-model")


def test_a_stream_that_breaks_off_is_an_error(
    anthropic_client: Anthropic, emulator: Emulator
) -> None:
    emulator.switch(chunk_chars=1)
    emulator.script.add("Жил-был король")
    emulator.faults.add(path="/chat/completions", close="clean", after_events=4)
    with (
        pytest.raises(anthropic.APIStatusError, match="broke off"),
        anthropic_client.messages.stream(model=MODEL, max_tokens=10, messages=HELLO) as stream,
    ):
        stream.until_done()


def searched(client: Anthropic, *, stream: bool) -> Message:
    asked: Any = {
        "model": MODEL,
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Perform a web search for the query: погода"}],
        "tools": [{"type": "web_search_20250305", "name": "web_search", "max_uses": 8}],
    }
    if not stream:
        return client.messages.create(**asked)
    with client.messages.stream(**asked) as streamed:
        return streamed.get_final_message()


@pytest.mark.parametrize("stream", [False, True])
def test_a_web_search_has_results_and_citations(
    anthropic_client: Anthropic, emulator: Emulator, stream: bool
) -> None:
    emulator.switch(chunk_chars=1)
    answer = searched(anthropic_client, stream=stream)
    used, found, *texts = answer.content
    assert isinstance(used, ServerToolUseBlock)
    assert used.input == {"query": "Perform a web search for the query: погода"}
    assert isinstance(found, WebSearchToolResultBlock)
    assert isinstance(found.content, list)
    assert [(one.url, one.title) for one in found.content] == [
        (page["url"], page["title"]) for page in SOURCES.values()
    ]
    assert all(isinstance(block, TextBlock) for block in texts)
    told = [(block.text, [one.url for one in block.citations or ()]) for block in texts]  # type: ignore[union-attr]
    assert told == [
        ("Молоко стоит 89 рублей.", [SOURCES["1"]["url"]]),
        (" Кошки его любят 🐈, и в холод тоже.", [SOURCES["1"]["url"], SOURCES["2"]["url"]]),
        (" Больше ничего не нашлось.", []),
    ]
    assert answer.usage.server_tool_use is not None
    assert answer.usage.server_tool_use.web_search_requests == 1
    assert answer.stop_reason == "end_turn"
    (chat,) = chats(emulator)
    assert chat.json["tool_config"] == {"mode": "forced", "tool_name": "web_search"}


def test_a_search_goes_on_as_history(anthropic_client: Anthropic, emulator: Emulator) -> None:
    answer = searched(anthropic_client, stream=False)
    history: Any = [
        {"role": "user", "content": "Найди"},
        {"role": "assistant", "content": answer.content},
        {"role": "user", "content": "Спасибо"},
    ]
    emulator.script.add("Пожалуйста")
    told = anthropic_client.messages.create(model=MODEL, max_tokens=100, messages=history)
    assert [block.type for block in told.content] == ["text"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_web_search_is_said_to_be_missing_not_invented(
    anthropic_client: Anthropic, emulator: Emulator, stream: bool
) -> None:
    """The proxy remembers it: of this model only."""
    emulator.switch(v2_tools="none")
    answer = searched(anthropic_client, stream=stream)
    assert [block.type for block in answer.content] == [
        *("server_tool_use", "web_search_tool_result", "text"),
    ]
    assert [chat.status for chat in chats(emulator)] == ([] if stream else [422])


async def test_async(proxy: Proxy, emulator: Emulator) -> None:
    emulator.script.add("Раз", "Два")
    async with AsyncAnthropic(
        base_url=proxy.base_url, auth_token="any", max_retries=0, timeout=30
    ) as client:
        answer = await client.messages.create(model=MODEL, max_tokens=10, messages=HELLO)
        assert answer.content[0].type == "text"
        assert answer.content[0].text == "Раз"
        async with client.messages.stream(model=MODEL, max_tokens=10, messages=HELLO) as stream:
            assert await stream.get_final_text() == "Два"
