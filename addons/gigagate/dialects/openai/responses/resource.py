"""The response object: what it repeats of the request, and what has come of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from gigagate.core.pivot import Usage
from gigagate.errors import ClientError, ContextLengthExceeded, GigaGateError

Item = Mapping[str, Any]

_DEFAULTS: Mapping[str, Any] = {
    "background": False,
    "completed_at": None,
    "error": None,
    "frequency_penalty": 0,
    "incomplete_details": None,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "presence_penalty": 0,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "safety_identifier": None,
    "service_tier": "default",
    "store": True,
    "temperature": 1,
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1,
    "truncation": "disabled",
    "usage": None,
    "user": None,
}
_ENDS: Mapping[str, str] = {"length": "max_output_tokens", "content_filter": "content_filter"}
"""A chat's finish_reason -> why the response is incomplete.  With any other it is completed."""


class Echo:
    """What every form of one response has in common."""

    def __init__(self, asked: Mapping[str, Any], response_id: str) -> None:
        """asked: the request, checked."""
        self.id = response_id
        repeated = {k: asked[k] for k in _DEFAULTS if asked.get(k) is not None}
        if repeated.get("service_tier") == "auto":
            del repeated["service_tier"]
        self._fields = {**_DEFAULTS, **repeated, **_detailed(asked)}
        self._fields["model"] = asked.get("model", "")

    def begun(self, created: int) -> dict[str, Any]:
        return self._response(created, "in_progress", [])

    def ended(
        self, created: int, output: Sequence[Item], reason: str, tokens: Usage | None
    ) -> dict[str, Any]:
        why = _ENDS.get(reason)
        response = self._response(created, "incomplete" if why else "completed", output)
        response["usage"] = usage(tokens) if tokens else None
        if why:
            response["incomplete_details"] = {"reason": why}
        else:
            response["completed_at"] = created
        return response

    def failed(self, created: int, output: Sequence[Item], error: GigaGateError) -> dict[str, Any]:
        told = {"code": error_code(error), "message": error.message}
        return self._response(created, "failed", output) | {"error": told}

    def _response(self, created: int, status: str, output: Sequence[Item]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "response",
            "created_at": created,
            "status": status,
            **self._fields,
            "output": list(output),
        }


def usage(tokens: Usage) -> dict[str, Any]:
    return {
        "input_tokens": tokens.prompt,
        "input_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": 0},
        "output_tokens": tokens.completion,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens.prompt + tokens.completion,
    }


def error_code(error: GigaGateError) -> str:
    """One of the few that a response's error may have: clients stop or repeat by it."""
    if error.status == 429:
        return "rate_limit_exceeded"
    at_fault = isinstance(error, ClientError) or error.code == ContextLengthExceeded.code
    return "invalid_prompt" if at_fault else "server_error"


def _detailed(asked: Mapping[str, Any]) -> dict[str, Any]:
    reasoning = asked.get("reasoning") or {}
    text = asked.get("text") or {}
    return {
        "reasoning": {"effort": reasoning.get("effort"), "summary": reasoning.get("summary")},
        "text": {"format": _format(text.get("format")), **_verbosity(text)},
        "tools": [_tool(tool) for tool in asked.get("tools") or ()],
    }


def _tool(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    if tool.get("type") != "function":
        return tool
    return {"description": None, "parameters": None, "strict": None, **tool}


def _format(wanted: Mapping[str, Any] | None) -> dict[str, Any]:
    if not wanted:
        return {"type": "text"}
    if wanted.get("type") != "json_schema":
        return dict(wanted)
    return {"description": None, **wanted, "strict": bool(wanted.get("strict"))}


def _verbosity(text: Mapping[str, Any]) -> dict[str, Any]:
    return {"verbosity": text["verbosity"]} if text.get("verbosity") else {}
