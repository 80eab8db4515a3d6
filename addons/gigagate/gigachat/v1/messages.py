"""OpenAI's messages -> GigaChat's.

GigaChat v1 has the roles system, user, assistant and function, string contents, at most one
system message, which is the first, one function call a message with its result right behind, and
one image a message.  OpenAI allows far more, and real agents use it: see the notes this leaves.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import array_at, object_at
from gigagate.errors import InvalidRequest
from gigagate.gigachat import call_id, file_limits, picture_tags
from gigagate.gigachat.content import ContentReader, Segment, has_image
from gigagate.gigachat.file_limits import Placed
from gigagate.gigachat.file_parts import FileReader
from gigagate.gigachat.tool_history import (
    NO_RESULT,
    PastCall,
    Results,
    calls,
    result_content,
    result_key,
)
from gigagate.gigachat.tools import ToolNames
from gigagate.plural import counted

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_RESULT_ROLES = ("tool", "function")

GO_ON = "Continue."

_READ = frozenset(
    {
        "role",
        "content",
        "tool_calls",
        "tool_call_id",
        "function_call",
        "functions_state_id",
        "refusal",
    }
)
_READ_OF_RESULTS = _READ | {"name"}
"""The message fields that are translated; the others are dropped."""

CAPTION = "(a file)"
"""The text of a message that is nothing but a file: GigaChat may not take an empty one."""
BETWEEN_IMAGES = "OK"
"""What the assistant says between two messages that were one: GigaChat's users do not speak twice
in a row."""
LEFT_OUT = "(An earlier file is left out here.)"
SEE_NEXT = "(see the following user message)"
"""The result of a function that is nothing but a file."""


def translate(
    messages: object, names: ToolNames, policy: Policy, notes: Notes, *, together: bool = False
) -> list[dict[str, Any]]:
    """GigaChat's `messages`: new objects, which share their strings with the given ones.

    `attachments` are the files themselves: see core.attachment.
    together: for v2, which takes several calls in one message: `calls`, and behind it `results`.
    Raises InvalidRequest or UnsupportedFeature, with the path of the field as `param`.
    """
    messages = array_at("messages", messages)
    if not messages:
        raise InvalidRequest("messages must not be empty.", param="messages")
    conversation = _Conversation(messages, names, policy, notes, together)
    for index, message in enumerate(messages):
        if not conversation.says_plainly(message):
            conversation.add(index, object_at(f"messages[{index}]", message))
    return conversation.finished()


_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class _Turn:
    role: str
    texts: list[str]
    fields: Mapping[str, Any] = _NONE
    files: list[Placed] = field(default_factory=list)
    has_image: bool = False
    """Kept, not looked for: a turn can be of thousands of messages, and each asks for it."""

    def message(self) -> dict[str, Any]:
        content = "\n\n".join(self.texts)
        if not self.files:
            message = {"role": self.role, "content": content}
            return {**message, **self.fields} if self.fields else message
        files = [placed.file for placed in self.files]
        return {"role": self.role, "content": content or CAPTION, "attachments": files}


class _Conversation:
    """GigaChat's conversation as it grows, one message of the client's at a time.

    What happens often in a healthy conversation is counted, and told in one note at the end;
    what was repaired is told at once, with its place.
    """

    def __init__(
        self,
        messages: list[Any],
        names: ToolNames,
        policy: Policy,
        notes: Notes,
        together: bool = False,
    ) -> None:
        self._messages = messages
        self._together = together
        self._names = names
        self._notes = notes
        self._content = ContentReader(FileReader(policy.files))
        self._asked_from = 0 if policy.strict else _asked_from(messages)
        self._results = Results(messages)
        self._called: set[str] = set()
        self._system: list[str] = []
        self._turns: list[_Turn] = []
        self._counts = defaultdict[str, int](int)
        self._dropped: set[str] = set()

    def add(self, index: int, message: dict[str, Any]) -> None:
        role = message.get("role")
        match role:
            case "system" | "developer":
                self._add_system(index, role)
            case "user":
                self._say_segments(index, self._segments(index))
            case "assistant":
                self._add_assistant(index, message)
            case "tool" | "function":
                if not self._results.is_taken(index):
                    self._add_orphan(index, message)
            case _:
                path = f"messages[{index}].role"
                raise InvalidRequest(f"{path} must be one of {', '.join(_ROLES)}.", param=path)
        self._dropped |= message.keys() - (_READ_OF_RESULTS if role in _RESULT_ROLES else _READ)

    def says_plainly(self, message: object) -> bool:
        """Says what is text and no more, as most of a long history is; False: it is more."""
        if type(message) is not dict or len(message) != 2:
            return False
        role, content = message.get("role"), message.get("content")
        if role != "user" and role != "assistant":
            return False
        if type(content) is str:
            text = content
        elif (texts := self._content.plain_texts(content)) is not None:
            text = "\n".join(texts)
        else:
            return False
        if role == "assistant":
            text = picture_tags.restored(text)
        if text and not (self._turns and self._turns[-1].role == role):
            self._turns.append(_Turn(role, [text]))
        else:
            self._say(role, text)
        return True

    def finished(self) -> list[dict[str, Any]]:
        self._leave_out_excess()
        self._tell_counts()
        turns = self._turns
        if any(turn.role == "user" for turn in turns):
            first = [_Turn("system", self._system)] if self._system else []
        else:
            first = [self._first_of_user()]
        return [turn.message() for turn in (*first, *turns)]

    def _first_of_user(self) -> _Turn:
        """GigaChat v1 wants a user's message, which a history cut short may have lost."""
        if self._system:
            self._notes.add("messages", "no user message: the system message became one")
            return _Turn("user", self._system)
        if self._turns:
            self._notes.add("messages", "no user message: one was put first")
            return _Turn("user", [GO_ON])
        return _Turn("user", [])

    def _add_system(self, index: int, role: str) -> None:
        text = self._text(index)
        if role == "developer":
            self._counts["developer -> system"] += 1
        if self._turns:
            self._counts["system messages moved to the front"] += 1
        if text:
            self._system.append(text)

    def _add_assistant(self, index: int, message: dict[str, Any]) -> None:
        text = self._text(index)
        refusal = message.get("refusal")
        if not text and isinstance(refusal, str):
            text = refusal
        text = picture_tags.restored(text)
        made = list(calls(message, f"messages[{index}]"))
        if not made:
            self._say("assistant", text)
        if len(made) > 1 and not self._together:
            self._counts["parallel calls put one after another"] += len(made)
        shown = []
        begin = len(self._turns)
        for call in made:
            shown.append(self._add_call(index, call, text))
            text = ""
        if self._together and made:
            self._put_together(begin, made)
        for place, files in shown:
            self._say_segments(place, files)

    def _add_call(self, index: int, call: PastCall, text: str) -> tuple[int, list[Segment]]:
        """Where its result stands, and the files of that: only a user's message can have them."""
        self._called.add(call.name)
        if call.broken:
            self._repaired(index, "broken arguments of a call, kept as text")
        result = self._results.take(call, index)
        if result is None:
            self._repaired(index, "a call without a result, given an empty one")
            self._pair(text, call, NO_RESULT)
            return index, []
        segments = self._segments(result)
        self._pair(text, call, self._result(segments))
        return result, _files_alone(segments)

    def _add_orphan(self, index: int, message: dict[str, Any]) -> None:
        """A result whose call is not there, as when a client cut its history short."""
        kind, value = result_key(message, f"messages[{index}]")
        name = (kind == "id" and call_id.name_in(value)) or message.get("name")
        if isinstance(name, str) and (name in self._names or name in self._called):
            self._repaired(index, "a result without its call, given one without arguments")
            call = PastCall("", name, {})
            segments = self._segments(index)
            self._pair("", call, self._result(segments))
            self._say_segments(index, _files_alone(segments))
        else:
            self._repaired(index, "a result without its call, made a user message")
            segments = self._segments(index)
            segments[0].texts.insert(0, "Result of a function call:")
            self._say_segments(index, segments)

    def _pair(self, text: str, call: PastCall, result: str) -> None:
        fields = call.upstream(self._names)
        last = self._turns[-1] if self._turns else None
        if last and last.role == "assistant":
            self._counts["messages joined to the one before, of the same role"] += 1
            last.texts += filter(None, [text])
            last.fields = fields
        else:
            self._turns.append(_Turn("assistant", [text], fields))
        name = self._names.to_upstream(call.name)
        self._turns.append(_Turn("function", [result], {"name": name}))

    def _put_together(self, begin: int, made: list[PastCall]) -> None:
        """The pairs of one message become one pair of `calls` and `results`, in their order."""
        begin -= self._turns[begin].role == "function"  # its call was joined to the turn before
        pairs, ids = self._turns[begin:], [{"id": call_id.theirs(call.call_id)} for call in made]
        calls = [
            {**one, **turn.fields["function_call"]}
            for one, turn in zip(ids, pairs[::2], strict=True)
        ]
        results = [
            {**one, **turn.fields, "result": turn.texts[0]}
            for one, turn in zip(ids, pairs[1::2], strict=True)
        ]
        first = pairs[0]
        self._turns[begin:] = [
            _Turn("assistant", first.texts, {"calls": calls}, first.files, first.has_image),
            _Turn("function", [], {"results": results}),
        ]

    def _say_segments(self, index: int, segments: list[Segment]) -> None:
        for segment in segments:
            self._say("user", "\n".join(segment.texts), index, segment)

    def _say(self, role: str, text: str, index: int = 0, segment: Segment | None = None) -> None:
        if segment is None or not segment.files:
            if text:
                self._turn_of(role).texts.append(text)
            else:
                self._counts["empty messages left out"] += 1
            return
        last = self._turns[-1] if self._turns else None
        if last and last.role == role and last.has_image and has_image(segment.files):
            self._counts["messages made of one, an image each"] += 1
            last = _Turn(role, [])
            self._turns += [_Turn("assistant", [BETWEEN_IMAGES]), last]
        else:
            last = self._turn_of(role)
        path, asked = f"messages[{index}]", index >= self._asked_from
        last.texts += filter(None, [text])
        last.files += [Placed(file, path, asked) for file in segment.files]
        last.has_image |= has_image(segment.files)

    def _turn_of(self, role: str) -> _Turn:
        """The last turn where it is the same speaker's, else a new one."""
        if self._turns and self._turns[-1].role == role:
            self._counts["messages joined to the one before, of the same role"] += 1
            return self._turns[-1]
        turn = _Turn(role, [])
        self._turns.append(turn)
        return turn

    def _leave_out_excess(self) -> None:
        placed = [one for turn in self._turns for one in turn.files]
        if not placed:
            return
        left_out = set(file_limits.excess(placed))
        self._counts["files attached"] = len(placed) - len(left_out)
        for turn in self._turns:
            kept = [one for one in turn.files if one not in left_out]
            turn.texts += [LEFT_OUT] * (len(turn.files) - len(kept))
            turn.files = kept
        if left_out:
            self._counts["earlier files left out, GigaChat takes no more"] = len(left_out)

    def _segments(self, index: int) -> list[Segment]:
        path, content = f"messages[{index}].content", self._messages[index].get("content")
        return self._content.segments(content, path, lenient=index < self._asked_from)

    def _text(self, index: int) -> str:
        path, content = f"messages[{index}].content", self._messages[index].get("content")
        return self._content.text(content, path, lenient=index < self._asked_from)

    def _result(self, segments: list[Segment]) -> str:
        text = "\n".join(text for segment in segments for text in segment.texts)
        if not text and any(segment.files for segment in segments):
            text = SEE_NEXT
        content = result_content(text)
        if content is not text:
            self._counts["function results wrapped as a JSON object"] += 1
        return content

    def _repaired(self, index: int, what: str) -> None:
        self._notes.add("repair", f"messages[{index}]: {what}")

    def _tell_counts(self) -> None:
        content = self._content
        if content.joined_messages:
            self._notes.add(
                "content",
                f"content parts joined: {content.joined_parts} in "
                + counted(content.joined_messages, "message"),
            )
        if len(self._system) > 1:
            self._counts["system messages joined"] = len(self._system)
        if self._results.without_id:
            self._counts["function results without an id, found by place"] = (
                self._results.without_id
            )
        for kind, count in content.passed_over.items():
            self._notes.add("content", f"parts left out, {kind}: {count}")
        for what in content.left_out:
            self._notes.add("files", f"left out: {what}")
        for what, count in self._counts.items():
            self._notes.add("messages", f"{what}: {count}")
        if self._dropped:
            names = ", ".join(sorted(name[:40] for name in self._dropped))
            self._notes.add("messages", f"message fields dropped: {names}")


def _files_alone(segments: list[Segment]) -> list[Segment]:
    return [Segment(files=segment.files) for segment in segments if segment.files]


def _asked_from(messages: list[Any]) -> int:
    """The index from which on messages are what the user asks now.

    Not so a user's message behind the result of a tool: agents show the tool's pictures in it.
    """
    start = len(messages)
    while (
        start
        and isinstance(messages[start - 1], dict)
        and messages[start - 1].get("role") == "user"
    ):
        start -= 1
    before = messages[start - 1] if start else None
    shows_result = isinstance(before, dict) and before.get("role") in _RESULT_ROLES
    return len(messages) if shows_result else start
