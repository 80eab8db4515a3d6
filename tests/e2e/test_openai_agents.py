"""OpenAI's Agents SDK with its defaults, so the Responses API: tools, a handoff, a class, state."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from agents import (
    Agent,
    OpenAIProvider,
    RunConfig,
    Runner,
    SQLiteSession,
    WebSearchTool,
    function_tool,
)
from openai import AsyncOpenAI
from pydantic import BaseModel
from tests.support.agent_task import chats, functions_called
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator
from gigagate.emulator.v2_routes import FOUND, SOURCES

MODEL = "GigaChat-2-Max"


class Weather(BaseModel):
    city: str
    degrees: int


@function_tool
def weather(city: str) -> str:
    """The weather in a city."""
    return f"{city}: +5, ветер 🌬"


@function_tool
def wind(city: str) -> str:
    """The wind in a city."""
    return f"{city}: 3 м/с"


@pytest.fixture
async def config(proxy: Proxy) -> AsyncIterator[RunConfig]:
    """Nothing is told to OpenAI."""
    async with AsyncOpenAI(base_url=proxy.base_url, api_key="any", max_retries=0) as client:
        provider = OpenAIProvider(openai_client=client)
        yield RunConfig(model_provider=provider, tracing_disabled=True)


def call(name: str, **arguments: object) -> dict[str, object]:
    return {"function_call": {"name": name, "arguments": arguments}}


def responses(emulator: Emulator) -> list[dict[str, Any]]:
    return [chat.json for chat in chats(emulator)]


async def result(agent: Agent[None], config: RunConfig, streamed: bool) -> Any:
    if not streamed:
        return await Runner.run(agent, "Погода?", run_config=config)
    running = Runner.run_streamed(agent, "Погода?", run_config=config)
    kinds = [event.type async for event in running.stream_events()]
    assert {"agent_updated_stream_event", "raw_response_event", "run_item_stream_event"} >= {*kinds}
    return running


@pytest.mark.parametrize("streamed", [False, True])
async def test_tools_over_three_steps(
    emulator: Emulator, config: RunConfig, streamed: bool
) -> None:
    emulator.switch(chunk_chars=1)
    emulator.script.add(call("weather", city="Омск"), call("wind", city="Омск"), "Тепло ✅")
    agent = Agent[None]("Синоптик", instructions="Кратко", model=MODEL, tools=[weather, wind])
    done = await result(agent, config, streamed)
    assert done.final_output == "Тепло ✅"
    messages = responses(emulator)[-1]["messages"]
    assert messages[0] == {"role": "system", "content": "Кратко"}
    assert functions_called(messages) == ["weather", "wind"]
    assert done.context_wrapper.usage.total_tokens > 0


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_handoff(emulator: Emulator, config: RunConfig, streamed: bool) -> None:
    poet = Agent[None]("poet", instructions="Пиши стихи", model=MODEL)
    agent = Agent[None]("clerk", instructions="Передай поэту", model=MODEL, handoffs=[poet])
    emulator.script.add(call("transfer_to_poet"), "Мороз и солнце ☀")
    done = await result(agent, config, streamed)
    assert done.final_output == "Мороз и солнце ☀"
    assert done.last_agent is poet
    assert responses(emulator)[-1]["messages"][0]["content"] == "Пиши стихи"


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_of_a_class(config: RunConfig, streamed: bool) -> None:
    agent = Agent[None]("Синоптик", model=MODEL, output_type=Weather)
    done = await result(agent, config, streamed)
    assert isinstance(done.final_output, Weather)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_web_search_beside_a_tool_of_its_own(
    emulator: Emulator, config: RunConfig, streamed: bool
) -> None:
    """The search tool sends GigaChat's second API a search; the other's call comes first."""
    emulator.switch(chunk_chars=1)
    searched = {"text": FOUND, "tools": ["web_search"], "sources": SOURCES}
    emulator.script.add(call("weather", city="Омск"), searched)
    tools = [weather, WebSearchTool()]
    done = await result(Agent[None]("Синоптик", model=MODEL, tools=tools), config, streamed)
    items = [item.raw_item for item in done.new_items]
    (search,) = [one for one in items if getattr(one, "type", "") == "web_search_call"]
    assert [page.url for page in search.action.sources] == [one["url"] for one in SOURCES.values()]
    (part,) = items[-1].content
    pages = {(one.url, one.title) for one in part.annotations}
    assert pages == {(SOURCES[n]["url"], SOURCES[n]["title"]) for n in ("1", "2")}
    assert done.final_output.startswith("Молоко стоит 89 рублей. Кошки")
    assert {chat.path for chat in chats(emulator)} == {"/api/v2/chat/completions"}


async def test_a_session_and_what_the_proxy_keeps(emulator: Emulator, config: RunConfig) -> None:
    agent = Agent[None]("Друг", model=MODEL)
    session = SQLiteSession("one")
    for text in ("Раз", "Два"):
        await Runner.run(agent, text, session=session, run_config=config)
    assert len(responses(emulator)[-1]["messages"]) == 3
    session.close()
    first = await Runner.run(agent, "Раз", run_config=config)
    await Runner.run(agent, "Два", previous_response_id=first.last_response_id, run_config=config)
    assert len(responses(emulator)[-1]["messages"]) == 3
