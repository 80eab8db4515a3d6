"""Pictures made by GigaChat, in the answers that clients get."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import gigachat_v2_wire as wire
from tests.support.gigachat_wire import (
    DONE,
    completion,
    delta,
    events,
    finish_reasons,
    text_of,
    text_stream,
)

from gigagate.core.file_policy import FilePolicy, Generated
from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange

ID = "5f8f9c3e-7a86-4a2b-9a0a-1d6f7b9e1c11"
OTHER = "0199e210-2f13-744c-8fe5-c9a19fe27db7"
TAG = f'<img src="{ID}" fuse="true"/>'
OTHER_TAG = f'<img src="{OTHER}" fuse="true"/>'
DATA = {ID: "data:image/png;base64,AAAA", OTHER: "data:image/png;base64,BBBB"}
NOW = 1_700_000_000


def exchange(generated: Generated, *, stream: bool, client: str = "", **more: Any) -> Exchange:
    body = {"model": "gigachat", "messages": [{"role": "user", "content": "a"}], **more}
    body["stream"] = stream
    request = ClientRequest(
        "POST",
        "/v1/chat/completions",
        {},
        json.dumps(body).encode(),
        client=client,
        base_url="http://here/v1",
    )
    policy = Policy(files=FilePolicy(generated=generated, link_key=b"k" * 32))
    ready = Exchange(request, policy, request_id="ab" * 16, now=NOW)
    ready.upstream_request()
    return ready


def whole(ready: Exchange, text: str | None, **fields: Any) -> str | None:
    body = json.dumps(completion(text, **fields)).encode()
    answer = json.loads(ready.answer(200, {}, body).body)
    content: str | None = answer["choices"][0]["message"]["content"]
    return content


def fed(ready: Exchange, *chunks: bytes) -> bytes:
    """As the layer does it: missing pictures are given before anything else is read."""
    out = []
    for chunk in (*chunks, b""):
        pieces = ready.feed(chunk)
        assert all(pieces)
        out += pieces
        while missing := set(ready.missing_pictures):
            ready.give_pictures({i: DATA.get(i) for i in missing})
            out += ready.resume()
    return b"".join(out)


def link(file_id: str = ID) -> str:
    return f"![image](http://here/v1/files/{file_id}/content?expires="


def test_a_link_is_put_in_the_place_of_a_tag() -> None:
    text = whole(exchange("link", stream=False), f"a {TAG} b")
    assert text is not None
    assert text.startswith(f"a {link()}{NOW + 7 * 86400}&signature=")
    assert text.endswith(") b")


def test_the_link_names_the_client_it_is_for() -> None:
    text = whole(exchange("link", stream=False, client="alice"), TAG)
    assert text is not None
    assert "&client=alice&" in text


def test_raw_leaves_the_tag_as_it_is() -> None:
    assert whole(exchange("raw", stream=False), f"a {TAG} b") == f"a {TAG} b"
    assert text_of(fed(exchange("raw", stream=True), text_stream("a ", TAG))) == f"a {TAG}"


def test_a_data_url_is_asked_for_and_put_in() -> None:
    ready = exchange("data", stream=False)
    whole(ready, f"a {TAG} {OTHER_TAG}")
    assert set(ready.missing_pictures) == {ID, OTHER}
    ready.give_pictures({ID: DATA[ID], OTHER: None})
    assert not ready.missing_pictures
    text = whole(ready, f"a {TAG} {OTHER_TAG}")
    assert text is not None
    assert text.startswith(f"a ![image {ID}]({DATA[ID]}) {link(OTHER)}")


@pytest.mark.parametrize("text", ["a < b", "", None, '<img src="a.png">'])
@pytest.mark.parametrize("generated", ["link", "data"])
def test_an_answer_without_a_picture_stays_as_it_is(generated: Generated, text: str | None) -> None:
    ready = exchange(generated, stream=False)
    assert (whole(ready, text) or "") == (text or "")
    assert not ready.missing_pictures


def test_a_video_is_always_a_link() -> None:
    tag = f'<video cover="{OTHER}" src="{ID}" fuse="true"/>'
    text = whole(exchange("data", stream=False), tag)
    assert text is not None
    assert text.startswith(f"[video](http://here/v1/files/{ID}/content?")


SHOWN = f"a ![image {ID}]({DATA[ID]})![image {OTHER}]({DATA[OTHER]}) b < c"


@given(st.lists(st.integers(0, 200), max_size=8).map(sorted))
def test_in_a_stream_the_picture_stands_where_the_tag_stood(places: list[int]) -> None:
    text = f"a {TAG}{OTHER_TAG} b < c"
    pieces = [text[a:b] for a, b in zip([0, *places], [*places, 200], strict=True)]
    stream = fed(exchange("data", stream=True), text_stream(*pieces))
    assert text_of(stream) == SHOWN
    assert finish_reasons(stream) == ["stop"]
    assert events(stream)[-1] == "[DONE]"


def test_in_a_stream_byte_by_byte_too() -> None:
    chunks = text_stream("a ", TAG[:7], TAG[7:], OTHER_TAG, " b < c")
    single = [chunks[i : i + 1] for i in range(len(chunks))]
    assert text_of(fed(exchange("data", stream=True), *single)) == SHOWN


def test_what_follows_a_missing_picture_waits_for_it() -> None:
    ready = exchange("data", stream=True)
    before = b"".join(ready.feed(delta("a ", role="assistant") + delta(TAG + "b")))
    assert text_of(before) == "a "
    assert set(ready.missing_pictures) == {ID}
    assert ready.feed(delta("c", finish="stop") + DONE) == []
    ready.give_pictures(DATA)
    rest = b"".join(ready.resume())
    assert text_of(rest) == f"![image {ID}]({DATA[ID]})bc"
    assert events(rest)[-1] == "[DONE]"
    assert ready.resume() == []


def test_a_tag_that_never_ends_is_text() -> None:
    stream = fed(exchange("link", stream=True), text_stream("a <img src", "=x"))
    assert text_of(stream) == "a <img src=x"


def test_a_function_call_behind_half_a_tag_keeps_its_order() -> None:
    call = {"name": "f", "arguments": {}}
    stream = fed(
        exchange("link", stream=True),
        delta("a <im", role="assistant"),
        delta("", function_call=call, finish="function_call"),
        DONE,
    )
    deltas = [e["choices"][0]["delta"] for e in events(stream)[:-1]]
    assert text_of(stream) == "a <im"
    assert "tool_calls" in deltas[-2]


@pytest.mark.parametrize("way", ["whole", "stream"])
@pytest.mark.parametrize("generated", ["link", "data", "raw"])
def test_what_is_cited_behind_a_picture_keeps_its_place(generated: Generated, way: str) -> None:
    source = {"1": {"url": "https://example.com/a", "title": "А"}}
    inline = {"inline_data": {"sources": source}}
    file = {"files": [{"id": ID, "mime": "image/png", "target": "image"}]}
    texts = [{"text": "Вот. "}, file, {"text": " Цена 89.[sources=[1]] Ещё."}]
    ready = exchange(generated, stream=way == "stream", web_search_options={})
    if way == "stream":
        events_of_v2 = [wire.delta(part) for part in (inline, *texts)]
        out = fed(ready, b"".join(events_of_v2), wire.done(state=True))
        deltas = [one["choices"][0]["delta"] for one in events(out) if isinstance(one, dict)]
        text = "".join(delta.get("content", "") for delta in deltas)
        (cited,) = [each for delta in deltas for each in delta.get("annotations", ())]
    else:
        body = json.dumps(wire.whole(wire.said(inline, *texts))).encode()
        ready.answer(200, {}, body)
        ready.give_pictures({one: DATA[one] for one in ready.missing_pictures})
        message = json.loads(ready.answer(200, {}, body).body)["choices"][0]["message"]
        text, (cited,) = message["content"], message["annotations"]
    place = cited["url_citation"]
    assert text[place["start_index"] : place["end_index"]] == "Цена 89."
    assert text.startswith("Вот. ") and text.endswith(" Цена 89. Ещё.")
