"""A request taken apart: its conversation, message by message, and what stands beside that.

What an earlier request of the conversation had too is not hashed once more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gigagate.core.any_json import list_of, object_of, text_of
from gigagate.sessions import calls, marks
from gigagate.sessions.marks import Mark
from gigagate.sessions.seen import Seen
from gigagate.views.equal import equal_at_start

_INSTRUCTIONS = ("system", "developer")


@dataclass(slots=True)
class Prompt:
    messages: list[Mapping[str, Any]]
    """Without the instructions."""
    marks: list[Mark]
    chain: list[bytes]
    """The hash of the client, then of each longer part of the history."""
    instructions: str
    instructions_mark: bytes
    tools: list[Any]
    tools_mark: Mark

    @property
    def names_of_tools(self) -> list[str]:
        return list(_names(self.tools))

    @property
    def size(self) -> int:
        """Characters."""
        spoken = sum(mark.size for mark in self.marks)
        return len(self.instructions) + self.tools_mark.size + spoken


def taken_apart(seen: Seen, before: Sequence[Prompt]) -> Prompt:
    """before: the last requests of its client's conversations."""
    given = [object_of(message) for message in list_of(seen.chat.get("messages"))]
    spoken = [message for message in given if message.get("role") not in _INSTRUCTIONS]
    told = [message for message in given if message.get("role") in _INSTRUCTIONS]
    instructions = "\n\n".join(calls.content_of(message) for message in told)
    made, chain = _marked(seen.client, spoken, before)
    tools = list_of(seen.chat.get("tools")) + list_of(seen.chat.get("functions"))
    return Prompt(
        spoken,
        made,
        chain,
        instructions,
        marks.digest(instructions),
        tools,
        _mark_of(tools, before),
    )


def _mark_of(tools: list[Any], before: Sequence[Prompt]) -> Mark:
    known = (one.tools_mark for one in before if one.tools == tools)
    return next(known, None) or marks.of_value(tools)


def _marked(
    client: str, messages: Sequence[Mapping[str, Any]], before: Sequence[Prompt]
) -> tuple[list[Mark], list[bytes]]:
    lengths = [equal_at_start(one.messages, messages) for one in before]
    length = max(lengths, default=0)
    most = before[lengths.index(length)] if lengths else None
    made = most.marks[:length] if most else []
    chain = most.chain[: length + 1] if most else [marks.digest(client)]
    for message in messages[length:]:
        made.append(marks.of_message(message))
        chain.append(marks.after(chain[-1], made[-1]))
    return made, chain


def _names(tools: Sequence[object]) -> Iterator[str]:
    for tool in map(object_of, tools):
        yield text_of((object_of(tool.get("function")) or tool).get("name") or tool.get("type"))
