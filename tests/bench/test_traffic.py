"""The requests have the size and shape the table claims."""

import json

import pytest
from tests.bench import traffic


@pytest.mark.parametrize("size", [20_000, 255_000, 1_000_000])
@pytest.mark.parametrize("parts", [False, True])
def test_an_agents_request_has_exactly_the_size_asked_for(size: int, parts: bool) -> None:
    assert len(traffic.cline(size, parts=parts)) == size


def test_an_agents_request_has_content_arrays_and_tools() -> None:
    body = json.loads(traffic.cline(255_000, parts=True, tools=25))
    users = [message for message in body["messages"] if message["role"] == "user"]
    assert len(body["tools"]) == 25
    assert {part["type"] for user in users for part in user["content"]} == {"text"}


def test_without_parts_the_same_text_stands_in_strings() -> None:
    body = json.loads(traffic.cline(255_000, parts=False))
    assert {type(message["content"]) for message in body["messages"]} == {str}


def test_no_request_can_be_mistaken_for_an_answer() -> None:
    bodies = [
        traffic.conversation(10, parts=True),
        traffic.small(),
        traffic.streamed(500),
        traffic.cline(255_000, parts=True, tools=25),
    ]
    assert not any(traffic.MARKER in body for body in bodies)
