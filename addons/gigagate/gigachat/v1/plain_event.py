"""The text of an event that has nothing else to tell, as nearly all of a stream's have.

Everything that may stand in one is named here, so that what is not is read by `stream`, and judged.
"""

from typing import Literal

import msgspec


class _Delta(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    content: str
    role: Literal["assistant"] = "assistant"


class _Choice(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    delta: _Delta
    index: int = 0
    finish_reason: None = None


class _Event(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    choices: tuple[_Choice]
    created: int = 0
    model: str = ""
    object: str = ""
    usage: None = None


_decode = msgspec.json.Decoder(_Event).decode


def text_of(data: bytes) -> str:
    """Empty for any other event, and for what is none."""
    try:
        return _decode(data).choices[0].delta.content
    except (ValueError, RecursionError):
        return ""
