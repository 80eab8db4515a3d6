"""GigaChat's side of the wire as bytes, in the form its recordings have, and OpenAI's read back."""

import json
from typing import Any

CREATED = 1768996176
MODEL = "GigaChat-2-Max:2.0.30.01"
USAGE = {
    "prompt_tokens": 17,
    "completion_tokens": 42,
    "total_tokens": 59,
    "precached_prompt_tokens": 2,
}
DONE = b"data: [DONE]\n\n"


def data(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"data: {text}\n\n".encode()


def delta(
    content: str | None = None, *, finish: str | None = None, usage: object = None, **fields: Any
) -> bytes:
    """One event; `fields` are the delta's."""
    said = fields if content is None else {"content": content, **fields}
    choice: dict[str, Any] = {"delta": said, "index": 0}
    if finish is not None:
        choice["finish_reason"] = finish
    event = {"choices": [choice], "created": CREATED, "model": MODEL, "object": "chat.completion"}
    return data(event if usage is None else event | {"usage": usage})


def text_stream(*texts: str, finish: str = "stop") -> bytes:
    first, *others = texts
    return b"".join(
        (
            delta(first, role="assistant"),
            *(delta(text) for text in others),
            delta("", finish=finish, usage=USAGE),
            DONE,
        )
    )


def completion(
    content: str | None = "Hello.",
    *,
    finish: str | None = "stop",
    usage: object = USAGE,
    **fields: Any,
) -> dict[str, Any]:
    """A whole answer; `fields` are the message's."""
    return {
        "choices": [
            {
                "message": {"content": content, "role": "assistant", **fields},
                "index": 0,
                "finish_reason": finish,
            }
        ],
        "created": CREATED,
        "model": MODEL,
        "object": "chat.completion",
        "usage": usage,
    }


def events(stream: bytes) -> list[Any]:
    """What a client reads: the parsed events, "[DONE]" as itself, comments left out."""
    assert stream.endswith(b"\n\n")
    found = []
    for event in stream.decode().removesuffix("\n\n").split("\n\n"):
        assert "\n" not in event
        if not event.startswith(":"):
            assert event.startswith("data: ")
            text = event.removeprefix("data: ")
            found.append(text if text == "[DONE]" else json.loads(text))
    return found


def deltas(stream: bytes) -> list[dict[str, Any]]:
    return [e["choices"][0]["delta"] for e in events(stream) if e != "[DONE]" and e.get("choices")]


def text_of(stream: bytes) -> str:
    return "".join(said.get("content") or "" for said in deltas(stream))


def finish_reasons(stream: bytes) -> list[str]:
    return [
        reason
        for event in events(stream)
        if event != "[DONE]"
        for choice in event.get("choices", ())
        if (reason := choice["finish_reason"]) is not None
    ]
