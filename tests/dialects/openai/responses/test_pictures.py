"""A picture that GigaChat made, for who asked with OpenAI's tool: an item that holds it."""

import json
from typing import Any

import pytest
from tests.dialects.test_searches import WAYS
from tests.support import gigachat_v2_wire as wire

from gigagate.core.file_policy import FilePolicy, Generated
from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange

FILE = {"files": [{"id": "f-1", "mime": "image/jpeg", "target": "image"}]}
TEXT = "Вот кот."
LINK = "![image](http://here/v1/files/f-1/content?"
STREAM = (
    wire.tool("in_progress", "image_generate", seconds_left=12)
    + wire.tool("completed", "image_generate", status="success")
    + wire.delta(FILE)
    + wire.delta({"text": TEXT})
    + wire.done(state=True)
)
WHOLE = wire.whole(wire.said(FILE, {"text": TEXT}))


def asking(generated: Generated, *, stream: bool, tools: list[Any]) -> Exchange:
    body = {"model": "gigachat", "input": "Нарисуй кота", "tools": tools, "stream": stream}
    request = ClientRequest(
        "POST", "/v1/responses", {}, json.dumps(body).encode(), base_url="http://here/v1"
    )
    policy = Policy(api="v2", files=FilePolicy(generated=generated, link_key=b"k" * 32))
    ready = Exchange(request, policy, request_id="ab" * 16, now=1)
    ready.upstream_request()
    return ready


def told(
    generated: Generated, way: str, data: str | None = "QUJD", tools: Any = None
) -> tuple[list[Any], list[str], set[str]]:
    """The response's items, the kinds of events, and which pictures were missing."""
    tools = [{"type": "image_generation"}] if tools is None else tools
    ready = asking(generated, stream=way != "whole", tools=tools)
    url = None if data is None else f"data:image/png;base64,{data}"
    missing: set[str] = set()

    def give() -> None:
        missing.update(ready.missing_pictures)
        ready.give_pictures(dict.fromkeys(ready.missing_pictures, url))

    out = []
    if way == "streamed":
        for byte in STREAM:
            out += ready.feed(bytes([byte]))
            while ready.missing_pictures:
                give()
                out += ready.resume()
    else:
        answer = json.dumps(WHOLE).encode()
        out = [ready.answer(200, {}, answer).body]
        if ready.missing_pictures:
            give()
            out = [ready.answer(200, {}, answer).body]
    assert (ready.report.error, ready.crash) == (None, None)
    body = b"".join(out)
    if way == "whole":
        return json.loads(body)["output"], [], missing
    events = [json.loads(line[6:]) for line in body.split(b"\n") if line.startswith(b"data: ")]
    items = [one["item"] for one in events if one["type"] == "response.output_item.done"]
    assert events[-1]["response"]["output"] == items
    assert [one["sequence_number"] for one in events] == [*range(len(events))]
    return items, [one["type"] for one in events], missing


PICTURE = {
    "type": "image_generation_call",
    "status": "completed",
    "result": "QUJD",
    "output_format": "png",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("generated", ["link", "data"])
def test_it_is_an_item_of_its_own(generated: Generated, way: str) -> None:
    (picture, message), events, missing = told(generated, way)
    assert missing == {"f-1"}
    assert picture.pop("id").startswith("ig_")
    assert picture == PICTURE
    text = message["content"][0]["text"]
    assert text.endswith(TEXT)
    assert text.startswith(LINK) if generated == "link" else text == TEXT
    states = [kind.rpartition(".")[2] for kind in events if "image_generation_call." in kind]
    assert states == ([] if way == "whole" else ["in_progress", "generating", "completed"])


@pytest.mark.parametrize("way", WAYS)
def test_raw_is_gigachats_own_tag_and_nothing_is_fetched(way: str) -> None:
    (message,), _, missing = told("raw", way)
    assert message["content"][0]["text"] == f'<img src="f-1" fuse="true"/>{TEXT}'
    assert not missing


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("generated", ["link", "data"])
def test_one_that_cannot_be_fetched_is_a_link(generated: Generated, way: str) -> None:
    (message,), _, _ = told(generated, way, data=None)
    assert message["content"][0]["text"].startswith(LINK)


@pytest.mark.parametrize("way", WAYS)
def test_who_has_not_asked_for_the_tool_gets_it_in_the_text(way: str) -> None:
    (message,), _, missing = told("link", way, tools=[{"type": "web_search"}])
    assert message["content"][0]["text"].startswith(LINK)
    assert not missing
    (message,), _, _ = told("data", way, tools=[])
    assert message["content"][0]["text"] == f"![image f-1](data:image/png;base64,QUJD){TEXT}"
