"""Calls find their results by id, and where a client leaves the ids out by order and name."""

import json
from typing import Any

import pytest
from tests.support.gigachat_rules import check_messages

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.gigachat.tool_history import NO_RESULT, result_content
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.messages import translate

NAMES = ToolNames.of(
    {"tools": [{"type": "function", "function": {"name": name}} for name in ("a", "b")]}
)
Message = dict[str, Any]
ABSENT = object()


def calling(*calls: tuple[str, object]) -> Message:
    made = []
    for name, call_id in calls:
        call = {"type": "function", "function": {"name": name, "arguments": "{}"}}
        made.append(call if call_id is ABSENT else call | {"id": call_id})
    return {"role": "assistant", "content": None, "tool_calls": made}


def result(said: str, call_id: object = ABSENT, **more: Any) -> Message:
    message = {"role": "tool", "content": json.dumps({"r": said}), **more}
    return message if call_id is ABSENT else message | {"tool_call_id": call_id}


def pairs(*messages: Message) -> list[tuple[str, str]]:
    """Of each call: its name, and what its result says."""
    notes = Notes()
    made = translate([{"role": "user", "content": "u"}, *messages], NAMES, Policy(), notes)
    check_messages(made)
    return [
        (message["name"], json.loads(message["content"]).get("r", "none"))
        for message in made
        if message["role"] == "function"
    ]


TWO = (("a", ABSENT), ("b", ABSENT))
NULL = (("a", None), ("b", None))


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([calling(*TWO), result("1"), result("2")], [("a", "1"), ("b", "2")]),
        ([calling(*NULL), result("1", None), result("2", None)], [("a", "1"), ("b", "2")]),
        ([calling(*NULL), result("1", ""), result("2", "")], [("a", "1"), ("b", "2")]),
        (
            [calling(*TWO), result("2", name="b"), result("1", name="a")],
            [("a", "1"), ("b", "2")],
        ),
        ([calling(*TWO), result("2", name="b"), result("1")], [("a", "1"), ("b", "2")]),
        (
            [calling(("a", ABSENT), ("a", ABSENT)), result("1", name="a"), result("2", name="a")],
            [("a", "1"), ("a", "2")],
        ),
        ([calling(("a", "x"), ("b", "y")), result("1"), result("2")], [("a", "1"), ("b", "2")]),
        (
            [calling(("a", "x"), ("b", "y")), result("2", "y"), result("1", None)],
            [("a", "1"), ("b", "2")],
        ),
        ([calling(("a", 1)), result("1", 1)], [("a", "1")]),
        ([calling(("a", 1)), result("1", "1")], [("a", "1")]),
        (
            [calling(("a", ABSENT)), calling(("b", ABSENT)), result("2")],
            [("a", "none"), ("b", "2")],
        ),
        (
            [calling(("a", ABSENT)), result("1"), calling(("a", ABSENT)), result("2")],
            [("a", "1"), ("a", "2")],
        ),
        ([calling(("a", ABSENT)), result("1"), result("2")], [("a", "1")]),
    ],
)
def test_pairs(messages: list[Message], expected: list[tuple[str, str]]) -> None:
    assert pairs(*messages) == expected


def test_it_is_noted_how_many_were_found_by_place() -> None:
    notes = Notes()
    messages = [{"role": "user", "content": "u"}, calling(*TWO), result("1"), result("2")]
    translate(messages, NAMES, Policy(), notes)
    assert "function results without an id, found by place: 2" in [note.text for note in notes]


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ('{"a": "\\ud83d"}', '{"a":"\ufffd"}'),
        ('{"a": "\\ud83d\\ude42"}', '{"a": "\\ud83d\\ude42"}'),
        ('["\\ud83d"]', '{"result":["\ufffd"]}'),
        ("\ud83d", '{"result":"\ufffd"}'),
        (NO_RESULT, NO_RESULT),
    ],
)
def test_half_a_surrogate_pair_in_a_result(given: str, content: str) -> None:
    assert result_content(given) == content
