"""GigaChat v2 as the emulator plays it: what it refuses, with the public host's words, and what a
switch changes of it.  Each point in which hosts or documents contradict each other has a row."""

import asyncio
import json
from typing import Any

import pytest

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.model import Answer, FunctionCall
from gigagate.emulator.v2_answer import Completion
from gigagate.emulator.v2_refused import Refused
from gigagate.emulator.v2_shape import Asked, read

USER = {"role": "user", "content": [{"text": "Привет"}]}
CALL = {"function_call": {"id": "1", "name": "f", "arguments": {}}}
SCHEMA = {"type": "object", "properties": {}}
F: Any = {"functions": {"specifications": [{"name": "f", "parameters": SCHEMA}]}}
COUNTS = "Function calls count does not match function results count"


def result(value: object = "{}", role: str = "tool", **more: Any) -> dict[str, Any]:
    given = {"id": "1", "name": "f", "result": value, **more}
    return {"role": role, "content": [{"function_result": given}]}


def talk(*messages: Any, model: str = "GigaChat-3-Ultra", **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [USER, *messages], **more}


def called(*calls: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(calls or (CALL,))}


def said(body: Any, **switches: Any) -> tuple[int, str] | Asked:
    try:
        return read(body, EmulatorConfig().changed(switches), {})
    except Refused as refused:
        return refused.refusal.status, refused.refusal.message


TEXT = {"role": "user", "content": "Привет"}
LIGHT = "GigaChat-3-Lightning"
FORCED = {"mode": "forced", "function_name": "f"}
ANY = {"mode": "any", "functions_names_any": ["f"]}
LIKELY = {"top_logprobs": 2}
SWITCHES: list[tuple[str, Any, int, dict[str, Any]]] = [
    ("content as a string", talk(TEXT), 400, {"v2_content": "either"}),
    ("a result as an object", talk(called(), result({})), 400, {"v2_result": "either"}),
    ("role tool", talk(called(), result(), model="GigaChat-2"), 400, {"v2_result_role": "tool"}),
    ("role function", talk(called(), result(role="function")), 422, {"v2_result_role": "either"}),
    ("forced", talk(tools=[F], tool_config=FORCED, model=LIGHT), 400, {"v2_forced": "accept"}),
    ("any", talk(tools=[F], tool_config=ANY), 400, {"v2_any": "accept"}),
    ("log probabilities", talk(model_options=LIKELY), 422, {"v2_logprobs": "part"}),
    ("code", talk(tools=[{"code_interpreter": {}}]), 422, {"v2_tools": "all"}),
    ("fields", talk(new=1), 400, {"unknown_fields": "ignore"}),
]


@pytest.mark.parametrize(
    ("body", "status", "switch"), [row[1:] for row in SWITCHES], ids=[row[0] for row in SWITCHES]
)
def test_a_contested_point_is_a_switch(body: Any, status: int, switch: dict[str, Any]) -> None:
    strictly = said(body)
    assert isinstance(strictly, tuple)
    assert strictly[0] == status
    assert isinstance(said(body, **switch), Asked)


REFUSED: list[tuple[Any, int, str]] = [
    (talk(tools=[F, F]), 400, "JSON"),
    (talk(tools=[{"type": "function", "function": {"name": "f"}}]), 400, "JSON"),
    (talk({"role": "user", "content": []}), 400, "JSON"),
    (talk(called({"function_call": {"name": "f", "arguments": "{}"}})), 400, "JSON"),
    (talk(called(), result(name=None)), 400, "JSON"),
    (talk(called(), result("prose")), 422, "INVALID_PARAMS: invalid function result"),
    (talk(called(), result("NaN")), 422, "INVALID_PARAMS: invalid function result"),
    (talk(called(CALL, CALL), result()), 422, COUNTS),
    (talk(called(), USER), 422, COUNTS),
    (talk(called(), result(id="2")), 422, COUNTS),
    (talk(tools=[{"telepathy": {}}]), 404, "Unknown tool telepathy"),
    (talk(tools=[{"code_interpreter": {}}]), 422, "Tool code_interpreter is unavailable"),
    (
        talk(model_options={"response_format": {"type": "xml"}}),
        400,
        'Unknown type "xml" in response_format',
    ),
    (
        talk(model_options={"response_format": {"type": "json_schema"}}),
        400,
        "Empty schema with json format type is not supported",
    ),
]


@pytest.mark.parametrize(("body", "status", "words"), REFUSED)
def test_what_is_refused_is_refused_in_gigachats_words(body: Any, status: int, words: str) -> None:
    found = said(body)
    assert isinstance(found, tuple)
    assert (found[0], words in found[1]) == (status, True)


def test_functions_of_v1s_form_are_silently_ignored() -> None:
    found = said(talk(functions=[{"name": "f", "parameters": {}}]))
    assert isinstance(found, Asked)
    assert "functions" not in found.body


def answered(answer: Answer, *, stream: bool, top: int = 0, **switches: Any) -> Any:
    config = EmulatorConfig().changed({"chunk_chars": 3, **switches})
    completion = Completion(answer, "GigaChat-3-Ultra", 7, 10, 4, config, top)
    if not stream:
        return json.loads(completion.whole().body)

    async def all_events() -> bytes:
        events = completion.stream().events
        assert events is not None
        return b"".join([event async for event in events])

    return asyncio.run(all_events()).decode()


CALLS = Answer(function_calls=(FunctionCall("f", {"a": 1}), FunctionCall("f", {"a": 2})))


@pytest.mark.parametrize(
    ("switch", "word", "by_default"),
    [
        ({"v2_state_id": "tools_state_id"}, '"tools_state_id"', False),
        ({"v2_thread_id": "sent"}, '"thread_id"', False),
        ({"v2_call_ids": "absent"}, '"id":', True),
        ({"v2_usage": "none"}, '"usage"', True),
        ({"v2_done_mark": "sent"}, "[DONE]", False),
        ({"v2_stream_call": "delta"}, "event: response.message.delta", False),
    ],
)
def test_a_contested_point_of_answers_is_a_switch(
    switch: dict[str, Any], word: str, by_default: bool
) -> None:
    assert (word in answered(CALLS, stream=True)) is by_default
    assert (word in answered(CALLS, stream=True, **switch)) is not by_default


@pytest.mark.parametrize("place", ["part", "message", "answer"])
def test_log_probabilities_stand_where_the_switch_says(place: str) -> None:
    told = answered(Answer(text="Да"), stream=False, top=2, v2_logprobs=place)
    (message,) = told["messages"]
    holders = {"part": message["content"][0], "message": message, "answer": told}
    assert [name for name, holder in holders.items() if "logprobs" in holder] == [place]
    ((token,),) = [holders[place]["logprobs"]]
    assert (token["chosen"]["token"], len(token["top"])) == ("Да", 2)


def test_usage_is_net_of_the_cache() -> None:
    usage = answered(Answer(text="Да"), stream=False)["usage"]
    details = {"prompt_tokens": 6, "cached_tokens": 4}
    assert usage["input_tokens_details"] == details
    assert usage["total_tokens"] == 6 + usage["output_tokens"]
