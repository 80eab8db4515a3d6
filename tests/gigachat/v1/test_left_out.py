"""Pictures that could not be converted: told in words, refused only where nothing else was said."""

from typing import Any

import pytest
from tests.support.gigachat_rules import check_messages
from tests.support.samples import GIF, PNG, WEBP, data_url

from gigagate.core.attachment import LeftOut, wanted, with_ids
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import UnsupportedFeature
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1 import left_out
from gigagate.gigachat.v1.messages import translate

Message = dict[str, Any]
NAMES = ToolNames.of({"tools": [{"type": "function", "function": {"name": "read"}}]})
TEXT = {"type": "text", "text": "What is it?"}


def image(content: bytes) -> Message:
    return {"type": "image_url", "image_url": {"url": data_url(content)}}


def user(*parts: Message) -> Message:
    return {"role": "user", "content": list(parts)}


ANSWER: Message = {"role": "assistant", "content": "A cat."}
CALL: Message = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {"id": "1", "type": "function", "function": {"name": "read", "arguments": "{}"}}
    ],
}


def sent(*messages: Message, strict: bool = False) -> tuple[list[Message], Notes]:
    """As it goes out when nothing can be converted."""
    notes = Notes()
    made = translate(list(messages), NAMES, Policy(strict=strict), Notes())
    ids = {
        file.key: "an-id" if getattr(file, "is_taken", True) else LeftOut("a picture of no use")
        for file in wanted(made)
    }
    told = with_ids(left_out.told(made, ids, notes, strict=strict), ids)
    check_messages(told)
    return told, notes


WORDS = "(A file is left out here: a picture of no use.)"


@pytest.mark.parametrize(
    ("messages", "at", "content", "attachments"),
    [
        ([user(TEXT, image(WEBP))], -1, f"What is it?\n\n{WORDS}", None),
        ([user(TEXT, image(WEBP), image(GIF))], 0, f"What is it?\n\n{WORDS}", None),
        ([user(TEXT, image(WEBP), image(GIF))], -1, WORDS, None),
        ([user(image(PNG), image(WEBP))], 0, "(a file)", ["an-id"]),
        ([user(image(PNG), image(WEBP))], -1, WORDS, None),
        ([user(image(WEBP)), ANSWER, user(TEXT)], 0, WORDS, None),
        ([user(TEXT), CALL, {"role": "tool", "tool_call_id": "1", "content": [image(GIF)]}],
         -1, WORDS, None),
    ],
)  # fmt: skip
def test_the_model_is_told_in_words(
    messages: list[Message], at: int, content: str, attachments: list[str] | None
) -> None:
    made, notes = sent(*messages)
    assert made[at]["content"] == content
    assert made[at].get("attachments") == attachments
    assert [note.text for note in notes] == ["left out: a picture of no use"]
    with pytest.raises(UnsupportedFeature):
        sent(*messages, strict=True)


@pytest.mark.parametrize(
    "messages",
    [
        [user(image(WEBP))],
        [user(image(WEBP), image(GIF))],
        [user(TEXT), ANSWER, user(image(WEBP))],
        [{"role": "system", "content": "Be brief."}, user(image(GIF))],
    ],
)
def test_where_nothing_else_is_asked_it_is_refused(messages: list[Message]) -> None:
    with pytest.raises(UnsupportedFeature, match="a picture of no use"):
        sent(*messages)


def test_pictures_that_are_taken_change_nothing() -> None:
    made, notes = sent(user(TEXT, image(PNG)), strict=True)
    assert made == [{"role": "user", "content": "What is it?", "attachments": ["an-id"]}]
    assert not len(notes)
