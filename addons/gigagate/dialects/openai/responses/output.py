"""The items of a response's output, and their ids."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gigagate.core.pivot import ToolCall
from gigagate.dialects.openai.responses import calls, own_tools
from gigagate.dialects.openai.responses.tools import ClientTools

DIGITS = 32
"""Hexadecimal, of a request's id: the same in the ids of its response and of all its items."""


def response_id(request_id: str) -> str:
    return f"resp_{request_id}"


def item_id(prefix: str, request_id: str, index: int) -> str:
    return f"{prefix}_{request_id}{index:02x}"


def response_of(item: str) -> str:
    """The id of the response that an item belongs to, by the item's id."""
    return response_id(item.partition("_")[2][:DIGITS])


def message(
    item: str,
    text: str,
    *,
    complete: bool = True,
    cited: Sequence[Any] = (),
    logprobs: Sequence[Any] = (),
) -> dict[str, Any]:
    """cited: annotations of the text."""
    return {
        "id": item,
        "type": "message",
        "role": "assistant",
        "status": "completed" if complete else "incomplete",
        "content": [text_part(text, cited, logprobs)],
    }


def text_part(text: str, cited: Sequence[Any] = (), logprobs: Sequence[Any] = ()) -> dict[str, Any]:
    return {
        "type": "output_text",
        "text": text,
        "annotations": list(cited),
        "logprobs": list(logprobs),
    }


def reasoning(item: str, text: str) -> dict[str, Any]:
    return {"id": item, "type": "reasoning", "summary": [summary_part(text)]}


def summary_part(text: str) -> dict[str, Any]:
    return {"type": "summary_text", "text": text}


def items(
    completion: Mapping[str, Any], tools: ClientTools, request_id: str
) -> Iterator[dict[str, Any]]:
    """The items of a whole chat completion.  A message is there even if nothing was said."""
    choice = completion["choices"][0]
    said = choice["message"]
    index = 0
    if thought := said.get("reasoning_content"):
        yield reasoning(item_id("rs", request_id, index), thought)
        index += 1
    for run in filter(own_tools.is_told, said.get("tool_runs") or ()):
        yield own_tools.item(run, item_id(own_tools.PREFIX, request_id, index))
        index += 1
    for picture in said.get("pictures") or ():
        yield own_tools.picture(picture, item_id(own_tools.OF_PICTURE, request_id, index))
        index += 1
    made = said.get("tool_calls") or []
    text = said.get("content") or ""
    if text or not made:
        complete = choice["finish_reason"] not in ("length", "content_filter")
        cited = own_tools.annotations(said.get("annotations") or ())
        likely = (choice.get("logprobs") or {}).get("content") or ()
        told = item_id("msg", request_id, index)
        yield message(told, text, complete=complete, cited=cited, logprobs=likely)
        index += 1
    for call in calls_of(said):
        tool = tools.called(call.name)
        prefix = calls.PREFIXES[tool.kind]
        yield calls.item(tool, call, item_id(prefix, request_id, index))
        index += 1


def calls_of(message: Mapping[str, Any]) -> list[ToolCall]:
    """Those in a chat completion's message."""
    return [
        ToolCall(given["id"], given["function"]["name"], given["function"]["arguments"])
        for given in message.get("tool_calls") or ()
    ]
