"""Requests as bytes, with what GigaChat answers to each: the usual, the odd and the broken."""

import json
from dataclasses import dataclass

from tests.support.gigachat_wire import DONE, completion, delta, text_stream
from tests.support.scripted_upstream import CHUNKED_HEAD, STREAM_HEAD, Said, chunk, whole

MODEL = {"model": "gigachat"}
HELLO = {"role": "user", "content": "Hello, как дела?"}
CHAT = MODEL | {"messages": [HELLO]}
WEATHER = {"name": "weather", "description": "?", "parameters": {"type": "object"}}
TOOLS = CHAT | {"tools": [{"type": "function", "function": WEATHER}]}
CALL = {"name": "weather", "arguments": {"city": "Тула"}}
HISTORY = TOOLS | {
    "messages": [
        HELLO,
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": CALL | {"arguments": "{}"}}
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "Sunny"},
    ]
}
PARTS = MODEL | {
    "messages": [{"role": "user", "content": [{"type": "text", "text": t} for t in "ab"]}]
}
STREAM = CHAT | {"stream": True, "stream_options": {"include_usage": True}}


def post(body: object, path: str = "/v1/chat/completions", headers: bytes = b"") -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s" % (
        path.encode(),
        headers,
    )
    return head + b"Content-Length: %d\r\n\r\n%s" % (len(content), content)


def get(path: str, method: bytes = b"GET", headers: bytes = b"Connection: close\r\n") -> bytes:
    return b"%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n" % (method, path.encode(), headers)


def said(body: object, status: int = 200, headers: bytes = b"") -> Said:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Said([whole(status, content, b"Content-Type: application/json\r\n" + headers)])


def chunked(
    *pieces: bytes,
    head: bytes = CHUNKED_HEAD,
    end: bytes = b"0\r\n\r\n",
    closes: bool = False,
) -> Said:
    return Said([head, *map(chunk, pieces), end], closes)


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


ANSWER = said(completion())
WORDS = text_stream("Hello", ", ", "world", "!")
EVENTS = [event + b"\n\n" for event in WORDS.removesuffix(b"\n\n").split(b"\n\n")]
LONG = text_stream(*(f"word {number} " for number in range(500)))
CALLING = delta(role="assistant", function_call=CALL, functions_state_id="s") + delta(
    "", finish="function_call"
)
REASONING = delta("", role="assistant", reasoning_content="Hm.") + WORDS
CHUNKED_HEAD_OF_JSON = CHUNKED_HEAD.replace(b"text/event-stream", b"application/json")
BROKEN_OFF = chunked(*EVENTS[:3], end=b"", closes=True)
LATER = b"Retry-After: 100\r\n"
ERRORS = [
    *(400, 401, 402, 403, 404, 413, 422),
    *(429, 500, 502, 503, 504, 302, 204),
]


@dataclass(frozen=True)
class Case:
    asked: bytes
    answers: tuple[Said, ...] = ()


CASES = {
    "chat": Case(post(CHAT), (ANSWER,)),
    "content parts": Case(post(PARTS), (ANSWER,)),
    "tools": Case(post(TOOLS), (said(completion("", finish="function_call", function_call=CALL)),)),
    "functions": Case(
        post(CHAT | {"functions": [WEATHER]}),
        (said(completion("", finish="function_call", function_call=CALL)),),
    ),
    "a tool's result": Case(post(HISTORY), (ANSWER,)),
    "an answer in chunks": Case(
        post(CHAT),
        (chunked(*cut(json.dumps(completion()).encode(), 7), head=CHUNKED_HEAD_OF_JSON),),
    ),
    "a stream": Case(post(STREAM), (chunked(*EVENTS),)),
    "a stream with a tool call": Case(post(TOOLS | {"stream": True}), (chunked(CALLING, DONE),)),
    "a stream with reasoning": Case(post(STREAM), (chunked(REASONING),)),
    "a stream of tiny chunks": Case(post(STREAM), (chunked(*cut(WORDS, 1)),)),
    "a stream of thousands of chunks": Case(
        post(STREAM), (Said([CHUNKED_HEAD + b"".join(map(chunk, cut(LONG, 20))) + b"0\r\n\r\n"]),)
    ),
    "a stream as one huge chunk": Case(post(STREAM), (chunked(LONG),)),
    "a stream torn at every byte": Case(
        post(STREAM),
        (Said(cut(CHUNKED_HEAD + b"".join(map(chunk, EVENTS)) + b"0\r\n\r\n", 1)),),
    ),
    "a stream with a length": Case(
        post(STREAM),
        (Said([STREAM_HEAD + b"Content-Length: %d\r\n\r\n" % len(WORDS), *EVENTS]),),
    ),
    "a stream until the end": Case(post(STREAM), (Said([STREAM_HEAD + b"\r\n", WORDS], True),)),
    "a broken chunk": Case(post(STREAM), (chunked(*EVENTS[:3], end=b"no chunk\r\n", closes=True),)),
    "a broken chunk at once": Case(
        post(STREAM),
        (Said([CHUNKED_HEAD + b"".join(map(chunk, EVENTS[:3])) + b"no chunk\r\n"], True),),
    ),
    "a stream broken off": Case(post(STREAM), (BROKEN_OFF,)),
    "a stream broken off within an event": Case(
        post(STREAM), (chunked(EVENTS[0], EVENTS[1][:9], end=b"", closes=True),)
    ),
    "a stream without DONE": Case(post(STREAM), (chunked(*EVENTS[:-1]),)),
    "more after DONE": Case(post(STREAM), (chunked(*EVENTS, EVENTS[0], DONE),)),
    "an error in a stream": Case(
        post(STREAM), (chunked(*EVENTS[:2], b'data: {"status":500,"message":"no"}\n\n'),)
    ),
    "no JSON in a stream": Case(post(STREAM), (chunked(*EVENTS[:2], b"data: {no\n\n"),)),
    "hung up on, then answered": Case(post(CHAT), (Said([], True), ANSWER)),
    "no HTTP, then answered": Case(post(CHAT), (Said([b"no HTTP\r\n\r\n"], True), ANSWER)),
    **{
        f"status {status}": Case(
            post(CHAT),
            (said({"status": status, "message": "no"}, status, LATER),) * (1 + (status == 401)),
        )
        for status in ERRORS
    },
    "status 500 for a stream": Case(post(STREAM), (said({"message": "no"}, 500, LATER),)),
    "503, then answered": Case(
        post(STREAM), (said({}, 503, b"Retry-After: 0\r\n"), chunked(*EVENTS))
    ),
    "401, then answered": Case(post(CHAT), (said({}, 401), ANSWER)),
    "no JSON": Case(post(CHAT), (said(b"{no"),)),
    "JSON of another kind": Case(post(CHAT), (said([1, 2]),)),
    "an HTML page": Case(
        post(CHAT), (Said([whole(502, b"<html>", b"Content-Type: text/html\r\n" + LATER)]),)
    ),
    "embeddings": Case(
        post({"model": "x", "input": "a"}, "/v1/embeddings"),
        (
            said(
                {
                    "object": "list",
                    "model": "Embeddings",
                    "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 1]}],
                }
            ),
        ),
    ),
    "models": Case(
        get("/v1/models"),
        (said({"object": "list", "data": [{"id": "GigaChat", "object": "model"}]}),),
    ),
    "a file": Case(
        post(
            b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ngeneral\r\n'
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
            b"Content-Type: text/plain\r\n\r\ntext\r\n--b--\r\n",
            "/v1/files",
            b"Content-Type: multipart/form-data; boundary=b\r\n",
        ),
        (said({"id": "f", "object": "file", "bytes": 4, "filename": "a.txt"}),),
    ),
    "balance": Case(get("/v1/balance"), (said({"balance": []}),)),
    "health": Case(get("/health")),
    "nowhere": Case(get("/v1/nowhere")),
    "wrong JSON": Case(post(b"{no")),
    "no messages": Case(post(MODEL | {"messages": []})),
    "HTTP/1.0": Case(post(CHAT).replace(b"HTTP/1.1", b"HTTP/1.0"), (ANSWER,)),
    "HTTP/1.0, a stream": Case(post(STREAM).replace(b"HTTP/1.1", b"HTTP/1.0"), (chunked(*EVENTS),)),
    "HEAD": Case(get("/v1/models", b"HEAD")),
    "HEAD of what is answered here": Case(get("/health", b"HEAD")),
    "pipelined": Case(
        post(CHAT).replace(b"Connection: close\r\n", b"") * 2
        + get("/health", headers=b"")
        + post(STREAM).replace(b"Connection: close\r\n", b"")
        + get("/v1/nowhere", headers=b"")
        + post(CHAT),
        (ANSWER, ANSWER, chunked(*EVENTS), ANSWER),
    ),
    "pipelined, with errors": Case(
        post(CHAT).replace(b"Connection: close\r\n", b"") * 3 + post(STREAM),
        (said({}, 401), ANSWER, said({}, 500, LATER), ANSWER, BROKEN_OFF),
    ),
    "GigaChat closes after each answer": Case(
        post(CHAT).replace(b"Connection: close\r\n", b"") + post(CHAT),
        (Said([*said(completion(), headers=b"Connection: close\r\n").pieces], True), ANSWER),
    ),
    "100-continue": Case(post(CHAT, headers=b"Expect: 100-continue\r\n"), (ANSWER,)),
    "a body in chunks": Case(
        get("/v1/chat/completions", b"POST", b"Transfer-Encoding: chunked\r\nConnection: close\r\n")
        + b"".join(map(chunk, cut(json.dumps(CHAT).encode(), 9)))
        + b"0\r\nX-Trailer: y\r\n\r\n",
        (ANSWER,),
    ),
    "odd headers": Case(
        post(
            CHAT,
            headers=b"X-Twice: 1\r\nx-TWICE: 2\r\nX-Bytes: \xff\xd0\x9f\r\nACCEPT: */*\r\n"
            b"aCCept: text/html\r\nX-Empty:\r\nCookie: a=b\r\nCookie: c=d\r\n",
        ),
        (said(completion(), headers=b"X-Odd: \xfe\xff\r\nx-odd: 2\r\nSet-Cookie: a\r\n"),),
    ),
    "an odd head from GigaChat": Case(
        post(STREAM),
        (
            Said(
                [
                    b"HTTP/1.1 200\r\nCONTENT-type: text/event-stream\r\ntransfer-ENCODING: "
                    b"Chunked\r\nX-Bytes: \xff\r\n\r\n" + chunk(WORDS) + b"0\r\n\r\n"
                ]
            ),
        ),
    ),
    "not HTTP": Case(b"GARBAGE\r\n\r\n"),
    "a foreign host": Case(get("/health").replace(b"localhost", b"evil.example")),
    "CONNECT": Case(b"CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n"),
}
