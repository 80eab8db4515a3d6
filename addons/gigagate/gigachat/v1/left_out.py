"""Pictures that could not be made into what GigaChat takes: the model is told of them in words.

Only where a person has asked nothing else is the request refused: any answer would be made up.
"""

from typing import Any

from gigagate.core.attachment import FileIds, LeftOut
from gigagate.core.notes import Notes
from gigagate.errors import UnsupportedFeature
from gigagate.gigachat.v1.messages import BETWEEN_IMAGES, CAPTION


def told(
    messages: list[dict[str, Any]], ids: FileIds, notes: Notes, *, strict: bool
) -> list[dict[str, Any]]:
    """New messages without them.  Raises UnsupportedFeature."""
    left_out = {key: one.why for key, one in ids.items() if isinstance(one, LeftOut)}
    if not left_out:
        return messages
    reasons = [left_out[f.key] for m in messages for f in _files(m) if f.key in left_out]
    if reasons and (strict or _nothing_else(messages, left_out)):
        raise UnsupportedFeature(f"The message has {reasons[0]}.", param="messages")
    noted = {note.text for note in notes}  # it may be asked for anew
    for text in dict.fromkeys(f"left out: {reason}" for reason in reasons):
        if text not in noted:
            notes.add("files", text)
    return [_without(message, left_out) for message in messages]


def _files(message: dict[str, Any]) -> Any:
    return message.get("attachments", ())


def _without(message: dict[str, Any], left_out: dict[str, str]) -> dict[str, Any]:
    kept = [file for file in _files(message) if file.key not in left_out]
    words = [
        f"(A file is left out here: {left_out[file.key]}.)"
        for file in _files(message)
        if file.key in left_out
    ]
    if not words:
        return message
    said = [message["content"]] if message["content"] != CAPTION or kept else []
    changed = message | {"content": "\n\n".join(said + words), "attachments": kept}
    if not kept:
        del changed["attachments"]
    return changed


def _nothing_else(messages: list[dict[str, Any]], left_out: dict[str, str]) -> bool:
    """Whether what is asked now is nothing but these pictures.

    Not so behind a function's result: agents show the pictures of their tools in the next message.
    """
    for message in reversed(messages):
        if message["role"] == "user":
            if message["content"] != CAPTION:
                return False
            if any(file.key not in left_out for file in _files(message)):
                return False
        elif message["role"] == "function":
            return False
        elif message["content"] != BETWEEN_IMAGES:
            return True
    return True
