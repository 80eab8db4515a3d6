"""Sources as numbered links in a chat completion's text, by setting: whole and in any pieces."""

import json
from typing import Any

import pytest
from tests.dialects.test_searches import CHAT, WAYS
from tests.support import gigachat_v2_wire as wire
from tests.support.gigachat_wire import events

from gigagate.core.pivot import Citation, Source
from gigagate.core.policy import Policy
from gigagate.dialects.openai.source_links import SourceLinks, linked
from gigagate.exchange import ClientRequest, Exchange

TEXT = (
    "Молоко — 89 ₽.[1] Кошки его любят 🐈.[1][2] Всё.\n\n"
    "1. [Молоко 🥛](https://example.com/milk)\n"
    "2. [Кошки](https://example.org/cats)"
)
CITED = [
    ("Молоко — 89 ₽.", "https://example.com/milk"),
    ("Кошки его любят 🐈.", "https://example.com/milk"),
    ("Кошки его любят 🐈.", "https://example.org/cats"),
]


def told(way: str, policy: Policy, **more: Any) -> tuple[str, list[Any]]:
    body = {**CHAT, **more, "stream": way != "whole"}
    request = ClientRequest("POST", "/v1/chat/completions", {}, json.dumps(body).encode())
    exchange = Exchange(request, policy, request_id="ab" * 16, now=1)
    exchange.upstream_request()
    if way == "streamed":
        out = b"".join(piece for byte in wire.SEARCH for piece in exchange.feed(bytes([byte])))
    else:
        out = exchange.answer(200, {}, json.dumps(wire.SEARCH_WHOLE).encode()).body
    assert exchange.report.error is None
    if way == "whole":
        message = json.loads(out)["choices"][0]["message"]
        return message["content"], message["annotations"]
    deltas = [one["choices"][0]["delta"] for one in events(out) if isinstance(one, dict)]
    annotations = [each for delta in deltas for each in delta.get("annotations", ())]
    return "".join(delta.get("content", "") for delta in deltas), annotations


@pytest.mark.parametrize("way", WAYS)
def test_they_stand_under_the_text_and_annotations_fit_it(way: str) -> None:
    text, annotations = told(way, Policy(source_links=True))
    assert text == TEXT
    places = [one["url_citation"] for one in annotations]
    assert [(text[p["start_index"] : p["end_index"]], p["url"]) for p in places] == CITED


@pytest.mark.parametrize("way", WAYS)
def test_without_the_setting_the_text_stays_as_it_is(way: str) -> None:
    assert told(way, Policy())[0] == wire.PLAIN


def test_an_answer_in_json_has_none() -> None:
    wanted = {"response_format": {"type": "regex", "regex": ".*"}}
    assert told("whole", Policy(source_links=True), **wanted)[0] == wire.PLAIN


def test_what_a_title_or_an_address_has_does_not_end_the_link() -> None:
    links = SourceLinks()
    source = Source("https://a.b/c (d)<e>", "[x](javascript:1)\n<b>`")
    links.mark([Citation(0, 1, "a", source)])
    assert links.rest() == (
        "\n\n1. [\\[x\\](javascript:1) \\<b\\>\\`](https://a.b/c%20%28d%29%3Ce%3E)"
    )
    assert links.rest() == "", "once"


def test_citations_out_of_order_repeat_no_text() -> None:
    source = Source("https://a.b", "a")
    cited = [Citation(0, end, "", source).as_object() for end in (6, 3)]
    text, _ = linked("abcdef.", cited)
    assert text == "abcdef[1][1].\n\n1. [a](https://a.b)"
