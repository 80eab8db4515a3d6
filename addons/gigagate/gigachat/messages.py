"""OpenAI's messages -> GigaChat's.

GigaChat v1 has the roles system, user, assistant and function, string contents, at most one
system message, which is the first, and one function call a message with its result right behind.
OpenAI allows far more, and real agents use it: see the notes this leaves.
"""

from dataclasses import dataclass, field
from typing import Any

from gigagate.core.notes import Notes
from gigagate.errors import InvalidRequest
from gigagate.gigachat import call_id
from gigagate.gigachat.content import ContentReader
from gigagate.gigachat.tool_history import NO_RESULT, Call, Results, calls, result_content
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.validation import array_at, object_at, wrong_type

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")

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


def translate(
    messages: object, names: ToolNames, notes: Notes, instruction: str | None = None
) -> list[dict[str, Any]]:
    """GigaChat's `messages`. instruction: a sentence of ours to end the system message with.

    Raises InvalidRequest or UnsupportedFeature, with the path of the field as `param`.
    """
    messages = array_at("messages", messages)
    if not messages:
        raise InvalidRequest("messages must not be empty.", param="messages")
    conversation = _Conversation(messages, names, notes)
    for index, message in enumerate(messages):
        conversation.add(index, object_at(f"messages[{index}]", message))
    return conversation.finished(instruction)


@dataclass(slots=True)
class _Turn:
    role: str
    texts: list[str]
    fields: dict[str, Any] = field(default_factory=dict)

    def message(self) -> dict[str, Any]:
        return {"role": self.role, "content": "\n\n".join(self.texts), **self.fields}


class _Conversation:
    def __init__(self, messages: list[Any], names: ToolNames, notes: Notes) -> None:
        self._messages = messages
        self._names = names
        self._notes = notes
        self._content = ContentReader()
        self._results = Results(messages)
        self._called: set[str] = set()
        self._system: list[str] = []
        self._turns: list[_Turn] = []
        self._merged = 0
        self._empty = 0
        self._dropped: set[str] = set()

    def add(self, index: int, message: dict[str, Any]) -> None:
        role = message.get("role")
        if not isinstance(role, str):
            raise wrong_type(f"messages[{index}].role", "a string", role)
        self._dropped |= message.keys() - (
            _READ_OF_RESULTS if role in ("tool", "function") else _READ
        )
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
                raise InvalidRequest(
                    f"messages[{index}].role is {role[:64]!r}; it must be one of "
                    f"{', '.join(_ROLES)}.",
                    param=f"messages[{index}].role",
                )

    def finished(self, instruction: str | None) -> list[dict[str, Any]]:
        if instruction:
            self._system.append(instruction)
        self._tell_counts()
        turns = self._turns or [_Turn("user", [])] * (not self._system)
        if self._system:
            role = "system" if any(turn.role == "user" for turn in turns) else "user"
            if role == "user":
                self._note("messages", "no user message: the system message became one")
            turns = [_Turn(role, self._system), *turns]
        return [turn.message() for turn in turns]

    def _add_system(self, index: int, role: str) -> None:
        text = self._text(index)
        if role == "developer":
            self._note("messages", f"messages[{index}]: developer -> system")
        if index and self._turns:
            self._note("messages", f"messages[{index}]: moved into the leading system message")
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
            return
        if len(made) > 1:
            self._note("tools", f"messages[{index}]: {len(made)} calls -> call and result in turn")
        for call in made:
            self._add_call(index, call, text)
            text = ""

    def _add_call(self, index: int, call: Call, text: str) -> None:
        self._called.add(call.name)
        if call.broken:
            self._note("tools", f"messages[{index}]: broken arguments kept as text")
        result = self._results.take(call.key, index)
        content = NO_RESULT
        if result is None:
            self._note(
                "tools", f"messages[{index}]: a call without a result was given an empty one"
            )
        else:
            content = self._result(result)
        self._pair(text, call, content)

    def _add_orphan(self, index: int, message: dict[str, Any]) -> None:
        """A result whose call is not there, as when a client cut its history short."""
        name = self._name_of(message)
        if name is None:
            self._note("tools", f"messages[{index}]: a result without its call -> user text")
            self._say("user", f"Result of a function call:\n{self._text(index)}")
            return
        self._note("tools", f"messages[{index}]: a result without its call was given one")
        key = ("id", "")
        ours = call_id.read(message.get("tool_call_id") or "")
        call = Call(key, name, {}, False, ours.state_id if ours else None)
        self._pair("", call, self._result(index))

    def _name_of(self, message: dict[str, Any]) -> str | None:
        """The function of an orphaned result, if the request or its history knows it."""
        ours = call_id.read(message.get("tool_call_id") or "")
        name = ours.name if ours else message.get("name")
        known = isinstance(name, str) and (name in self._names or name in self._called)
        return name if known else None

    def _pair(self, text: str, call: Call, content: str) -> None:
        last = self._turns[-1] if self._turns else None
        if last and last.role == "assistant":
            self._merged += 1
            last.texts += filter(None, [text])
            last.fields = call.upstream(self._names)
        else:
            self._turns.append(_Turn("assistant", [text], call.upstream(self._names)))
        name = self._names.to_upstream(call.name)
        self._turns.append(_Turn("function", [content], {"name": name}))

    def _say(self, role: str, text: str) -> None:
        if not text:
            self._empty += 1
        elif self._turns and self._turns[-1].role == role:
            self._merged += 1
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
            self._note("tools", f"messages[{index}]: the result was wrapped as a JSON object")
        return content

    def _note(self, kind: str, text: str) -> None:
        self._notes.add(kind, text)

    def _tell_counts(self) -> None:
        content = self._content
        if content.joined_messages:
            self._note(
                "content",
                f"{content.joined_parts} parts joined in {content.joined_messages} messages",
            )
        if len(self._system) > 1:
            self._note("messages", f"{len(self._system)} system messages joined")
        if self._merged:
            self._note(
                "messages", f"{self._merged} messages joined to the one of their role before"
            )
        if self._empty:
            self._note("messages", f"{self._empty} empty messages left out")
        dropped = sorted(name[:40] for name in self._dropped)
        if dropped:
            self._note("messages", f"message fields dropped: {', '.join(dropped)}")
