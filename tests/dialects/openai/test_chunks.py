import pytest
from tests.support.gigachat_wire import events

from gigagate.core.pivot import ToolCall, Usage
from gigagate.dialects.chat import in_pieces
from gigagate.dialects.openai.chunks import ChunkWriter

HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 7, "model": "M"}
USAGE = {
    "prompt_tokens": 3,
    "completion_tokens": 2,
    "total_tokens": 5,
    "prompt_tokens_details": {"cached_tokens": 1},
}


def chunk(delta: object, finish_reason: str | None = None, **more: object) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {**HEAD, "choices": [choice], **more}


def writer(*, include_usage: bool = False, legacy: bool = False) -> ChunkWriter:
    return ChunkWriter(
        "chatcmpl-1", model="M", created=7, include_usage=include_usage, legacy_functions=legacy
    )


def test_every_chunk_has_openais_form() -> None:
    w = writer()
    call = ToolCall("call_1", "f", '{"a":1}')
    written = b"".join(
        (w.start("M", 7), w.text('"ы"\n'), w.reasoning("hm"), w.tool_call(call, 0))
    ) + w.finish("stop", Usage(3, 2, 1))
    function = {"name": "f", "arguments": '{"a":1}'}
    assert events(written) == [
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": '"ы"\n'}),
        chunk({"reasoning_content": "hm"}),
        chunk({
            "tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]
        }),
        chunk({}, "stop"),
        "[DONE]",
    ]  # fmt: skip


def test_usage_stands_in_a_chunk_of_its_own_if_asked_for() -> None:
    w = writer(include_usage=True)
    assert events(w.start("M", 7) + w.text("a") + w.finish("stop", Usage(3, 2, 1))) == [
        chunk({"role": "assistant", "content": ""}, usage=None),
        chunk({"content": "a"}, usage=None),
        chunk({}, "stop", usage=None),
        {**HEAD, "choices": [], "usage": USAGE},
        "[DONE]",
    ]


def test_usage_that_is_not_known_is_not_made_up() -> None:
    w = writer(include_usage=True)
    w.start("M", 7)
    assert events(w.finish("stop", None)) == [chunk({}, "stop", usage=None), "[DONE]"]


def test_a_strange_model_name_does_not_spoil_text_chunks() -> None:
    w = writer()
    w.start('content":""', 7)
    (written,) = events(w.text("a"))
    assert written["model"] == 'content":""'
    assert written["choices"][0]["delta"] == {"content": "a"}


@pytest.mark.parametrize("legacy", [False, True])
def test_a_whole_completion_becomes_a_stream(legacy: bool) -> None:
    function = {"name": "f", "arguments": "{}"}
    call = {"tool_calls": [{"id": "call_1", "type": "function", "function": function}]}
    message = {"role": "assistant", "content": "a", "refusal": None, **call}
    completion = {
        "created": 7,
        "model": "M",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
    }
    start, said, called, finish, done = events(in_pieces(writer(legacy=legacy), completion, None))
    assert start == chunk({"role": "assistant", "content": ""})
    assert said["choices"][0]["delta"]["content"] == "a"
    if legacy:
        assert called["choices"][0]["delta"]["function_call"] == function
    else:
        assert called["choices"][0]["delta"]["tool_calls"][0]["index"] == 0
    assert finish == chunk({}, "function_call" if legacy else "tool_calls")
    assert done == "[DONE]"


def test_a_sign_of_life_is_a_chunk_that_says_nothing_before_the_answer_and_in_it() -> None:
    w = writer()
    assert events(w.working()) == [chunk({})]
    w.start("M", 7)
    assert events(w.working()) == [chunk({})]


def test_an_empty_completion_becomes_a_stream_that_ends_properly() -> None:
    message = {"role": "assistant", "content": "", "refusal": None}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    completion = {"created": 7, "model": "M", "choices": choices}
    assert events(in_pieces(writer(), completion, None)) == [
        chunk({"role": "assistant", "content": ""}),
        chunk({}, "stop"),
        "[DONE]",
    ]
