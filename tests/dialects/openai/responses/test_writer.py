"""The events of a response: strictly what both sets of types want, in order, whatever comes."""

import json
from typing import Any

import pytest
from tests.dialects.openai.responses.conftest import REQUEST_ID, Asking
from tests.support.open_responses import check_events, check_response, read

from gigagate.core.pivot import ToolCall, Usage
from gigagate.dialects.chat import in_pieces
from gigagate.dialects.openai.responses import chat_form, compaction, kept
from gigagate.dialects.openai.responses.writer import ResponseWriter
from gigagate.errors import UpstreamProtocolError, UpstreamRateLimited

TOKENS = Usage(9, 2, 4)
TOOLS = [
    {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": None},
    {
        "type": "namespace",
        "name": "ns",
        "description": "",
        "tools": [{"type": "function", "name": "f"}],
    },
    {"type": "custom", "name": "raw"},
    {"type": "tool_search", "execution": "client"},
    {"type": "local_shell"},
    {"type": "shell"},
    {"type": "apply_patch"},
]
CALLS = [
    ToolCall("c0", "f", '{"город":"Омск"}'),
    ToolCall("c1", "ns.f", "{}"),
    ToolCall("c2", "raw", '{"input":"сырьё"}'),
    ToolCall("c3", "tool_search", '{"query":"x"}'),
    ToolCall("c4", "local_shell", '{"command":["ls"]}'),
    ToolCall("c5", "shell", '{"commands":["ls"]}'),
    ToolCall("c6", "apply_patch", '{"type":"delete_file","path":"a"}'),
]
MESSAGE = [
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
]
BEGIN = ["response.created", "response.in_progress"]


def written(writer: ResponseWriter, *said: Any, reason: str = "stop") -> list[dict[str, Any]]:
    """said: texts, ("what was thought",) and calls."""
    stream = writer.start("GigaChat-2-Max:1", 1764)
    calls = 0
    for one in said:
        if isinstance(one, ToolCall):
            stream += writer.tool_call(one, calls)
            calls += 1
        elif isinstance(one, tuple):
            stream += writer.reasoning(*one)
        else:
            stream += writer.text(one)
        stream += writer.working()
    return read(stream + writer.finish(reason, TOKENS))


SAID: list[tuple[Any, ...]] = [
    (),
    ("Привет",),
    ("При", 'вет\n😀 "quoted"'),
    (("Хм",), ("м",), "Да"),
    ("Да", ("Хм",), "нет"),
    (CALLS[0],),
    (("Хм",), "Смотрю", CALLS[0], CALLS[1]),
    tuple(CALLS),
]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("reason", ["stop", "tool_calls", "length", "content_filter"])
def test_events_are_strictly_right(asking: Asking, said: tuple[Any, ...], reason: str) -> None:
    asked = asking(tools=TOOLS, store=True, metadata={"a": "b"})
    events = written(chat_form.writer(asked, 1764), *said, reason=reason)
    check_events(events)
    response = check_response(events[-1]["response"])
    assert response.usage is not None and response.usage.total_tokens == 11
    assert response.model == "gigachat"
    ended = {"length": "incomplete", "content_filter": "incomplete"}.get(reason, "completed")
    assert (events[-1]["type"], response.status) == (f"response.{ended}", ended)
    assert kept.read(asking.shelf.kept[response.id]).response == events[-1]["response"]


def test_a_text_is_an_item_of_its_own(asking: Asking) -> None:
    events = written(chat_form.writer(asking(), 1764), "Да")
    said, rest = MESSAGE[:3], MESSAGE[3:]
    alive = "response.in_progress"
    types = [event["type"] for event in events]
    assert types == [*BEGIN, *said, alive, *rest, "response.completed"]


def test_a_sign_of_life_before_the_answer_begins_it(asking: Asking) -> None:
    writer = chat_form.writer(asking(), 1764)
    stream = writer.working() + writer.working() + writer.start("GigaChat-2-Max:1", 1765)
    events = read(stream + writer.text("Да") + writer.finish("stop", TOKENS))
    assert [event["type"] for event in events] == [
        *BEGIN,
        "response.in_progress",
        *MESSAGE,
        "response.completed",
    ]


def test_an_answer_without_a_word_has_an_empty_message(asking: Asking) -> None:
    events = written(chat_form.writer(asking(), 1764))
    (item,) = events[-1]["response"]["output"]
    assert item["content"][0]["text"] == ""


@pytest.mark.parametrize("said", SAID)
def test_whole_and_streamed_are_one_response(asking: Asking, said: tuple[Any, ...]) -> None:
    asked = asking(tools=TOOLS)
    message: dict[str, Any] = {
        "reasoning_content": "".join(one[0] for one in said if type(one) is tuple),
        "content": "".join(one for one in said if isinstance(one, str)),
        "tool_calls": [
            {"id": one.id, "function": {"name": one.name, "arguments": one.arguments}}
            for one in said
            if isinstance(one, ToolCall)
        ],
    }
    choice = {"message": message, "finish_reason": "stop"}
    completion = {"model": "GigaChat-2-Max:1", "created": 1764, "choices": [choice]}
    whole = chat_form.whole(asked, completion, TOKENS)
    streamed = read(in_pieces(chat_form.writer(asked, 1764), completion, TOKENS))
    check_events(streamed)
    assert json.loads(whole.body) == streamed[-1]["response"]


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UpstreamProtocolError("GigaChat's answer broke off."), "server_error"),
        (UpstreamRateLimited("Too many."), "rate_limit_exceeded"),
    ],
)
def test_a_failure_midway_is_told_in_both_ways(
    asking: Asking, begun: bool, error: Any, code: str
) -> None:
    writer = chat_form.writer(asking(), 1764)
    stream = writer.start("m", 1764) + writer.text("Жил") if begun else b""
    events = read(stream + writer.broken(error))
    check_events(events)
    failed, last = events[-2:]
    assert (failed["type"], last["type"]) == ("response.failed", "error")
    assert failed["response"]["error"] == {"code": code, "message": error.message}
    assert failed["response"]["id"] == f"resp_{REQUEST_ID}"
    assert last["message"] == last["error"]["message"] == error.message
    assert not asking.shelf.kept


def test_a_summary_is_one_sealed_item(asking: Asking) -> None:
    history = [{"role": "user", "content": "Привет"}, {"type": "compaction_trigger"}]
    asked = asking(history, tools=TOOLS, text={"format": {"type": "json_object"}}, client="anna")
    assert asked.chat.keys() == {"model", "messages"}
    assert asked.chat["messages"][-1] == {"role": "user", "content": compaction.REQUEST}
    events = written(
        chat_form.writer(asked, 1764), ("Хм",), *(["слово "] * 50), CALLS[0], reason="length"
    )
    check_events(events)
    assert events[-1]["type"] == "response.completed"
    (item,) = events[-1]["response"]["output"]
    assert "слово" not in str(events)

    opened = asking([item, {"role": "user", "content": "Дальше"}], client="anna").chat["messages"]
    assert opened[0]["content"].endswith("слово " * 50)
    of_another = asking([item, {"role": "user", "content": "Дальше"}], client="boris")
    assert len(of_another.chat["messages"]) == 1
    assert "another proxy" in asking.told()
