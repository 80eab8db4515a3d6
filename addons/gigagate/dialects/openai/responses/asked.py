"""One request for a response: read, checked, and made a chat."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.shelf import Shelf
from gigagate.core.validation import object_at, text_at, wrong_type
from gigagate.dialects import paths
from gigagate.dialects.openai.responses import compaction, items, kept, output, parameters
from gigagate.dialects.openai.responses.resource import Echo
from gigagate.dialects.openai.responses.tools import ClientTools
from gigagate.errors import InvalidRequest


class Asked:
    def __init__(
        self,
        body: dict[str, Any],
        policy: Policy,
        notes: Notes,
        shelf: Shelf,
        *,
        client: str,
        request_id: str,
        compacts: bool = False,
    ) -> None:
        """body: the request's JSON.  compacts: whatever it says.  Raises ClientError."""
        self.request_id = request_id
        self.tools = ClientTools(policy, notes)
        self.compacts = compacts
        """The client asks for a summary of the conversation, not for the next turn."""
        self.client_key = compaction.key(policy.seal_key, client)
        self._body = _checked(body)
        self._shelf = shelf
        self._input = items.as_list(self._body["input"])
        self._history = items.Conversation(
            self.tools, policy, notes, partial(compaction.unseal, of_client=self.client_key)
        )
        self.chat = self._as_chat(policy, notes)
        stored = {"store": bool(body.get("store", True) and shelf.keeps)}
        self.echo = Echo({**body, **stored}, output.response_id(request_id))

    @property
    def keep(self) -> Callable[[Mapping[str, Any]], None]:
        """To be told of the finished response."""
        return self._keep if self._body.get("store") is not False else lambda _: None

    def path_of(self, pivot_path: str) -> str:
        """ "messages[2].content" -> "input[3].content"."""
        if pivot_path.startswith("messages["):
            number, _, rest = pivot_path.removeprefix("messages[").partition("]")
            places = self._history.places
            place = places[int(number)] if number.isdigit() and int(number) < len(places) else ""
            return (place or "input") + rest
        if pivot_path == "messages":
            return "input"
        return paths.in_request(pivot_path, parameters.PATHS, self.tools.places)

    def user_messages(self) -> list[dict[str, Any]]:
        """What the user said, as items that may be kept when the rest becomes a summary."""
        digits = output.response_id(self.request_id)
        content = kept.written({"id": digits}, self._input)
        return [
            item
            for item in kept.read(content).input
            if item["type"] == "message" and item.get("role") == "user"
        ]

    def _as_chat(self, policy: Policy, notes: Notes) -> dict[str, Any]:
        body, history = self._body, self._history
        if instructions := body.get("instructions"):
            history.say("system", text_at("instructions", instructions), "instructions")
        self.tools.add(body.get("tools"))
        if (previous := body.get("previous_response_id")) is not None:
            for item in kept.conversation(self._shelf, previous):
                history.add(item, "previous_response_id")
        for index, item in enumerate(self._input):
            if item.get("type") == "message":
                history.add(item, f"input[{index}]")
            else:
                self._add(item, f"input[{index}]", last=index == len(self._input) - 1)
        history.tell()
        if not history.messages:
            raise InvalidRequest("input is empty: there is nothing to answer.", param="input")
        chat = parameters.as_chat(body, policy, notes)
        if self.compacts:
            chat.pop("response_format", None)
            history.say("user", compaction.REQUEST, "input")
            return chat | {"messages": history.messages}
        self.tools.check()
        chat["messages"] = history.messages
        if self.tools.functions:
            chat["tools"] = self.tools.functions
        if (choice := self.tools.choice(body.get("tool_choice"))) is not None:
            chat["tool_choice"] = choice
        return chat

    def _add(self, item: dict[str, Any], path: str, *, last: bool) -> None:
        if item.get("type") == compaction.TRIGGER and last:
            self.compacts = True
        elif (found := self._resolved(item, path)) is not None:
            self._history.add(found, path)

    def _resolved(self, item: dict[str, Any], path: str) -> dict[str, Any] | None:
        kind = item.get("type")
        if kind == "item_reference" or (kind is None and item.keys() == {"id"}):
            return kept.referred(self._shelf, item, path)
        return item

    def _keep(self, response: Mapping[str, Any]) -> None:
        self._shelf.keep(response["id"], kept.written(response, self._own_input()))

    def _own_input(self) -> list[dict[str, Any]]:
        """References among it are kept as what they refer to, which may be forgotten sooner."""
        resolved = [self._resolved(item, "input") for item in self._input]
        return [item for item in resolved if item is not None]


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    text_at("model", body.get("model"))
    for name in ("stream", "store"):
        if not isinstance(body.get(name), bool | None):
            raise wrong_type(name, "a boolean", body[name])
    for name in ("metadata", "text", "reasoning"):
        if body.get(name) is not None:
            object_at(name, body[name])
    if body.get("input") is None and body.get("previous_response_id") is None:
        raise InvalidRequest("input is missing: there is nothing to answer.", param="input")
    return body if body.get("input") is not None else body | {"input": []}
