"""One request for content: read, checked, and made a chat."""

from collections.abc import Mapping
from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.dialects import paths
from gigagate.dialects.gemini import names, parameters, tools
from gigagate.dialects.gemini.conversation import Conversation
from gigagate.dialects.gemini.fields import spelt
from gigagate.errors import InvalidRequest


class Asked:
    def __init__(self, body: Mapping[str, Any], model: str, policy: Policy, notes: Notes) -> None:
        """body: the request's JSON.  model: that of its path.  Raises ClientError."""
        self.model = names.asked_for(model)
        """The name the client gave it, which the answer repeats."""
        if not self.model:
            raise InvalidRequest("The path names no model: /v1beta/models/NAME:generateContent.")
        self.body = spelt(body)
        self.conversation = Conversation(policy, notes)
        self.conversation.read(self.body.get("systemInstruction"), self.body.get("contents"))
        self.chat: dict[str, Any] = {
            "model": names.pivot_name(self.model, policy, notes),
            "messages": self.conversation.messages,
        }
        functions, self._tools = tools.functions(self.body.get("tools"), policy, notes)
        if functions:
            self.chat["tools"] = functions
            offered = {one["function"]["name"] for one in functions if "function" in one}
            choice = tools.choice(self.body.get("toolConfig"), offered)
            if choice is not None:
                self.chat["tool_choice"] = choice
        self.chat |= parameters.as_chat(self.body, policy, notes)
        self.shows_thoughts = parameters.shows_thoughts(self.body)

    def path_of(self, pivot_path: str) -> str:
        """ "messages[3].content" -> "contents[2]"."""
        if pivot_path.startswith("messages["):
            return self.conversation.path_of(pivot_path)
        return paths.in_request(pivot_path, parameters.PATHS, self._tools)
