"""Anthropic's system prompt and messages -> the messages of a chat.

Results of tools stand in user turns there, and in messages of their own here.  A system message
may stand anywhere: Claude Code sends most of its instructions in one behind the first user's.
"""

from collections import Counter
from typing import Any

from gigagate.core import compact_json
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import array_at, objects_at, text_at
from gigagate.dialects.anthropic import blocks
from gigagate.dialects.content import PartDict, only_texts, plain, text_part
from gigagate.errors import InvalidRequest, UnsupportedFeature

_BILLING = "x-anthropic-billing-header:"
"""Begins a block that is for Anthropic's servers, and differs from request to request."""

_TEXT = ("text",)

_REMINDER = "<system-reminder>\n{}\n</system-reminder>"
"""How a system message in the middle is told: moved to the front, it would spoil the prompt
cache of all that stands before it."""


class Conversation:
    def __init__(self, policy: Policy, notes: Notes) -> None:
        self.messages: list[dict[str, Any]] = []
        self.places: list[str] = []
        """Where each of them stands in the request."""
        self.loaded: set[str] = set()
        """The deferred tools that the model may call by now."""
        self._strict = policy.strict
        self._notes = notes
        self._answered = False
        self._counts: Counter[str] = Counter()

    def read(self, system: object, messages: object) -> None:
        """Raises ClientError."""
        if text := self._system_text(system, "system"):
            self._say("system", text, "system")
        given = array_at("messages", messages)
        if not given:
            raise InvalidRequest("messages is empty: there is nothing to answer.", param="messages")
        for index, message in enumerate(objects_at("messages", given)):
            path = f"messages[{index}]"
            if not self._says_plainly(message, path):
                self._add(message, path)
        if given[-1].get("role") == "assistant":
            self._notes.add("messages", "the last message is the assistant's: it is gone on with")
        for what, count in self._counts.items():
            self._notes.add("messages", f"{what}: {count}")

    def path_of(self, pivot_path: str) -> str:
        """ "messages[3].content" -> "messages[2].content"."""
        number, bracket, rest = pivot_path.removeprefix("messages[").partition("]")
        if bracket and number.isdigit() and int(number) < len(self.places):
            place = self.places[int(number)]
            return place if place == "system" else place + rest
        return pivot_path

    def _says_plainly(self, message: dict[str, Any], path: str) -> bool:
        """Says what is text and no more, as most of a long history is; False: it is more."""
        role, content = message.get("role"), message.get("content")
        if (role != "user" and role != "assistant") or type(content) is not list:
            return False
        said = only_texts(content, _TEXT)
        if said is None:
            return False
        self._answered |= role == "assistant"
        if said != []:
            self._say(role, said, path)
        return True

    def _add(self, message: dict[str, Any], path: str) -> None:
        content = blocks.content(message.get("content"), f"{path}.content")
        match message.get("role"):
            case "user":
                self._add_user(content, path)
            case "assistant":
                self._answered = True
                self._add_assistant(content, path)
            case "system":
                self._add_system(content, path)
            case _:
                at = f"{path}.role"
                raise InvalidRequest(f"{at} must be one of user, assistant, system.", param=at)

    def _add_user(self, content: list[tuple[dict[str, Any], str]], path: str) -> None:
        said: list[PartDict] = []
        for block, at in content:
            if block.get("type") == "tool_result":
                self._add_result(block, at)
            else:
                said += self._parts(block, at)
        if said:
            self._say("user", plain(said), path)

    def _add_result(self, block: dict[str, Any], path: str) -> None:
        call_id = text_at(f"{path}.tool_use_id", block.get("tool_use_id"))
        found: list[PartDict] = []
        for inner, at in blocks.content(block.get("content"), f"{path}.content"):
            if inner.get("type") == "tool_reference":
                self._load(inner.get("tool_name"))
            found += self._parts(inner, at)
        if block.get("is_error") is True:
            texts = [part["text"] for part in found if part["type"] == "text"]
            error = compact_json.dumps({"error": "\n".join(texts)}).decode()
            found = [text_part(error), *(one for one in found if one["type"] != "text")]
        self._say("tool", plain(found) or "", path, tool_call_id=call_id)

    def _add_assistant(self, content: list[tuple[dict[str, Any], str]], path: str) -> None:
        said: list[PartDict] = []
        calls: list[dict[str, Any]] = []
        for block, at in content:
            if block.get("type") == "tool_use":
                calls.append(_call(block, at))
            else:
                said += self._parts(block, at)
        if calls:
            self._say("assistant", plain(said) or None, path, tool_calls=calls)
        elif said:
            self._say("assistant", plain(said), path)

    def _add_system(self, content: list[tuple[dict[str, Any], str]], path: str) -> None:
        for block, _ in content:
            tool = block.get("tool")
            if isinstance(tool, dict):
                name = tool.get("name") or tool.get("tool_name")
                if block.get("type") == "tool_addition":
                    self._load(name)
                elif block.get("type") == "tool_removal":
                    self.loaded.discard(str(name))
        if not (text := self._joined(content)):
            return
        if self._answered:
            self._counts["later system messages told to the user's side, in place"] += 1
            self._say("user", _REMINDER.format(text), path)
        else:
            self._say("system", text, path)

    def _system_text(self, system: object, path: str) -> str:
        return self._joined(blocks.content(system, path))

    def _joined(self, content: list[tuple[dict[str, Any], str]]) -> str:
        texts = [
            part["text"]
            for block, at in content
            for part in self._parts(block, at)
            if part["type"] == "text"
        ]
        kept = [text for text in texts if text and not text.startswith(_BILLING)]
        return "\n\n".join(kept)

    def _parts(self, block: dict[str, Any], path: str) -> list[PartDict]:
        found = blocks.parts(block, path)
        if not blocks.is_known(block):
            self._left_out(block["type"], path)
        return found

    def _left_out(self, kind: str, path: str) -> None:
        if self._strict and kind not in blocks.LEFT_OUT:
            raise UnsupportedFeature(
                f"{path} is a block of type {kind[:64]!r}, which GigaChat cannot be told.",
                param=path,
            )
        self._counts[f"blocks of type {kind[:40]} left out"] += 1

    def _load(self, name: object) -> None:
        if isinstance(name, str):
            self.loaded.add(name)

    def _say(
        self, role: str, content: str | list[PartDict] | None, path: str, **fields: object
    ) -> None:
        self.messages.append({"role": role, "content": content, **fields})
        self.places.append(path)


def _call(block: dict[str, Any], path: str) -> dict[str, Any]:
    given = block.get("input")
    arguments = given if isinstance(given, str) else compact_json.dumps(given or {}).decode()
    function = {"name": text_at(f"{path}.name", block.get("name")), "arguments": arguments}
    return {"id": text_at(f"{path}.id", block.get("id")), "type": "function", "function": function}
