"""One request for a message: read, checked, and made a chat."""

import json
from typing import Any

from gigagate.core.http import ClientRequest
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import text_at, wrong_type
from gigagate.dialects import paths
from gigagate.dialects.anthropic import names, parameters, tools
from gigagate.dialects.anthropic.conversation import Conversation
from gigagate.errors import InvalidRequest

_SESSION_HEADER = "x-claude-code-session-id"
_OLDER_SESSION = "_session_"


class Asked:
    def __init__(self, body: dict[str, Any], policy: Policy, notes: Notes) -> None:
        """body: the request's JSON.  Raises ClientError."""
        self.model = text_at("model", body.get("model"))
        """The name the client gave it, which the answer repeats."""
        if not self.model:
            raise InvalidRequest("model must not be empty.", param="model")
        if not isinstance(body.get("stream"), bool | None):
            raise wrong_type("stream", "a boolean", body["stream"])
        self.conversation = Conversation(policy, notes)
        self.conversation.read(body.get("system"), body.get("messages"))
        self.chat: dict[str, Any] = {
            "model": names.pivot_name(self.model, policy, notes),
            "messages": self.conversation.messages,
        }
        loaded = self.conversation.loaded
        functions, self._tools = tools.functions(body.get("tools"), loaded, policy, notes)
        if functions:
            self.chat["tools"] = functions
        offered = {one["function"]["name"] for one in functions if "function" in one}
        builtins = {one["type"] for one in functions if "function" not in one}
        choice = tools.choice(body.get("tool_choice"), offered, builtins)
        if choice is not None and functions:
            self.chat["tool_choice"] = choice
        if tools.wants_one_call(body.get("tool_choice")):
            self.chat["parallel_tool_calls"] = False
        self.chat |= parameters.as_chat(body, policy, notes)
        self.shows_thinking = parameters.shows_thinking(body)
        self._functions = len(functions)

    def path_of(self, pivot_path: str) -> str:
        """ "messages[3].content" -> "messages[2].content"."""
        if pivot_path.startswith("messages["):
            return self.conversation.path_of(pivot_path)
        return paths.in_request(pivot_path, parameters.PATHS, self._tools, "input_schema")


def session(request: ClientRequest, body: dict[str, Any]) -> str:
    """The conversation's name, as Claude Code gives it; "" if the client gives none."""
    if own := request.headers.get(_SESSION_HEADER):
        return own
    metadata = body.get("metadata")
    user = metadata.get("user_id") if isinstance(metadata, dict) else None
    if not isinstance(user, str):
        return ""
    try:
        said = json.loads(user)
    except (ValueError, RecursionError):
        return user.partition(_OLDER_SESSION)[2]
    named = said.get("session_id") if isinstance(said, dict) else None
    return named if isinstance(named, str) else ""
