"""OpenAI's messages -> GigaChat's.

GigaChat v1 has the roles system, user, assistant and function, string contents, at most one
system message, which is the first, and one function call a message with its result right behind.
OpenAI allows far more, and real agents use it: see the notes this leaves.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from gigagate.core.notes import Notes
from gigagate.errors import InvalidRequest
from gigagate.gigachat import call_id
from gigagate.gigachat.content import ContentReader
from gigagate.gigachat.tool_history import (
    NO_KEY,
    NO_RESULT,
    Call,
    Results,
    calls,
    result_content,
    result_key,
)
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.validation import array_at, object_at

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_RESULT_ROLES = ("tool", "function")

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


def translate(messages: object, names: ToolNames, notes: Notes) -> list[dict[str, Any]]:
    """GigaChat's `messages`: new objects, which share their strings with the given ones.

    Raises InvalidRequest or UnsupportedFeature, with the path of the field as `param`.
    """
    messages = array_at("messages", messages)
    if not messages:
        raise InvalidRequest("messages must not be empty.", param="messages")
    conversation = _Conversation(messages, names, notes)
    for index, message in enumerate(messages):
        conversation.add(index, object_at(f"messages[{index}]", message))
    return conversation.finished()


@dataclass(slots=True)
class _Turn:
    role: str
    texts: list[str]
    fields: dict[str, Any] = field(default_factory=dict)

    def message(self) -> dict[str, Any]:
        return {"role": self.role, "content": "\n\n".join(self.texts), **self.fields}


class _Conversation:
    """GigaChat's conversation as it grows, one message of the client's at a time.

    What happens often in a healthy conversation is counted, and told in one note at the end;
    what was repaired is told at once, with its place.
    """

    def __init__(self, messages: list[Any], names: ToolNames, notes: Notes) -> None:
        self._messages = messages
        self._names = names
        self._notes = notes
        self._content = ContentReader()
        self._results = Results(messages)
        self._called: set[str] = set()
        self._system: list[str] = []
        self._turns: list[_Turn] = []
        self._counts: Counter[str] = Counter()
        self._dropped: set[str] = set()

    def add(self, index: int, message: dict[str, Any]) -> None:
        role = message.get("role")
        match role:
            case "system" | "developer":
                self._add_system(index, role)
            case "user":
                self._say("user", self._text(index))
            case "assistant":
                self._add_assistant(index, message)
            case "tool" | "function":
                if not self._results.is_taken(index):
                    self._add_orphan(index, message)
            case _:
                path = f"messages[{index}].role"
                raise InvalidRequest(f"{path} must be one of {', '.join(_ROLES)}.", param=path)
        self._dropped |= message.keys() - (_READ_OF_RESULTS if role in _RESULT_ROLES else _READ)

    def finished(self) -> list[dict[str, Any]]:
        self._tell_counts()
        turns = self._turns
        if self._system:
            has_user = any(turn.role == "user" for turn in turns)
            if not has_user:
                self._notes.add("messages", "no user message: the system message became one")
            turns = [_Turn("system" if has_user else "user", self._system), *turns]
        return [turn.message() for turn in turns or [_Turn("user", [])]]

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
        made = list(calls(message, f"messages[{index}]"))
        if not made:
            self._say("assistant", text)
        if len(made) > 1:
            self._counts["parallel calls put one after another"] += len(made)
        for call in made:
            self._add_call(index, call, text)
            text = ""

    def _add_call(self, index: int, call: Call, text: str) -> None:
        self._called.add(call.name)
        if call.broken:
            self._repaired(index, "broken arguments of a call, kept as text")
        result = self._results.take(call.key, index)
        if result is None:
            self._repaired(index, "a call without a result, given an empty one")
            self._pair(text, call, NO_RESULT)
        else:
            self._pair(text, call, self._result(result))

    def _add_orphan(self, index: int, message: dict[str, Any]) -> None:
        """A result whose call is not there, as when a client cut its history short."""
        kind, value = result_key(message, f"messages[{index}]")
        ours = call_id.read(value) if kind == "id" else None
        name = ours.name if ours else message.get("name")
        if isinstance(name, str) and (name in self._names or name in self._called):
            self._repaired(index, "a result without its call, given one without arguments")
            call = Call(NO_KEY, name, {}, state_id=ours.state_id if ours else None)
            self._pair("", call, self._result(index))
        else:
            self._repaired(index, "a result without its call, made a user message")
            self._say("user", f"Result of a function call:\n{self._text(index)}")

    def _pair(self, text: str, call: Call, result: str) -> None:
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

    def _say(self, role: str, text: str) -> None:
        if not text:
            self._counts["empty messages left out"] += 1
        elif self._turns and self._turns[-1].role == role:
            self._counts["messages joined to the one before, of the same role"] += 1
            self._turns[-1].texts.append(text)
        else:
            self._turns.append(_Turn(role, [text]))

    def _text(self, index: int) -> str:
        return self._content.text(
            self._messages[index].get("content"), f"messages[{index}].content"
        )

    def _result(self, index: int) -> str:
        text = self._text(index)
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
                f"content parts joined: {content.joined_parts} "
                f"in {content.joined_messages} messages",
            )
        if len(self._system) > 1:
            self._counts["system messages joined"] = len(self._system)
        for what, count in self._counts.items():
            self._notes.add("messages", f"{what}: {count}")
        if self._dropped:
            names = ", ".join(sorted(name[:40] for name in self._dropped))
            self._notes.add("messages", f"message fields dropped: {names}")
