import pytest
from tests.support.gigachat_wire import USAGE, delta

from gigagate.gigachat.v1 import plain_event

PLAIN = [
    (delta("Привет"), "Привет"),
    (delta(' \\ "\n🙂\0'), ' \\ "\n🙂\0'),
    (delta("a", role="assistant"), "a"),
    (b'{"choices":[{"delta":{"content":"a"}}]}', "a"),
    (b'{"choices":[{"delta":{"content":"a"},"finish_reason":null}],"usage":null}', "a"),
    (b'{"choices":[{"delta":{"content":"a","content":"b"}}]}', "b"),
]
OTHERS = [
    delta(""),
    delta("a", role="function_in_progress"),
    delta("a", reasoning_content="b"),
    delta("a", function_call={"name": "f"}),
    delta("a", finish="stop"),
    delta("a", usage=USAGE),
    b'{"choices":[{"delta":{"content":"a"},"message":{}}]}',
    b'{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}',
    b'{"choices":[{"delta":{"content":"a"}}],"error":{}}',
    b'{"choices":[{"delta":{"content":7}}]}',
    b'{"choices":[{"delta":{"content":"\\ud83d"}}]}',
    b'{"choices":[{"delta":{"content":"a"}}],"model":"\xff"}',
    b'{"choices":[{"delta":{"content":"a"}}],"created":1e999}',
    b'{"choices":[{"delta":{"content":"a"}}]} {}',
    b'{"choices":[]}',
    b'{"choices":' + b"[" * 100_000,
    b"[DONE]",
    b"",
]


@pytest.mark.parametrize(("event", "text"), PLAIN)
def test_the_text_of_a_plain_event_is_read(event: bytes, text: str) -> None:
    assert plain_event.text_of(event.removeprefix(b"data: ")) == text


@pytest.mark.parametrize("event", OTHERS, ids=range(len(OTHERS)))
def test_an_event_with_more_or_less_is_left_to_be_read_and_judged(event: bytes) -> None:
    assert plain_event.text_of(event.removeprefix(b"data: ")) == ""
