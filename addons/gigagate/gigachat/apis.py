"""Which of GigaChat's chat APIs a request takes, and which one when that is refused.

v1 for all that it can do, v2 where the request wants what only v2 has; settings may say otherwise.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, cast

from gigagate.core import model_map
from gigagate.core.in_hand import InHand
from gigagate.core.notes import Notes
from gigagate.core.pivot import Chat
from gigagate.core.policy import Api
from gigagate.gigachat import builtin_tools
from gigagate.gigachat.upstream import UpstreamChat
from gigagate.gigachat.v1.upstream_chat import ChatV1
from gigagate.gigachat.v2 import refused
from gigagate.gigachat.v2.upstream_chat import ChatV2
from gigagate.gigachat.v2.variation import Variation

V1 = ChatV1()
CLOSED = "v2 is closed"
MOST_ATTEMPTS = 6
"""Attempts for one request, each by another API or in another form."""
_LOGPROBS = "log probabilities"


class Taken(NamedTuple):
    api: UpstreamChat
    attempt: int = 1
    first: Variation = Variation()
    """The one in which v2 was asked first."""


def take(chat: Chat, call: InHand) -> Taken:
    """Raises NotFound for a model that there is not."""
    policy = call.policy
    wish = _wish(cast(Mapping[str, Any], chat), builtin=policy.builtin_tools)
    if not wish and policy.api != "v2" and not policy.apis:
        call.report.api = "v1"
        return Taken(V1)
    model = model_map.resolve(chat["model"], policy, Notes())
    setting = _setting(model, call)
    if setting == "v1" or not (wish or setting == "v2"):
        return _taken(V1, call)
    variation = Variation.of(model, call)
    if wish == _LOGPROBS and not variation.logprobs:
        if setting != "v2":
            return _taken(V1, call)
        wish = ""
    if call.learnt.has(CLOSED, call.now):
        call.notes.add("api", "GigaChat v1: v2 was refused a while ago")
        return _taken(V1, call)
    call.notes.add("api", f"GigaChat v2: {wish or 'the settings say so'}")
    return _taken(ChatV2(variation), call, first=variation)


def has_tool(kind: str, chat: Chat, call: InHand) -> bool:
    """Whether GigaChat may run such a tool, as far as is known.  Raises NotFound for the model."""
    model = model_map.resolve(chat["model"], call.policy, Notes())
    allowed = call.policy.builtin_tools and _setting(model, call) != "v1"
    closed = call.learnt.has(CLOSED, call.now)
    return allowed and not closed and kind not in Variation.of(model, call).without


def otherwise(taken: Taken, chat: Chat, call: InHand, status: int, body: bytes) -> Taken | None:
    """What to ask in place of what was refused; None: it stays refused."""
    api = taken.api
    if not isinstance(api, ChatV2) or taken.attempt >= MOST_ATTEMPTS:
        return None
    found = refused.read(status, body, taken.first, api.variation, chat)
    model = call.report.model_sent or ""
    if found is None:
        api.variation.unlearn(model, call)
        return None
    call.notes.add("api", found.note)
    if found.closed:
        call.learnt.add(CLOSED, call.now)
        return _taken(V1, call, taken.attempt + 1)
    found.variation.learn(model, call)
    return _taken(ChatV2(found.variation), call, taken.attempt + 1, found.first)


def _taken(
    api: UpstreamChat, call: InHand, attempt: int = 1, first: Variation | None = None
) -> Taken:
    call.report.api = api.name
    return Taken(api, attempt, first or Variation())


def _setting(model: str, call: InHand) -> Api:
    for pattern, api in call.policy.apis.items():
        if fnmatchcase(model, pattern):
            return api
    return call.policy.api


def _wish(chat: Mapping[str, Any], *, builtin: bool) -> str:
    """What of the request only v2 has, in words; "" for nothing.  Every request comes by here."""
    tools = chat.get("tools")
    if builtin and isinstance(tools, list):
        for tool in tools:
            if isinstance(tool, dict) and tool.get("type") != "function":
                for kind in builtin_tools.wanted(chat):
                    return f"a tool of its own, {kind}"
                break
    if builtin and chat.get("web_search_options") is not None:
        return "a tool of its own, web_search"
    wanted = chat.get("response_format")
    if isinstance(wanted, dict) and wanted.get("type") == "regex":
        return "an answer by a regular expression"
    calls = [m["tool_calls"] for m in chat["messages"] if type(m) is dict and "tool_calls" in m]
    if any(type(made) is list and len(made) > 1 for made in calls):
        return "several calls at once in the history"
    return _LOGPROBS if chat.get("logprobs") is True else ""
