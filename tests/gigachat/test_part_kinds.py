"""A history nobody can change does not end a conversation, whatever parts stand in it."""

from typing import Any

import pytest
from tests.support.gigachat_rules import check_messages
from tests.support.samples import GIF, PNG, WEBP, data_url

from gigagate.core.attachment import with_ids
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import ClientError
from gigagate.gigachat.content import TEXT_PARTS
from gigagate.gigachat.file_parts import FILE_PARTS
from gigagate.gigachat.part_kinds import PART_KINDS
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.messages import translate

NAMES = ToolNames.of({"tools": [{"type": "function", "function": {"name": "read"}}]})
Part = Any

A_PICTURE = "(A picture is left out here.)"
A_DOCUMENT = "(A document is left out here.)"
LEFT_OUT = "left out here"
PARTS: list[tuple[Part, str]] = [
    ({"type": "think", "think": "secret"}, ""),
    ({"type": "thinking", "thinking": "secret", "signature": "x"}, ""),
    ({"type": "thinking", "thinking": [{"type": "text", "text": "secret"}]}, ""),
    ({"type": "redacted_thinking", "data": "secret"}, ""),
    ({"type": "reasoning", "text": "secret"}, ""),
    ({"type": "reasoning_text", "text": "secret"}, ""),
    ({"type": "summary_text", "text": "secret"}, ""),
    (
        {"type": "tool_use", "id": "t", "name": "read", "input": {"path": "a"}},
        '(Called read with {"path":"a"}.)',
    ),
    ({"type": "tool_use", "id": "t", "name": "read"}, "(Called read.)"),
    ({"type": "tool_use"}, ""),
    ({"type": "tool-call", "toolName": "read", "args": {}}, "(Called read with {}.)"),
    ({"type": "tool_result", "tool_use_id": "t", "content": "said"}, "(Result:)\nsaid"),
    (
        {"type": "tool_result", "content": [{"type": "text", "text": "a"}, {"type": "x"}, "b"]},
        "(Result:)\na\nb",
    ),
    ({"type": "tool-result", "toolName": "read", "output": {"a": 1}}, '(Result of read:)\n{"a":1}'),
    ({"type": "tool_result", "is_error": True}, ""),
    (
        {"type": "image", "source": {"type": "base64", "data": "secret"}},
        A_PICTURE,
    ),
    ({"type": "image", "data": "secret", "mimeType": "image/png"}, A_PICTURE),
    ({"type": "audio", "data": "secret"}, f"(A recording is {LEFT_OUT}.)"),
    ({"type": "video", "data": "secret"}, f"(A recording is {LEFT_OUT}.)"),
    ({"type": "video_url", "video_url": {"url": "secret"}}, f"(A recording is {LEFT_OUT}.)"),
    ({"type": "resource", "resource": {"uri": "file:///a", "text": "t"}}, "(file:///a)\nt"),
    ({"type": "resource", "resource": {"text": "t"}}, "t"),
    (
        {"type": "resource", "resource": {"uri": "file:///a", "blob": "secret"}},
        f"(The resource file:///a is {LEFT_OUT}.)",
    ),
    ({"type": "resource", "resource": 5}, f"(A resource is {LEFT_OUT}.)"),
    ({"type": "resource_link", "uri": "file:///a"}, f"(The resource file:///a is {LEFT_OUT}.)"),
    ({"type": "document", "source": {"type": "text", "data": "t"}}, "t"),
    (
        {"type": "document", "source": {"type": "base64", "data": "secret"}},
        A_DOCUMENT,
    ),
    ({"type": "hologram", "text": "seen"}, "seen"),
    ({"type": "hologram", "data": "secret"}, f"(A part of the kind hologram is {LEFT_OUT}.)"),
    ({"type": ["text"]}, ""),
    ({"text": "said"}, "said"),
    ({"type": "text"}, ""),
    ({"type": "text", "text": 5}, ""),
    ("said", "said"),
    (5, ""),
    (None, ""),
    ([], ""),
]
"""A part -> the words that stand for it in a history."""


def in_a_history(role: str, *parts: Part) -> list[dict[str, Any]]:
    message = {"role": role, "content": list(parts)}
    call = {"id": "t", "type": "function", "function": {"name": "read", "arguments": "{}"}}
    before = [{"role": "assistant", "content": "", "tool_calls": [call]}] if role == "tool" else []
    if role == "tool":
        message["tool_call_id"] = "t"
    end = [{"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    return [{"role": "user", "content": "a"}, *before, message, *end]


def said_in(chat: list[dict[str, Any]], notes: Notes | None = None) -> str:
    made = translate(chat, NAMES, Policy(), Notes() if notes is None else notes)
    check_messages(with_ids(made, {}))
    return "\n".join(message["content"] for message in made)


@pytest.mark.parametrize(("part", "words"), PARTS, ids=repr)
@pytest.mark.parametrize("role", ["user", "assistant", "system", "tool"])
def test_in_a_history_it_is_told_in_words_or_left_out(role: str, part: Part, words: str) -> None:
    notes = Notes()
    said = said_in(in_a_history(role, {"type": "text", "text": "before"}, part), notes)
    if role == "tool":
        said = said.replace('\\"', '"').replace("\\n", "\n")
    assert f"before\n{words}" in said if words else "before" in said
    assert "secret" not in said
    told = " ".join(note.text for note in notes)
    assert "parts left out" in told or part == "said"
    assert "secret" not in told


@pytest.mark.parametrize(("part", "words"), PARTS, ids=repr)
def test_strict_refuses_it_there_too(part: Part, words: str) -> None:
    with pytest.raises(ClientError) as refused:
        translate(in_a_history("assistant", part), NAMES, Policy(strict=True), Notes())
    assert (refused.value.param or "").startswith("messages[1].content[0]")


@pytest.mark.parametrize(("part", "words"), PARTS, ids=repr)
def test_in_what_is_asked_now_it_is_refused(part: Part, words: str) -> None:
    with pytest.raises(ClientError) as refused:
        translate([{"role": "user", "content": [part]}], NAMES, Policy(), Notes())
    assert (refused.value.param or "").startswith("messages[0].content[0]")


def test_every_kind_is_tried() -> None:
    tried = {
        part["type"]
        for part, _ in PARTS
        if isinstance(part, dict) and "type" in part and isinstance(part["type"], str)
    }
    assert tried >= PART_KINDS.keys()
    assert not PART_KINDS.keys() & (TEXT_PARTS.keys() | FILE_PARTS.keys())


FILES: list[Part] = [
    {"type": "image_url", "image_url": {"url": data_url(PNG)}},
    {"type": "image_url", "image_url": {"url": data_url(GIF)}},
    {"type": "image_url", "image_url": {"url": data_url(WEBP)}},
    {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}},
    {"type": "image_url", "image_url": {"url": "ftp://x.example/a.png"}},
    {"type": "image_url"},
    {"type": "input_image", "image_url": data_url(PNG)},
    {"type": "input_audio", "input_audio": {"data": "!", "format": "wav"}},
    {"type": "file", "file": {"file_data": "!"}},
    {"type": "file"},
    {"type": "input_file", "file_id": ""},
]


@pytest.mark.parametrize("part", FILES, ids=lambda part: repr(part)[:60])
@pytest.mark.parametrize("role", ["user", "assistant", "system", "tool"])
def test_no_file_of_a_history_ends_the_conversation(role: str, part: Part) -> None:
    said = said_in(in_a_history(role, {"type": "text", "text": "before"}, part))
    if role in ("assistant", "system"):
        assert "A file is left out here" in said
        with pytest.raises(ClientError):
            translate(in_a_history(role, part), NAMES, Policy(strict=True), Notes())


def test_many_kinds_make_few_notes() -> None:
    notes = Notes()
    said_in(in_a_history("assistant", *[{"type": f"kind {i}"} for i in range(100)]), notes)
    told = [note.text for note in notes if note.text.startswith("parts left out")]
    assert len(told) == 9
    assert "parts left out, others: 92" in told
