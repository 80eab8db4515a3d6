"""The function calls and results of a conversation's history, found and matched.

OpenAI's history has N calls in one assistant message and N results after it, tied by id; some
clients leave the ids out, and mean the order and the names.  GigaChat wants each call to stand in
a message of its own with its result right behind.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gigagate.core import compact_json, strict_json
from gigagate.core.validation import array_at, object_at, text_at
from gigagate.gigachat.tools import ToolNames

NO_RESULT = '{"error":"The call gave no result."}'

Key = tuple[str, str]
"""What a result tells of its call: ("id", the call's id); ("name", the function's) in OpenAI's
older form, which has no ids; ("turn", the function's or "") for a tool's result without an id,
which belongs to the turn right before it."""


@dataclass(frozen=True, slots=True)
class PastCall:
    call_id: str
    """"" for none."""
    name: str
    """The name the client has for it."""
    arguments: dict[str, Any]
    broken: bool = False
    """The arguments were no JSON object; they are kept under "arguments"."""

    @property
    def keys(self) -> Iterator[Key]:
        """The keys by which its result is found, the surest first."""
        yield ("id", self.call_id) if self.call_id else ("name", self.name)
        yield ("turn", self.name)
        yield ("turn", "")

    def upstream(self, names: ToolNames) -> dict[str, Any]:
        """The field that makes an assistant message of GigaChat's a call.

        Never functions_state_id: a reasoning model may keep several calls under it while it tells
        one, and then refuses the next turn because of the results that are not there.
        """
        return {
            "function_call": {"name": names.to_upstream(self.name), "arguments": self.arguments}
        }


class Results:
    """Where the results stand, so that each call finds its own, however far behind it."""

    def __init__(self, messages: list[Any]) -> None:
        self.without_id = 0
        """Results that were found by their place and name."""
        self._messages = messages
        self._waiting: dict[Key, deque[int]] = defaultdict(deque)
        self._taken: set[int] = set()
        for index, message in enumerate(messages):
            if isinstance(message, dict) and message.get("role") in ("tool", "function"):
                self._waiting[result_key(message, f"messages[{index}]")].append(index)

    def take(self, call: PastCall, after: int) -> int | None:
        """The index of the next result for the call in messages[after]."""
        for key in call.keys:
            index = self._next(key, after)
            if index is not None:
                self._taken.add(index)
                self.without_id += key[0] == "turn"
                return index
        return None

    def is_taken(self, index: int) -> bool:
        return index in self._taken

    @cached_property
    def _turn_of(self) -> list[int]:
        """The index of the last assistant's message up to each message."""
        turn, turns = -1, []
        for index, message in enumerate(self._messages):
            if isinstance(message, dict) and message.get("role") == "assistant":
                turn = index
            turns.append(turn)
        return turns

    def _next(self, key: Key, after: int) -> int | None:
        waiting = self._waiting.get(key)
        while waiting:
            if waiting[0] <= after:
                waiting.popleft()
            elif key[0] == "turn" and self._turn_of[waiting[0]] != after:
                return None
            else:
                return waiting.popleft()
        return None


def result_key(message: dict[str, Any], path: str) -> Key:
    """Which call a message of the role tool or function answers. Raises InvalidRequest."""
    if message["role"] == "function":
        return ("name", text_at(f"{path}.name", message.get("name")))
    if call_id := _id_at(f"{path}.tool_call_id", message.get("tool_call_id")):
        return ("id", call_id)
    name = message.get("name")
    return ("turn", name if isinstance(name, str) else "")


def calls(message: dict[str, Any], path: str) -> Iterator[PastCall]:
    """The calls of one assistant message. Raises InvalidRequest."""
    tool_calls = message.get("tool_calls")
    if tool_calls is not None:
        for i, tool_call in enumerate(array_at(f"{path}.tool_calls", tool_calls)):
            at = f"{path}.tool_calls[{i}]"
            yield _tool_call(object_at(at, tool_call), at)
    elif message.get("function_call") is not None:
        yield _older_call(message, f"{path}.function_call")


def result_content(text: str) -> str:
    """A JSON object stays byte for byte, unless half a surrogate pair is in it; whatever else is
    wrapped: {"result": …}.

    GigaChat v1 refuses a result that is not a JSON object.
    """
    if text.lstrip()[:1] in ("{", "["):
        try:
            value = strict_json.loads(text)
        except ValueError:
            pass
        else:
            if "\\u" in text and not compact_json.is_whole(value):
                text = compact_json.dumps_whole(value).decode()
            return text if isinstance(value, dict) else f'{{"result":{text}}}'
    return f'{{"result":{compact_json.dumps_whole(text).decode()}}}'


def _tool_call(tool_call: dict[str, Any], path: str) -> PastCall:
    call_id = _id_at(f"{path}.id", tool_call.get("id"))
    if tool_call.get("type") == "custom":
        custom = object_at(f"{path}.custom", tool_call.get("custom"))
        name = text_at(f"{path}.custom.name", custom.get("name"))
        return PastCall(call_id, name, {"input": custom.get("input")})
    name, arguments, broken = _function(tool_call.get("function"), f"{path}.function")
    return PastCall(call_id, name, arguments, broken)


def _id_at(path: str, value: object) -> str:
    """Null, and a number where a text belongs, are some clients'."""
    if value is None:
        return ""
    return str(value) if type(value) is int else text_at(path, value)


def _older_call(message: dict[str, Any], path: str) -> PastCall:
    """OpenAI's before there were tools, and GigaChat's own."""
    name, arguments, broken = _function(message["function_call"], path)
    return PastCall("", name, arguments, broken)


def _function(function: object, path: str) -> tuple[str, dict[str, Any], bool]:
    """Name, arguments, and whether these were broken."""
    function = object_at(path, function)
    name = text_at(f"{path}.name", function.get("name"))
    given = function.get("arguments")
    if isinstance(given, dict):
        return name, given, False
    if not given:
        return name, {}, False
    text = text_at(f"{path}.arguments", given)
    try:
        arguments = strict_json.loads(text)
    except ValueError:
        return name, {"arguments": text}, True
    if isinstance(arguments, dict):
        return name, arguments, False
    return name, {"arguments": arguments}, True
