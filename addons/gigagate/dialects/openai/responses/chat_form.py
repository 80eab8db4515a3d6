"""POST /v1/responses: a chat in the end."""

from collections.abc import Mapping
from typing import Any

from gigagate.core import compact_json
from gigagate.core.http import Content
from gigagate.core.pivot import Usage
from gigagate.dialects.openai.responses import compaction, output, resource
from gigagate.dialects.openai.responses.asked import Asked
from gigagate.dialects.openai.responses.summary_writer import SummaryWriter
from gigagate.dialects.openai.responses.writer import ResponseWriter

JSON = "application/json"


def writer(asked: Asked, now: int) -> ResponseWriter:
    """now: unix seconds."""
    of_response = (asked.echo, asked.tools, asked.request_id, asked.keep)
    if asked.compacts:
        return SummaryWriter(*of_response, now=now, client_key=asked.client_key)
    return ResponseWriter(*of_response, now=now)


def whole(asked: Asked, completion: Mapping[str, Any], tokens: Usage | None) -> Content:
    """The response object."""
    reason = completion["choices"][0]["finish_reason"]
    items = list(output.items(completion, asked.tools, asked.request_id))
    if asked.compacts:
        items, reason = [_summary(asked, completion)], "stop"
    response = asked.echo.ended(completion["created"], items, reason, tokens)
    asked.keep(response)
    return Content(JSON, compact_json.dumps(response))


def compacted(asked: Asked, completion: Mapping[str, Any], tokens: Usage | None) -> Content:
    """The answer to POST /responses/compact: what stands for the conversation from now on."""
    answer = {
        "id": output.response_id(asked.request_id),
        "object": "response.compaction",
        "created_at": completion["created"],
        "output": [*asked.user_messages(), _summary(asked, completion)],
        "usage": resource.usage(tokens or Usage(0, 0, 0)),
    }
    return Content(JSON, compact_json.dumps(answer))


def _summary(asked: Asked, completion: Mapping[str, Any]) -> dict[str, Any]:
    text = completion["choices"][0]["message"].get("content") or ""
    return compaction.item(output.item_id("cmp", asked.request_id, 0), text, asked.client_key)
