"""Requests of an agent, as tests tell them."""

import json
from typing import Any

from gigagate.core.pivot import Usage
from gigagate.dialects.reading import Said
from gigagate.sessions.finder import Finder
from gigagate.sessions.seen import Seen
from gigagate.views.facts import Facts

Message = dict[str, Any]
TOOLS = [{"type": "function", "function": {"name": "read", "parameters": {}}}]


def system(text: str = "You are an agent.") -> Message:
    return {"role": "system", "content": text}


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def said(text: str) -> Message:
    return {"role": "assistant", "content": text}


def calls(name: str, call_id: str, **arguments: Any) -> Message:
    function = {"name": name, "arguments": json.dumps(arguments)}
    call = {"id": call_id, "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def result(call_id: str, text: str) -> Message:
    return {"role": "tool", "tool_call_id": call_id, "content": text}


def seen(
    messages: list[Message],
    answer: Message | None = None,
    *,
    client: str = "anna",
    tools: bool = True,
    usage: Usage | None = None,
    instructions: str = "You are an agent.",
    **facts: Any,
) -> Seen:
    chat: dict[str, Any] = {"model": "gigachat", "messages": [system(instructions), *messages]}
    if tools:
        chat["tools"] = TOOLS
    return Seen(chat, _said(answer), Facts(usage=usage, **facts), client=client, status=200)


def _said(answer: Message | None) -> Said | None:
    if answer is None:
        return None
    told = Said()
    choice = told.choice()
    choice.finish_reason = "tool_calls" if "tool_calls" in answer else "stop"
    if answer["content"]:
        choice.text.append(answer["content"])
    for place, call in enumerate(answer.get("tool_calls", [])):
        choice.call(place, call["function"]["name"]).append(call["function"]["arguments"])
    return told


def task(*answers: Message, begin: str = "Fix the bug in a.py") -> list[Seen]:
    """An agent's steps: each answer is followed by its result, or by the person's next words."""
    messages, out = [user(begin)], []
    for number, answer in enumerate(answers):
        out.append(seen(list(messages), answer))
        messages.append(answer)
        if "tool_calls" in answer:
            messages.append(result(answer["tool_calls"][0]["id"], f"result {number}"))
        else:
            messages.append(user(f"go on, {number}"))
    return out


def found(*requests: Seen) -> Finder:
    finder = Finder()
    for request in requests:
        finder.add(request)
    return finder
