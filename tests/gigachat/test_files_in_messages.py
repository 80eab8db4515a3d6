"""Files in a conversation: GigaChat takes one image a message, ten images and a document in all."""

import json
from typing import Any

import pytest
from tests.support.gigachat_rules import check_messages
from tests.support.samples import BINARY, GIF, PDF, PNG, WEBP, data_url, png

from gigagate.core.attachment import with_ids
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import ClientError, UnsupportedFeature
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.messages import BETWEEN_IMAGES, CAPTION, LEFT_OUT, SEE_NEXT, translate

NAMES = ToolNames.of({"tools": [{"type": "function", "function": {"name": "read"}}]})
Message = dict[str, Any]


def text(text: str) -> Message:
    return {"type": "text", "text": text}


def image(content: bytes | int = 0) -> Message:
    content = png(content) if isinstance(content, int) else content
    return {"type": "image_url", "image_url": {"url": data_url(content)}}


def document(content: bytes = PDF) -> Message:
    return {"type": "input_file", "filename": "a", "file_data": data_url(content)}


def user(*parts: Message) -> Message:
    return {"role": "user", "content": list(parts)}


def assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}


def calling(*ids: str) -> Message:
    function = {"name": "read", "arguments": "{}"}
    calls = [{"id": i, "type": "function", "function": function} for i in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def result(call: str, *parts: Message) -> Message:
    return {"role": "tool", "tool_call_id": call, "content": list(parts)}


def translated(*messages: Message, strict: bool = False) -> list[Message]:
    """Checked, and the attachments told by their number in `png`."""
    made = translate(list(messages), NAMES, Policy(strict=strict), Notes())
    check_messages(with_ids(made, {}))
    for message in made:
        if "attachments" in message:
            message["attachments"] = [_told(file) for file in message["attachments"]]
    return made


def _told(file: Any) -> int | str:
    if file.kind == "image" and hasattr(file, "content"):
        return int(file.content.removeprefix(PNG) or b"0")
    return file.kind or file.key


def said(*messages: Message, strict: bool = False) -> list[tuple[Any, ...]]:
    return [
        (m["role"][0], m["content"], *m.get("attachments", ()))
        for m in translated(*messages, strict=strict)
    ]


CASES: list[tuple[str, list[Message], list[tuple[Any, ...]]]] = [
    ("an image with its text", [user(text("a"), image(1))], [("u", "a", 1)]),
    ("text behind the image", [user(image(1), text("a"))], [("u", "a", 1)]),
    ("an image alone", [user(image(1))], [("u", CAPTION, 1)]),
    (
        "two images, each with the text before it",
        [user(text("a"), image(1), text("b"), image(2), text("c"))],
        [("u", "a", 1), ("a", BETWEEN_IMAGES), ("u", "b\nc", 2)],
    ),
    (
        "images of neighbouring messages",
        [user(image(1)), user(image(2))],
        [("u", CAPTION, 1), ("a", BETWEEN_IMAGES), ("u", CAPTION, 2)],
    ),
    ("an image joins the text before", [user(text("a")), user(image(1))], [("u", "a", 1)]),
    ("text joins the image before", [user(image(1)), user(text("a"))], [("u", "a", 1)]),
    (
        "an image and a document share a message",
        [user(text("a"), image(1), document())],
        [("u", "a", 1, "document")],
    ),
    (
        "an image behind a tool's result, as Cline sends it",
        [user(text("a")), calling("x", "y"), result("x"), result("y"), user(image(1))],
        [
            ("u", "a"),
            ("a", ""),
            ("f", '{"result":""}'),
            ("a", ""),
            ("f", '{"result":""}'),
            ("u", CAPTION, 1),
        ],
    ),
    (
        "images in the results of parallel calls",
        [
            user(text("a")),
            calling("x", "y"),
            result("x", text("t"), image(1)),
            result("y", image(2)),
        ],
        [
            ("u", "a"),
            ("a", ""),
            ("f", '{"result":"t"}'),
            ("a", ""),
            ("f", json.dumps({"result": SEE_NEXT}, separators=(",", ":"))),
            ("u", CAPTION, 1),
            ("a", BETWEEN_IMAGES),
            ("u", CAPTION, 2),
        ],
    ),
    (
        "an image in a result without its call, of a function that is known",
        [user(text("a")), {"role": "function", "name": "read", "content": [image(1)]}],
        [
            ("u", "a"),
            ("a", ""),
            ("f", json.dumps({"result": SEE_NEXT}, separators=(",", ":"))),
            ("u", CAPTION, 1),
        ],
    ),
    (
        "an image in a result without its call",
        [user(text("a")), result("gone", image(1))],
        [("u", "a\n\nResult of a function call:", 1)],
    ),
]


@pytest.mark.parametrize(
    ("messages", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_files_find_their_message(messages: list[Message], expected: list[tuple[Any, ...]]) -> None:
    assert said(*messages) == expected


def test_a_file_named_by_its_id_is_attached_as_it_is() -> None:
    part = {"type": "file", "file": {"file_id": "some-id"}}
    assert said(user(text("a"), part)) == [("u", "a", "some-id")]


def test_a_file_gigachat_does_not_take_is_refused_where_it_is_asked_about() -> None:
    with pytest.raises(UnsupportedFeature) as refused:
        translated(user(text("a")), assistant("b"), user(text("c"), document(BINARY)))
    assert refused.value.param == "messages[2].content[1]"


@pytest.mark.parametrize("content", [GIF, WEBP])
def test_a_picture_that_may_be_converted_is_attached(content: bytes) -> None:
    made = translate([user(text("c"), image(content))], NAMES, Policy(), Notes())
    (file,) = made[0]["attachments"]
    assert (file.kind, file.is_taken) == ("image", False)


@pytest.mark.parametrize(
    "history",
    [
        [user(text("a")), calling("x"), result("x", document(BINARY))],
        [user(text("a")), calling("x"), result("x"), user(document(BINARY))],
        [user(text("a"), document(BINARY)), assistant("b"), user(text("c"))],
    ],
)
def test_elsewhere_it_is_told_in_words_and_noted(history: list[Message]) -> None:
    notes = Notes()
    made = translate(history, NAMES, Policy(), notes)
    assert any("A file is left out here" in message["content"] for message in made)
    assert not any("attachments" in message for message in made)
    assert any(note.kind == "files" for note in notes)
    with pytest.raises(ClientError):
        translated(*history, strict=True)


def test_of_a_long_history_the_last_ten_images_are_kept() -> None:
    history = [m for n in range(14) for m in (user(text("a"), image(n)), assistant("b"))]
    made = translated(*history, user(text("c")))
    kept = [n for message in made for n in message.get("attachments", ())]
    assert kept == list(range(4, 14))
    assert [LEFT_OUT in m["content"] for m in made if m["role"] == "user"] == [True] * 4 + [
        False
    ] * 11


def test_of_several_documents_the_last_is_kept() -> None:
    history = [user(text("a"), document()), assistant("b"), user(text("c"), document(b"text"))]
    assert said(*history) == [
        ("u", f"a\n\n{LEFT_OUT}"),
        ("a", "b"),
        ("u", "c", "document"),
    ]


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ([image(n) for n in range(11)], "10 images"),
        ([document(), document(b"text")], "one document"),
        ([image(png(n) + b"x" * (14 * 2**20)) for n in range(6)], "80 MB"),
    ],
)
def test_too_many_at_once_are_refused(parts: list[Message], fault: str) -> None:
    with pytest.raises(UnsupportedFeature, match=fault) as refused:
        translated(user(*parts))
    assert refused.value.param == "messages[0]"


def test_in_strict_mode_nothing_is_left_out_of_the_history() -> None:
    history = [m for n in range(11) for m in (user(image(n)), assistant("b"))]
    with pytest.raises(UnsupportedFeature):
        translated(*history, user(text("c")), strict=True)


def test_a_conversation_without_files_is_as_it_was() -> None:
    (message,) = translated({"role": "user", "content": "hi"})
    assert message == {"role": "user", "content": "hi"}
