"""What becomes of every parameter of a response, where it is not as in a chat completion."""

from collections.abc import Mapping
from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.parameter_table import Row, Table
from gigagate.core.policy import Policy
from gigagate.core.validation import array_at, object_at, text_at
from gigagate.core.value_types import Boolean, Number, Object, OneOf

_LOGPROBS = "message.output_text.logprobs"
_TOKENS = Number(0, 2**31 - 1, low_excluded=True, integer=True)
_NOT_HERE = "What it names is kept by OpenAI, not here."
_NO_EQUIVALENT = "GigaChat has no such parameter."

TABLE = Table(
    Row("input", "translated", reason="A text, or items: see below."),
    Row("instructions", "translated", reason="The first system message."),
    Row(
        "max_output_tokens",
        "renamed",
        _TOKENS,
        target="max_completion_tokens",
        reason="Where it cuts, the response is incomplete.",
    ),
    Row(
        "reasoning",
        "translated",
        reason="effort as reasoning_effort of a chat; the rest is dropped.",
    ),
    Row("text", "translated", reason="format as response_format of a chat; verbosity is dropped."),
    Row("tools", "translated", reason="All kinds that the client runs, as functions: see below."),
    Row("tool_choice", "translated", reason="As in a chat; a tool that is OpenAI's is refused."),
    Row(
        "previous_response_id",
        "emulated",
        reason="The proxy keeps responses for a time (responses.store).",
    ),
    Row("store", "emulated", Boolean(), reason="false: the proxy keeps nothing of this one."),
    Row(
        "prompt_cache_key",
        "emulated",
        reason="The conversation's X-Session-ID is made of it, or of the header session-id.",
    ),
    Row("conversation", "refused", reason=_NOT_HERE),
    Row("prompt", "refused", reason=_NOT_HERE),
    Row(
        "background",
        "refused",
        Boolean(),
        neutral=(False,),
        reason="A response is made while its client waits.",
    ),
    Row("background_options", "dropped", reason="They are of a response in the background."),
    Row("image", "dropped", reason="It is for OpenAI's own tool that draws."),
    Row("access_programs", "dropped", reason="They are OpenAI's."),
    Row(
        "include",
        "translated",
        reason="message.output_text.logprobs as logprobs of a chat; there is nothing more to tell.",
    ),
    Row(
        "truncation",
        "dropped",
        OneOf(("auto", "disabled")),
        neutral=("disabled",),
        reason="What is too long for the model is refused.",
    ),
    Row("stream_options", "dropped", Object(), reason="It only hides lengths from eavesdroppers."),
    Row("context_management", "dropped", reason="The client shortens a conversation itself."),
    Row("max_tool_calls", "dropped", reason="It counts calls of OpenAI's own tools."),
    Row("client_metadata", "dropped", reason="It does not change the answer."),
)

AS_IN_CHAT = (
    *("model", "stream", "temperature", "top_p", "top_logprobs", "parallel_tool_calls"),
    *("service_tier", "metadata", "user", "safety_identifier", "moderation"),
    *("prompt_cache_options", "prompt_cache_retention"),
)
"""What has the name and the meaning it has in a chat completion."""


def as_chat(asked: Mapping[str, Any], policy: Policy, notes: Notes) -> dict[str, Any]:
    """The parameters of the chat: all but messages and tools.  Raises ClientError."""
    own = {name: value for name, value in asked.items() if name not in AS_IN_CHAT}
    chat = {name: asked[name] for name in AS_IN_CHAT if asked.get(name) is not None}
    chat |= TABLE.translate(own, policy, notes)
    if (effort := _effort(asked.get("reasoning"))) is not None:
        chat["reasoning_effort"] = effort
    if (wanted := _format(asked.get("text"))) is not None:
        chat["response_format"] = wanted
    if _LOGPROBS in array_at("include", asked.get("include") or []):
        chat["logprobs"] = True
    return chat


PATHS: Mapping[str, str] = {
    "max_completion_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning.effort",
    "response_format.json_schema": "text.format",
    "response_format": "text.format",
    "tool_choice.function": "tool_choice",
}
"""How a path in the chat begins -> how it begins in the request."""


def _effort(given: object) -> object:
    return None if given is None else object_at("reasoning", given).get("effort")


def _format(given: object) -> dict[str, Any] | None:
    if given is None or (wanted := object_at("text", given).get("format")) is None:
        return None
    kind = text_at("text.format.type", object_at("text.format", wanted).get("type"))
    if kind == "text":
        return None
    if kind != "json_schema":
        return {"type": kind}
    keys = ("name", "description", "schema", "strict")
    return {"type": kind, kind: {key: wanted[key] for key in keys if wanted.get(key) is not None}}
