"""What is kept of a response, and how later requests refer to it."""

import json
from typing import Any

import pytest
from tests.dialects.openai.responses.conftest import REQUEST_ID, Asking
from tests.support.open_responses import check_items, check_response

from gigagate.core.pivot import Usage
from gigagate.core.shelf import Shelf
from gigagate.dialects.openai.responses import chat_form, kept, stored
from gigagate.errors import ClientError, InvalidRequest, NotFound

FIRST, SECOND = "1" * 32, "2" * 32


def completion(text: str, thought: str = "") -> dict[str, Any]:
    message = {"content": text, "reasoning_content": thought}
    choice = {"message": message, "finish_reason": "stop"}
    return {"model": "m", "created": 1764, "choices": [choice]}


def answered(asking: Asking, given: Any, text: str, request_id: str, **fields: Any) -> None:
    asked = asking(given, request_id=request_id, **fields)
    chat_form.whole(asked, completion(text, "Хм"), Usage(1, 1, 0))


@pytest.fixture
def found(asking: Asking) -> dict[str, bytes]:
    """Two turns of a conversation."""
    answered(asking, "Раз", "два", FIRST)
    found = dict(asking.shelf.kept)
    answered(asking, "Три", "четыре", SECOND, previous_response_id=f"resp_{FIRST}", found=found)
    return found | asking.shelf.kept


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [
        content if isinstance(content := message["content"], str) else content[0]["text"]
        for message in messages
    ]


def test_a_request_goes_on_from_a_response(asking: Asking, found: dict[str, bytes]) -> None:
    asked = asking(
        "Пять", previous_response_id=f"resp_{SECOND}", found=found, instructions="Кратко"
    )
    assert texts(asked.chat["messages"]) == ["Кратко", "Раз", "два", "Три", "четыре", "Пять"]
    assert asked.echo.begun(1)["previous_response_id"] == f"resp_{SECOND}"


def test_input_may_be_left_out_then(asking: Asking, found: dict[str, bytes]) -> None:
    asked = asking(None, previous_response_id=f"resp_{FIRST}", found=found)
    assert texts(asked.chat["messages"]) == ["Раз", "два"]


def test_an_item_stands_for_itself(asking: Asking, found: dict[str, bytes]) -> None:
    history = [
        {"role": "user", "content": "Раз"},
        {"type": "item_reference", "id": f"rs_{FIRST}00"},
        {"id": f"msg_{FIRST}01"},
        {"type": "item_reference", "id": f"msg_{SECOND}i0"},
    ]
    asked = asking(history, found=found)
    assert texts(asked.chat["messages"]) == ["Раз", "два", "Три"]
    asked.keep(asked.echo.ended(1, [], "stop", None))
    again = asking(
        None,
        previous_response_id=f"resp_{REQUEST_ID}",
        found=asking.shelf.kept,
    )
    assert texts(again.chat["messages"]) == ["Раз", "два", "Три"]


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"previous_response_id": "resp_unknown"}, "previous_response_id"),
        ({"previous_response_id": 7}, "previous_response_id"),
        ({"given": [{"type": "item_reference", "id": "msg_unknown"}]}, "input[0].id"),
        ({"given": [{"type": "item_reference", "id": f"msg_{FIRST}77"}]}, "input[0].id"),
        ({"given": [{"type": "item_reference"}]}, "input[0].id"),
    ],
)
def test_what_is_not_kept_is_told(
    asking: Asking, found: dict[str, bytes], fields: dict[str, Any], at: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        asking(**fields, found=found)
    assert caught.value.param == at
    if "unknown" in str(fields):
        assert caught.value.code == "previous_response_not_found"
        assert "Send the whole conversation" in caught.value.message


def test_nothing_is_kept_where_nobody_wants_it(asking: Asking) -> None:
    answered(asking, "Раз", "два", FIRST, store=False)
    assert not asking.shelf.kept
    asked = asking()
    asking.shelf.keeps = False
    asked.keep(asked.echo.ended(1, [], "stop", None))
    assert not asking.shelf.kept


@pytest.mark.parametrize(
    ("path", "body", "ids"),
    [
        ("/responses", b'{"input":"x"}', []),
        ("/responses", b'{"previous_response_id": "resp_%b"}' % FIRST.encode(), [FIRST]),
        ("/responses", b'{"id":"msg_%b00"}' % FIRST.encode(), []),
        (
            "/responses",
            json.dumps(
                [
                    {"type": "item_reference", "id": f"msg_{FIRST}00"},
                    {"type": "item_reference", "id": f"fc_{FIRST}01"},
                    {"type": "item_reference", "id": f"msg_{SECOND}i10"},
                ]
            ).encode(),
            [FIRST, SECOND],
        ),
        (f"/responses/resp_{FIRST}", b"", [FIRST]),
        (f"/responses/resp_{FIRST}/input_items", b"", [FIRST]),
        ("/responses/input_tokens", b"{}", []),
    ],
)
def test_what_a_request_needs_is_seen_at_a_glance(path: str, body: bytes, ids: list[str]) -> None:
    assert list(kept.wanted(path, body)) == [f"resp_{name}" for name in ids]


def test_the_one_before_is_needed_too(found: dict[str, bytes]) -> None:
    assert kept.before(found[f"resp_{SECOND}"]) == f"resp_{FIRST}"
    assert kept.before(found[f"resp_{FIRST}"]) is None


def test_a_kept_response_is_given_back_and_forgotten(found: dict[str, bytes]) -> None:
    shelf = Shelf(found)
    check_response(stored.response(shelf, f"resp_{FIRST}", ""))
    assert stored.deleted(shelf, f"resp_{FIRST}") == {
        "id": f"resp_{FIRST}",
        "object": "response",
        "deleted": True,
    }
    assert shelf.dropped == {f"resp_{FIRST}"}
    for ask in (stored.response, stored.input_items):
        with pytest.raises(NotFound, match="does not have it"):
            ask(shelf, "resp_unknown", "")
    with pytest.raises(ClientError, match="background"):
        stored.cancelled(f"resp_{FIRST}")
    with pytest.raises(ClientError, match="stream"):
        stored.response(shelf, f"resp_{FIRST}", "stream=true")


def test_input_is_listed_page_by_page(asking: Asking) -> None:
    given = [{"role": "user", "content": str(number)} for number in range(5)]
    given.append({"role": "assistant", "content": "a"})
    answered(asking, [*given, CALL, OUTPUT], "да", FIRST)
    shelf, name = Shelf(asking.shelf.kept), f"resp_{FIRST}"
    listed = stored.input_items(shelf, name, "order=asc&limit=100")
    check_items(listed["data"])
    ids = [item["id"] for item in listed["data"]]
    assert not listed["has_more"] and len(set(ids)) == 8
    page = stored.input_items(shelf, name, f"limit=2&after={ids[-1]}")
    assert [item["id"] for item in page["data"]] == [ids[-2], ids[-3]]
    assert (page["first_id"], page["last_id"], page["has_more"]) == (ids[-2], ids[-3], True)
    for query in ("limit=0", "limit=x", "limit=101", "after=msg_x"):
        with pytest.raises(InvalidRequest):
            stored.input_items(shelf, name, query)


CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}", "id": "fc_1"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "ok", "status": "completed"}
