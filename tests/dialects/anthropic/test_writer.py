import json

import pytest
from tests.support.anthropic_types import strict_events, strict_message

from gigagate.core.report import Usage
from gigagate.dialects.anthropic import message, web_search
from gigagate.dialects.anthropic.writer import PING, MessageWriter
from gigagate.gigachat.function_call import ToolCall

USAGE = Usage(9, 5, 2)
TOLD = {
    "input_tokens": 7,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 2,
    "output_tokens": 5,
}


def writer(*, shows_thinking: bool = True, stop: str | None = None) -> MessageWriter:
    return MessageWriter(
        request_id="ab",
        model="claude-opus",
        shows_thinking=shows_thinking,
        estimate=lambda: 900,
        stop_sequence=lambda: stop,
    )


def test_blocks_come_one_after_another_each_closed() -> None:
    w = writer()
    stream = b"".join(
        (
            w.start("GigaChat", 1),
            w.reasoning("Хм"),
            w.reasoning("…"),
            w.text("Привет"),
            w.working(),
            w.text(' "мир"\n'),
            w.tool_call(ToolCall("call_1", "Bash", '{"command":"ls «»"}'), 0),
            w.tool_call(ToolCall("call_2", "Read", "{}"), 1),
            w.finish("tool_calls", USAGE),
        )
    )
    events = strict_events(stream)
    begun = events[0]["message"]
    assert (begun["id"], begun["model"]) == ("msg_ab", "claude-opus")
    assert begun["usage"]["input_tokens"] == 900
    opened = [e["content_block"] for e in events if e["type"] == "content_block_start"]
    assert [block["type"] for block in opened] == ["thinking", "text", "tool_use", "tool_use"]
    deltas = [e["delta"] for e in events if e["type"] == "content_block_delta"]
    assert [d.get("thinking") or d.get("text") or d["type"] for d in deltas] == [
        *("Хм", "…", "signature_delta", "Привет", ' "мир"\n'),
        *("input_json_delta", "input_json_delta"),
    ]
    assert json.loads(deltas[-2]["partial_json"]) == {"command": "ls «»"}
    assert events[-2]["delta"] == {"stop_reason": "tool_use", "stop_sequence": None}
    assert events[-2]["usage"] == TOLD
    assert "Привет".encode() in stream


@pytest.mark.parametrize(
    ("finish", "stop", "told"),
    [
        ("stop", None, ("end_turn", None)),
        ("stop", "END", ("stop_sequence", "END")),
        ("length", None, ("max_tokens", None)),
        ("content_filter", None, ("refusal", None)),
        ("tool_calls", "END", ("tool_use", None)),
    ],
)
def test_every_end_has_its_reason(finish: str, stop: str | None, told: tuple[str, str]) -> None:
    w = writer(stop=stop)
    events = strict_events(w.start("M", 1) + w.finish(finish, None))
    delta = events[-2]["delta"]
    assert (delta["stop_reason"], delta["stop_sequence"]) == told


def test_an_empty_answer_has_no_block() -> None:
    w = writer()
    kinds = [event["type"] for event in strict_events(w.start("M", 1) + w.finish("stop", USAGE))]
    assert kinds == ["message_start", "message_delta", "message_stop"]


def test_thinking_that_nobody_wants_to_see_is_a_sign_of_life() -> None:
    w = writer(shows_thinking=False)
    assert w.reasoning("secret") == PING


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ('{"a": 1}', {"a": 1}),
        ("", {}),
        ('{"a": ', {"arguments": '{"a": '}),
        ("[1]", {"arguments": [1]}),
    ],
)
def test_arguments_are_an_object_whatever_the_model_wrote(arguments: str, given: object) -> None:
    w = writer()
    call = ToolCall("call_1", "f", arguments)
    events = strict_events(w.start("M", 1) + w.tool_call(call, 0) + w.finish("tool_calls", USAGE))
    (delta,) = (e["delta"] for e in events if e["type"] == "content_block_delta")
    assert json.loads(delta["partial_json"]) == given
    assert message.arguments(arguments) == given


def test_a_whole_answer_is_a_message() -> None:
    function = {"name": "Bash", "arguments": '{"command":"ls"}'}
    said = {
        "role": "assistant",
        "content": "Привет",
        "reasoning_content": "Хм",
        "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
    }
    completion = {"choices": [{"message": said, "finish_reason": "tool_calls"}]}
    of_request = {"request_id": "ab", "model": "claude-opus"}
    body = message.whole(completion, USAGE, shows_thinking=True, **of_request)
    assert [block.type for block in strict_message(body).content] == [
        *("thinking", "text", "tool_use"),
    ]
    assert json.loads(body)["usage"] == TOLD
    body = message.whole(completion, None, shows_thinking=False, **of_request)
    answer = strict_message(body)
    assert [block.type for block in answer.content] == ["text", "tool_use"]
    assert answer.stop_reason == "tool_use"


@pytest.mark.parametrize("kind", ["web_search_20250305", "web_fetch_20250910"])
def test_a_lookup_by_servers_that_are_not_there_is_said_not_invented(kind: str) -> None:
    lookup = web_search.only_lookup({"tools": [{"type": kind, "name": kind[:10]}]})
    assert lookup
    asked = {"request_id": "ab", "model": "M"}
    whole = web_search.answer(lookup, "погода", stream=False, **asked)
    streamed = web_search.answer(lookup, "погода", stream=True, **asked)
    content = strict_message(whole.body).content
    assert [block.type for block in content] == [
        *("server_tool_use", lookup.result, "text"),
    ]
    opened = [e for e in strict_events(streamed.body) if e["type"] == "content_block_start"]
    assert len(opened) == len(content)


@pytest.mark.parametrize(
    "tools",
    [
        None,
        [],
        [{"type": "web_search_20250305", "name": "web_search"}, {"name": "f", "input_schema": {}}],
        [{"type": "code_execution_20250522", "name": "code_execution"}],
        ["web_search"],
    ],
)
def test_other_requests_are_no_lookup(tools: object) -> None:
    assert web_search.only_lookup({"tools": tools}) is None
