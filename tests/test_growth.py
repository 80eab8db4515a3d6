"""Nothing that someone sends costs more than its length: work counted at n, 2n and 4n.

A row is a reader of foreign bytes and a shape of any size: add one to ROWS, in one line, for each
new reader (`Row("what", lambda n: shape, reader)`; shapes that are more than a line stand in
tests/support/hostile.py; rows of what lies outside the translation in growth_elsewhere.py). The
modules are found: one of ROOMS, or one elsewhere that looks as if it read bytes, fails a test if no
row runs it and no reason is given for it.
"""

import json
import re
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.support import hostile, hostile_dialects
from tests.support.growth import Row, Work, measured
from tests.support.growth_elsewhere import MORE_ROWS, NAMED
from tests.support.hostile import tools

from gigagate import routes
from gigagate.core import (
    attachment,
    content_coding,
    file_types,
    multipart,
    paths,
    redact,
    request_head,
    response_head,
    signed_link,
    sse,
    strict_json,
    wire_head,
)
from gigagate.core.hidden import Hidden
from gigagate.core.http import Head
from gigagate.core.large_body import takes_long
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.sample import sample
from gigagate.core.shelf import Shelf
from gigagate.dialects.gemini import reader as gemini
from gigagate.dialects.openai import reader as openai
from gigagate.dialects.words import Words
from gigagate.exchange import ClientRequest, Exchange
from gigagate.gigachat import errors, stop
from gigagate.gigachat.json_answer import JsonPicker
from gigagate.gigachat.picture_tags import TagCutter, restored
from gigagate.gigachat.reasoning import ThinkSplitter
from gigagate.gigachat.schema import cleaned
from gigagate.gigachat.tools import ToolNames, functions
from gigagate.views import answer, changes, conversation, fixture, pretty_json, raw_json, text
from gigagate.views.facts import Facts

N = 120
"""Pieces of the smallest shape; the largest has four times as many."""
MOST = 2.6
"""Times the work that twice the size may cost.  Linear is 2, with a start that is not repeated
below it; the square is 4."""


def post(path: str, content_type: str = "application/json") -> Callable[[Any], object]:
    def send(body: Any) -> object:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = ClientRequest("POST", path, {"content-type": content_type}, raw)
        exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
        return exchange.upstream_request()

    return send


CHAT = "/v1/chat/completions"
chat = post(CHAT)


def whole(body: Any) -> object:
    return _answered(json.dumps(body).encode(), stream=False)


def streamed(events: list[Any]) -> object:
    return _answered(b"".join(sse.event(json.dumps(e).encode()) for e in events), stream=True)


def _answered(body: bytes, *, stream: bool) -> object:
    asked = {"model": "gigachat", "messages": [{"role": "user", "content": "x"}], "stream": stream}
    path = "/v1/chat/completions"
    request = ClientRequest("POST", path, {}, json.dumps(asked).encode())
    exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
    exchange.upstream_request()
    kind = "text/event-stream" if stream else "application/json"
    if not stream:
        return exchange.answer(200, {"content-type": kind}, body)
    return [exchange.feed(body), exchange.feed(b"")]


def answer_to(path: str, asked: dict[str, Any]) -> Callable[[bytes], object]:
    """GigaChat's answer, as the client of that API gets it."""

    def tell(body: bytes) -> bytes:
        request = ClientRequest("POST", path, {}, json.dumps(asked).encode())
        exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
        exchange.upstream_request()
        if not exchange.wants_stream:
            return exchange.answer(200, {"content-type": "application/json"}, body).body
        return b"".join([*exchange.feed(body), *exchange.feed(b"")])

    return tell


def reading(path: str, asked: dict[str, Any]) -> Callable[[bytes], object]:
    """What people are shown of it."""
    tell = answer_to(path, {**asked, "stream": True})
    reader = routes.dialect_of(Head("POST", path, {})).reader
    return lambda body: answer.render(reader.answer(tell(body)), Facts())


def _long_answer(n: int) -> bytes:
    said = {"role": "assistant", "content": "<img " * n, "reasoning_content": "x" * n}
    return json.dumps({"choices": [{"message": said, "finish_reason": "stop"}]}).encode()


def _long_stream(n: int) -> bytes:
    events = [said("<think>" if i % 9 else "x") for i in range(n)]
    call = {"name": "f", "arguments": {f"a{i}": i for i in range(n)}}
    events.append({"choices": [{"index": 0, "delta": {"content": "", "function_call": call}}]})
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "function_call"}]})
    return b"".join(sse.event(json.dumps(e).encode()) for e in events) + sse.event(b"[DONE]")


V2 = Policy(api="v2", source_links=True)


def _v2_asked(chat: Any) -> Exchange:
    request = ClientRequest("POST", "/v1/chat/completions", {}, json.dumps(chat).encode())
    exchange = Exchange(request, V2, request_id="ab" * 16, now=1)
    exchange.upstream_request()
    return exchange


def v2_chat(chat: Any) -> object:
    return _v2_asked(chat)


def v2_refused(body: bytes) -> object:
    return _v2_asked(talk(1)).otherwise(404, body)


def v2_whole(answer: Any) -> object:
    return _v2_asked(talk(1)).answer(200, {}, json.dumps(answer).encode())


def v2_likely(answer: Any) -> object:
    return _v2_asked({**talk(1), "logprobs": True}).answer(200, {}, json.dumps(answer).encode())


def _v2_tokens(n: int) -> dict[str, Any]:
    token = {"token": "a", "logprob": -1}
    text = {"text": "a" * n, "logprobs": [{"chosen": token, "top": [token] * 5}] * n}
    return {"messages": [{"role": "assistant", "content": [text]}], "finish_reason": "stop"}


def v2(events: list[Any]) -> object:
    exchange = _v2_asked({**talk(1), "stream": True})
    said = b"".join(sse.event(json.dumps(e).encode(), "response.message.delta") for e in events)
    return [exchange.feed(said), exchange.feed(b"")]


def _v2_delta(text: str) -> dict[str, Any]:
    half = "\ud83d" if text == " " else ""
    return {"messages": [{"role": "assistant", "content": [{"text": text + half}]}]}


def _v2_answer(n: int) -> dict[str, Any]:
    sources = {str(i): {"url": f"https://a/{i}", "title": "x"} for i in range(n)}
    text = {"text": "A. [sources=[1, 2]] " * n, "inline_data": {"sources": sources}}
    return {"messages": [{"role": "assistant", "content": [text]}], "finish_reason": "stop"}


def _parallel(n: int) -> dict[str, Any]:
    calls = [
        {"id": f"c{i}", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        for i in range(n)
    ]
    results = [message("tool", "{}", tool_call_id=f"c{i}") for i in range(n)]
    return {
        "model": "gigachat",
        "messages": [message("user", "x"), message("assistant", "", tool_calls=calls), *results],
    }


def pieces(machine: Callable[[], Any]) -> Callable[[list[Any]], object]:
    def feed(given: list[Any]) -> object:
        one = machine()
        return [list(one.feed(each)) for each in given]

    return feed


def said(text: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text, "role": "assistant"}}]}


def message(role: str, content: object, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def talk(n: int) -> dict[str, Any]:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    turns = [
        message("user", [{"type": "text", "text": "t"}] * 2),
        message("assistant", None, tool_calls=[call, {**call, "id": "d"}]),
        message("tool", "r", tool_call_id="c"),
        message("tool", "r", tool_call_id="d"),
        message("tool", "r", tool_call_id="call_g1_of_no_call"),
    ]
    return {"model": "gigachat", "messages": turns * n + [message("user", "x")]}


def _parts(n: int) -> dict[str, Any]:
    parts = [{"type": "thinking"}, {"type": "tool_use", "name": "f"}, {"type": "x"}, "said"]
    turns = [message("assistant", parts * (n // 4)), message("user", "x")]
    return {"model": "gigachat", "messages": turns}


def form(n: int) -> bytes:
    return b"--b\r\n" + b'Content-Disposition: form-data; name="a"\r\n\r\nx\r\n--b\r\n' * n


def _data_url(n: int) -> str:
    return "data:" + ";x" * n + ",x"


def _talk(n: int) -> bytes:
    return json.dumps(talk(n)).encode()


def _input(n: int) -> dict[str, Any]:
    return {"model": "Embeddings", "input": ["x"] * n}


def _choices(n: int) -> bytes:
    return b'{"choices":[%s{}]}' % (b'{"message":{"content":"x"}},' * n)


_GET = b"GET / HTTP/1.1\r\nHost: x\r\n"


def _goes_out(headers: dict[str, str]) -> None:
    wire_head.check("GET", "/", headers)


def _models(n: int) -> bytes:
    return json.dumps({"data": [{"id": f"m{i}", "object": "model"} for i in range(n)]}).encode()


def listed(path: str, **headers: str) -> Callable[[bytes], object]:
    def tell(body: bytes) -> object:
        exchange = Exchange(
            ClientRequest("GET", path, headers, b""), Policy(), request_id="ab" * 16, now=1
        )
        exchange.upstream_request()
        return exchange.answer(200, {}, body)

    return tell


MESSAGE = hostile_dialects.ASKED["/v1/messages"]


def _counts(n: int) -> bytes:
    return json.dumps([{"object": "tokens", "tokens": 1, "characters": 1}] * n).encode()


def failing(path: str) -> Callable[[bytes], object]:
    def tell(body: bytes) -> object:
        asked = json.dumps(hostile_dialects.ASKED[path]).encode()
        request = ClientRequest("POST", path, {}, asked)
        exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
        exchange.upstream_request()
        return exchange.answer(413, {}, body)

    return tell


def _items(n: int) -> bytes:
    item = {"id": "msg_1", "type": "message", "role": "user", "content": "x"}
    return json.dumps([{"id": "resp_1", "output": []}, [item] * n]).encode()


def kept_items(content: bytes) -> object:
    name = "resp_" + "ab" * 16
    request = ClientRequest("GET", f"/v1/responses/{name}/input_items?limit=100", {}, b"")
    shelf = Shelf({name: content})
    exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1, shelf=shelf)
    return exchange.upstream_request()


def _of_gemini(method: str, asked: Callable[[int], Any], answer: Callable[[int], bytes]) -> Row:
    """A request to a method of Gemini's API, and what it makes of GigaChat's answer."""

    def shape(n: int) -> tuple[bytes, bytes]:
        return json.dumps(asked(n)).encode(), answer(n)

    def read(given: tuple[bytes, bytes]) -> object:
        path = f"/v1beta/models/{method}" if method else "/v1beta/models"
        request = ClientRequest("POST" if method else "GET", path, {}, given[0])
        exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
        exchange.upstream_request()
        if exchange.wants_stream:
            return [exchange.feed(given[1]), exchange.feed(b"")]
        return exchange.answer(200, {}, given[1])

    return Row(f"gemini: {method or 'models'}", shape, read)


def _pieces_of_gemini(n: int) -> bytes:
    parts = [{"text": "x"}, {"functionCall": {"name": "f", "args": {}}}]
    piece = json.dumps({"candidates": [{"content": {"parts": parts}}]}).encode()
    return b"[" + b",\r\n".join([piece] * n) + b"]"


def _gemini_hello(n: int) -> dict[str, Any]:
    return {"contents": [{"parts": [{"text": "x"}]}]}


def _gemini_texts(n: int) -> dict[str, Any]:
    return {"requests": [{"content": {"parts": [{"text": "x"}]}, "output_dimensionality": 1}] * n}


def _vectors(n: int) -> bytes:
    return json.dumps({"data": [{"embedding": [1.0], "usage": {"prompt_tokens": 1}}] * n}).encode()


def _stream(n: int) -> bytes:
    events = [said("<think>" if i % 2 else "x") for i in range(n)]
    return b"".join(sse.event(json.dumps(event).encode()) for event in events)


def _files(n: int) -> dict[str, Any]:
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    turns = [message("user", [part]), message("assistant", "seen")] * (n // 4)
    return {"model": "gigachat", "messages": [*turns, message("user", "x")]}


ROWS = (
    *(Row(f"schema: {shape.__name__}", shape, cleaned) for shape in hostile.SCHEMAS),
    Row(
        "tools: many with references",
        lambda n: {"tools": [_tool(i, hostile.references_that_fan_out(8)) for i in range(n // 4)]},
        lambda asked: functions(asked, None, Policy(), Notes()),
    ),
    *(
        Row(f"names: {names.__name__}", names, lambda given: ToolNames.of({"tools": tools(given)}))
        for names in (
            hostile.names_that_clash,
            hostile.long_names_that_clash,
            hostile.one_name_in_many_spellings,
        )
    ),
    Row("multipart: ;", lambda n: "multipart/form-data" + ";" * n, lambda t: _form(t, b"")),
    Row("multipart: names", lambda n: "multipart/form-data" + ";a=b" * n, lambda t: _form(t, b"")),
    Row("multipart: parts", form, lambda body: _form("multipart/form-data; boundary=b", body)),
    Row("routes: v1", lambda n: "/v1" * n + "/models", paths.normalise),
    Row(
        "routes: slashes",
        lambda n: "/" * n + "models",
        lambda path: routes.find(Head("GET", path, {})),
    ),
    Row("link", lambda n: "&signature=x" * n, lambda q: _client_of(q)),
    Row("chat: a long talk", talk, chat),
    Row("chat: parts of others", _parts, chat),
    Row("chat: tools", lambda n: {**talk(1), "tools": tools([f"f{i}" for i in range(n)])}, chat),
    Row("chat: unknown fields", lambda n: {**talk(1), **{f"x{i}": 1 for i in range(n)}}, chat),
    Row("chat: stop", lambda n: {**talk(1), "stop": ["x" * n]}, chat),
    Row("completions", lambda n: {"model": "gigachat", "prompt": "x" * n}, post("/v1/completions")),
    Row("embeddings", _input, post("/v1/embeddings")),
    Row(
        "own endpoints",
        _input,
        post("/v1/tokens/count"),
    ),
    Row("files", form, post("/v1/files", "multipart/form-data; boundary=b")),
    Row("json: deep", lambda n: b"[" * n + b"]" * n, strict_json.loads),
    Row("head: fields", lambda n: _GET + b"a: b\r\n" * n + b"\r\n", request_head.read),
    Row("head that goes out", lambda n: {f"x{i}": "v" for i in range(n)}, _goes_out),
    Row("hidden", lambda n: [b"secre"] * n, pieces(lambda: Hidden(["secret-token"]))),
    *(
        Row(f"model list: {path}", _models, listed(path, **headers))
        for path, headers in {
            "/v1/models": {},
            "/models": {"anthropic-version": "x"},
            "/v1/codex/models": {},
        }.items()
    ),
    Row("messages: a count", _counts, answer_to("/v1/messages/count_tokens", MESSAGE)),
    Row("responses: a summary", _long_stream, answer_to("/v1/responses", hostile_dialects.SUMMED)),
    Row("responses: kept", _items, kept_items),
    *(
        Row(f"{path}: fails", lambda n: b'{"message": "%b"}' % (b"1234 tokens " * n), failing(path))
        for path in hostile_dialects.ASKED
    ),
    Row("chat: files", _files, chat),
    _of_gemini("x:generateContent", hostile.gemini_talk, _choices),
    _of_gemini("x:streamGenerateContent", _gemini_hello, _stream),
    _of_gemini("x:countTokens", hostile.gemini_talk, _counts),
    _of_gemini("x:batchEmbedContents", _gemini_texts, _vectors),
    _of_gemini("", _gemini_hello, _models),
    Row("gemini: read back", _pieces_of_gemini, gemini.answer),
    Row(
        "gemini: a talk read",
        lambda n: json.dumps(hostile.gemini_talk(n)).encode(),
        lambda b: gemini.chat(b, "/v1beta/models/x:generateContent"),
    ),
    Row("gemini: a path", lambda n: "/models/" + ":a" * n, lambda p: gemini.chat(b"{}", p)),
    Row(
        "gemini: a search",
        lambda n: {"contents": "x", "tools": [{"googleSearch": {}}] * n},
        post("/v1beta/models/x:streamGenerateContent"),
    ),
    Row(
        "gemini: names",
        lambda n: {"contents": [{"parts": [{"text": "x", "a_" * n + "b": 1}]}]},
        post("/v1beta/models/x:generateContent"),
    ),
    Row("answer's head", lambda n: [b"HTTP/1.1 200 OK", *[b"a: b"] * n], response_head.read),
    Row("sse: lines", lambda n: [b"data: x\n" * n], lambda given: _decode(given)),
    Row("sse: bytes", lambda n: [b"x"] * n, lambda given: _decode(given)),
    Row("large body", lambda n: b":" * n, lambda body: takes_long(body, None)),
    Row("sample", lambda n: b"x" * n, sample),
    Row("redact", lambda n: "bearer " * n + "-eyJ" * n, redact.mask),
    Row(
        "data URL",
        lambda n: "data:" + ";x" * n + ",x",
        lambda url: attachment.read_data_url(url, "p"),
    ),
    Row("file name", lambda n: "../" * n, attachment.safe_name),
    Row("coding", lambda n: b"x" * n, lambda body: content_coding.decode(body, "gzip", 10)),
    Row("file type", lambda n: b"PK\x03\x04" * n, file_types.recognise),
    Row("fails with tags", lambda n: b"<" * n + b"<script " * n, errors.words),
    Row("think", lambda n: ["<thin"] * n, pieces(ThinkSplitter)),
    Row("tags", lambda n: ["<img "] * n, pieces(TagCutter)),
    Row("pictures in words", lambda n: "![image](" * n, restored),
    Row("json answer", lambda n: ['{"a":['] * n, pieces(lambda: JsonPicker("{"))),
    Row("stop", lambda n: "ab" * n, lambda given: stop.cut(given, ["abc", "b" * 9])),
    Row(
        "answer: choices",
        lambda n: {"choices": [{"message": {"content": "x"}}] * n, "usage": {"prompt_tokens": n}},
        whole,
    ),
    Row("answer: text", lambda n: {"choices": [{"message": {"content": "<img " * n}}]}, whole),
    Row("v2: history", _parallel, v2_chat),
    Row("v2: tools", lambda n: {**talk(1), "tools": [{"type": "web_search"}] * n}, v2_chat),
    Row("v2: answer", _v2_answer, v2_whole),
    Row("v2: log probabilities", _v2_tokens, v2_likely),
    Row("v2: stream", lambda n: [_v2_delta("[sources=[" if i % 2 else " ") for i in range(n)], v2),
    Row("v2: refused", lambda n: b"tool " * n, v2_refused),
    Row("stream", lambda n: [said("<think>" if i % 2 else "x") for i in range(n)], streamed),
    *(Row(what, shape, post(path)) for what, (path, shape) in hostile_dialects.REQUESTS.items()),
    *(
        row
        for path, asked in hostile_dialects.ASKED.items()
        for row in (
            Row(f"{path}: whole", _long_answer, answer_to(path, asked)),
            Row(f"{path}: streamed", _long_stream, answer_to(path, {**asked, "stream": True})),
            Row(f"{path}: read", _long_stream, reading(path, asked)),
        )
    ),
    Row("view: talk", _talk, lambda b: conversation.render(openai.chat(b, CHAT))),
    Row(
        "view: answer",
        lambda n: b'{"choices":[%s{}]}' % (b'{"message":{"content":"x"}},' * n),
        lambda b: answer.render(openai.answer(b), Facts()),
    ),
    Row(
        "view: changes",
        lambda n: json.dumps(talk(n)).encode(),
        lambda b: changes.render(openai.chat(b, CHAT), b, Facts()),
    ),
    Row("view: raw JSON", lambda n: b'{"a":["b' * n, raw_json.in_lines),
    Row("view: fixture", lambda n: talk(n), lambda given: fixture.anonymised(given, Words())),
    Row("view: JSON", lambda n: [[{"a": "b"}]] * n, lambda value: list(pretty_json.lines(value))),
    Row("view: text", lambda n: "x " * n + "y" * n, text.wrapped),
    *MORE_ROWS,
)


EXEMPT = {
    "core/pivot.py": "names the forms",
    "dialects/dialect.py": "names the forms",
    "dialects/keys.py": "reads a head, which is bounded",
    "dialects/openai/keys.py": "reads a head, which is bounded",
    "core/compact_json.py": "writes what was read",
    "core/company_proxy.py": "reads what the machine's owner has set",
    "core/key_owner.py": "words of what the machine's owner has set",
    "core/http.py": "the request and the answer as they are carried",
    "core/shelf.py": "holds what was read",
    "gigachat/expected.py": "holds what was read",
    "gigachat/upstream.py": "names the forms",
    "views/facts.py": "reads what the proxy itself has written",
    "views/flow_line.py": "reads what the proxy itself has written",
}
"""Module -> why it needs no row: it reads nothing foreign."""


def _tool(i: int, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": {"name": f"f{i}", "parameters": parameters}}


def _form(content_type: str, body: bytes) -> list[multipart.FormPart]:
    return list(multipart.read(content_type, body))


def _client_of(query: str) -> object:
    return signed_link.client_of("id", query, key=b"k" * 32, now=1)


def _decode(chunks: list[bytes]) -> object:
    decoder = sse.Decoder()
    return [list(decoder.feed(chunk)) for chunk in chunks], list(decoder.end())


@cache
def work(row: Row, n: int) -> Work:
    shape = row.shape(n)
    return measured(lambda: row.reader(shape))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_work_grows_as_what_is_read(row: Row) -> None:
    work.__wrapped__(row, 1)  # what is made once is made now
    first, second, third = (work(row, times * N).steps for times in (1, 2, 4))
    assert second <= MOST * first + 500
    assert third <= MOST * second + 500


PACKAGE = Path(routes.__file__).parent
ROOMS = ("core", "dialects", "gigachat", "views", "sessions", "report_page")
"""Nearly all of what is in these reads foreign bytes, or what was made of them."""
OTHER_SIDE = ("emulator", "cli", "settings", "store")
"""These read what the machine's owner has written, or what we have."""
READS = re.compile(
    r"\bloads\(|re\.compile|splitlines|unquote|content_coding|DataReceived|ReceiveBuffer|getresponse"
    r"|\.recv\(|raw_content|outbound\.ask\(|b64decode"
)
"""What a module has that reads bytes."""


@cache
def _ran() -> set[str]:
    """Modules that some row runs."""
    return {
        Path(file).relative_to(PACKAGE).as_posix()
        for row in ROWS
        for file in work(row, N).files
        if Path(file).is_relative_to(PACKAGE)
    }


def _modules(*, of_rooms: bool) -> dict[str, str]:
    """Those of ROOMS, or the others -> their text."""
    texts = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    return {
        name: text
        for name, path in texts.items()
        if (name.partition("/")[0] in ROOMS) is of_rooms and "def " in (text := path.read_text())
    }


def test_every_module_of_the_translation_has_a_row() -> None:
    found = _modules(of_rooms=True).keys()
    assert found - _ran() <= EXEMPT.keys(), "give each a row in ROWS, or a reason in EXEMPT"
    assert EXEMPT.keys() <= found, "these are gone"


def test_every_other_module_that_reads_bytes_has_a_row_or_a_reason() -> None:
    found = {
        name
        for name, text in _modules(of_rooms=False).items()
        if name.partition("/")[0] not in OTHER_SIDE and READS.search(text)
    }
    assert found - _ran() <= NAMED.keys(), "give each a row, or a reason in NAMED"
    assert NAMED.keys() <= found, "these are gone, or read nothing any more"


@pytest.mark.parametrize(
    "square",
    [
        lambda given: [sum(1 for other in given if other is one) for one in given],
    ],
)
def test_the_square_is_seen(square: Callable[[list[int]], object]) -> None:
    first, second = (measured(lambda n=n: square([0] * n)).steps for n in (N, 2 * N))
    assert second > MOST * first + 500


class _Garbage:
    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        _steps()


def _steps() -> int:
    return sum(1 for _ in range(50_000))


def test_what_others_do_meanwhile_is_not_counted() -> None:
    go, gone = threading.Event(), threading.Event()

    def other() -> None:
        go.wait()
        _steps()
        gone.set()

    def meanwhile() -> None:
        go.set()
        gone.wait()
        [[] for _ in range(10_000)]  # enough for a collection

    thread = threading.Thread(target=other)
    thread.start()
    _Garbage()
    assert measured(_steps).steps > 50_000 > measured(meanwhile).steps
    thread.join()
