"""The items of a request's input -> the messages of a chat.

Neighbouring calls are one turn of the assistant's, as its text before them is.  What the model
thought is not told to it again.  An item of a kind that GigaChat has nothing for is left out with a
note: it stands in a history that nobody can change any more.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gigagate.core import compact_json
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import objects_at, text_at
from gigagate.dialects.openai.responses import calls, parts
from gigagate.dialects.openai.responses.tools import ClientTool, ClientTools
from gigagate.errors import InvalidRequest, UnsupportedFeature

ROLES = ("user", "assistant", "system", "developer")

Unseal = Callable[[str], str | None]
"""A compaction's sealed content -> the summary; None if it is not one of ours."""

SUMMARY = "A summary of the conversation so far, which was left out to save room:\n\n"


def as_list(given: object) -> list[dict[str, Any]]:
    """`input`: a text is a user's message.  Raises InvalidRequest."""
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    return objects_at("input", given)


class Conversation:
    """Messages as they grow, one item at a time."""

    def __init__(self, tools: ClientTools, policy: Policy, notes: Notes, unseal: Unseal) -> None:
        self.messages: list[dict[str, Any]] = []
        self.places: list[str] = []
        """Where in the request each message comes from: "input[3]"."""
        self._tools = tools
        self._strict = policy.strict
        self._notes = notes
        self._unseal = unseal
        self._call_ids: dict[str, str] = {}
        """Item's id -> that of its call, for outputs that name the item."""
        self._left_out: list[str] = []

    def add(self, item: dict[str, Any], path: str) -> None:
        """Raises ClientError."""
        kind = item.get("type") or "message"
        reader = _READERS.get(kind) if isinstance(kind, str) else None
        if reader is not None:
            reader(self, item, path)
        elif self._strict:
            raise UnsupportedFeature(
                f"{path} is an item of a type that GigaChat has nothing for.", param=f"{path}.type"
            )
        else:
            self._left_out.append(str(kind)[:40])

    def tell(self) -> None:
        """Once all are added: a note for what was left out."""
        if self._left_out:
            kinds = ", ".join(dict.fromkeys(self._left_out))
            self._notes.add("messages", f"items left out, GigaChat has none of the type: {kinds}")

    def say(self, role: str, content: object, path: str) -> None:
        self.messages.append({"role": role, "content": content})
        self.places.append(path)

    def _message(self, item: dict[str, Any], path: str) -> None:
        role = item.get("role")
        if role not in ROLES:
            raise InvalidRequest(
                f"{path}.role must be one of {', '.join(ROLES)}.", param=f"{path}.role"
            )
        self.say(role, parts.content(item.get("content"), f"{path}.content"), path)

    def _function_call(self, item: dict[str, Any], path: str) -> None:
        tool = self._tool_named(item, path, "function")
        arguments = item.get("arguments") or "{}"
        self._call(tool, item, path, text_at(f"{path}.arguments", arguments))

    def _custom_call(self, item: dict[str, Any], path: str) -> None:
        text_at(f"{path}.input", item.get("input"))
        tool = self._tool_named(item, path, "custom")
        self._call(tool, item, path, calls.arguments_of(item))

    def _own_call(self, item: dict[str, Any], path: str) -> None:
        tool = ClientTool("function", item["type"].removesuffix("_call"))
        self._call(tool, item, path, calls.arguments_of(item))

    def _tool_search(self, item: dict[str, Any], path: str) -> None:
        if item.get("execution") != "server":
            self._own_call(item, path)

    def _call(self, tool: ClientTool, item: dict[str, Any], path: str, arguments: str) -> None:
        call_id = _call_id(item, path)
        self._call_ids[str(item.get("id"))] = call_id
        function = {"name": tool.function, "arguments": arguments}
        call = {"id": call_id, "type": "function", "function": function}
        if not self.messages or self.messages[-1]["role"] != "assistant":
            self.say("assistant", "", path)
        self.messages[-1].setdefault("tool_calls", []).append(call)

    def _output(self, item: dict[str, Any], path: str) -> None:
        self._result(item, path, parts.content(item.get("output"), f"{path}.output"))

    def _own_output(self, item: dict[str, Any], path: str) -> None:
        output = item.get("output")
        if not isinstance(output, str):
            kept = {key: item[key] for key in ("status", "output") if key in item}
            output = compact_json.dumps(kept).decode()
        self._result(item, path, output)

    def _found_tools(self, item: dict[str, Any], path: str) -> None:
        self._tools.add(item.get("tools"), f"{path}.tools")
        if item.get("execution") == "server":
            return
        found = item.get("tools") or []
        names = ", ".join(str(tool.get("name")) for tool in found if isinstance(tool, dict))
        self._result(item, path, f"Loaded: {names}" if names else "No tool was found.")

    def _more_tools(self, item: dict[str, Any], path: str) -> None:
        self._tools.add(item.get("tools"), f"{path}.tools")

    def _result(self, item: dict[str, Any], path: str, content: object) -> None:
        given = item.get("call_id")
        call_id = given if isinstance(given, str) else str(item.get("id"))
        self.say("tool", content, path)
        self.messages[-1]["tool_call_id"] = self._call_ids.get(call_id, call_id)

    def _compaction(self, item: dict[str, Any], path: str) -> None:
        sealed = text_at(f"{path}.encrypted_content", item.get("encrypted_content"))
        summary = self._unseal(sealed)
        if summary is not None:
            self.say("user", SUMMARY + summary, path)
        elif self._strict:
            raise UnsupportedFeature(
                f"{path} is a summary that this proxy has not made: it cannot be read.",
                param=f"{path}.encrypted_content",
            )
        else:
            self._left_out.append("compaction (of another proxy)")

    def _tool_named(self, item: dict[str, Any], path: str, kind: Any) -> ClientTool:
        namespace = item.get("namespace")
        name = text_at(f"{path}.name", item.get("name"))
        return ClientTool(kind, name, namespace if isinstance(namespace, str) else None)

    def _nothing(self, item: dict[str, Any], path: str) -> None:
        """What the model thought."""


def _call_id(item: Mapping[str, Any], path: str) -> str:
    given = item.get("call_id")
    if given is None and isinstance(item.get("id"), str):
        given = item["id"]
    return text_at(f"{path}.call_id", given)


_READERS: Mapping[str, Callable[[Conversation, dict[str, Any], str], None]] = {
    "message": Conversation._message,
    "function_call": Conversation._function_call,
    "function_call_output": Conversation._output,
    "custom_tool_call": Conversation._custom_call,
    "custom_tool_call_output": Conversation._output,
    "tool_search_call": Conversation._tool_search,
    "tool_search_output": Conversation._found_tools,
    "additional_tools": Conversation._more_tools,
    "local_shell_call": Conversation._own_call,
    "local_shell_call_output": Conversation._own_output,
    "shell_call": Conversation._own_call,
    "shell_call_output": Conversation._own_output,
    "apply_patch_call": Conversation._own_call,
    "apply_patch_call_output": Conversation._own_output,
    "reasoning": Conversation._nothing,
    "compaction": Conversation._compaction,
}
