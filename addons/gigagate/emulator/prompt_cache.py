"""The prompt prefix cache: what a session asked a moment ago need not be computed again.

GigaChat v1 keeps it for about 30 seconds, finds it by X-Session-ID and reports it as
precached_prompt_tokens.
"""

import json
from typing import Any

from gigagate.emulator.model import count_tokens

MAX_SESSIONS = 200
"""The longest unused ones are forgotten: every request without an X-Session-ID begins one."""


def render(body: dict[str, Any]) -> str:
    """The prompt as one text: functions, then every message with its role."""
    parts = [json.dumps(body.get("functions") or [], ensure_ascii=False)]
    for message in body["messages"]:
        call = json.dumps(message.get("function_call") or "", ensure_ascii=False)
        parts.append(f"{message['role']}\n{message.get('content')}{call}")
    return "\n".join(parts)


class PromptCache:
    def __init__(self) -> None:
        self._sessions: dict[tuple[str, str], tuple[float, str]] = {}

    def cached_tokens(self, session: tuple[str, str], prompt: str, now: float, keep: float) -> int:
        """Tokens of `prompt` known of this (id, model); it is remembered from now on."""
        then, known = self._sessions.pop(session, (now, ""))
        self._sessions[session] = (now, prompt)
        if len(self._sessions) > MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        if now - then >= keep:
            return 0
        return count_tokens(prompt[: _common_prefix(known, prompt)])

    def clear(self) -> None:
        self._sessions.clear()


def _common_prefix(first: str, second: str) -> int:
    """Its length; by halving, for prompts are long and comparing slices is fast."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
