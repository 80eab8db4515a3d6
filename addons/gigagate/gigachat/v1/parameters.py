"""What becomes of every parameter of a chat completion.

temperature 0: GigaChat's range excludes 0, so the request goes without `temperature` and with
`top_p` 0, which leaves only the likeliest token at each step.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.parameter_table import Row, Table
from gigagate.core.policy import Policy
from gigagate.core.value_types import (
    Boolean,
    Number,
    Object,
    OneOf,
    StringOrStrings,
    Strings,
)

_INT32_MAX = 2**31 - 1
_TOKENS = Number(0, _INT32_MAX, low_excluded=True, integer=True)
_PENALTY = Number(-2, 2)
_EFFORTS: Mapping[str, str | None] = MappingProxyType(
    {
        "none": None,
        "minimal": "low",
        "low": "low",
        "medium": "medium",
        "high": "high",
        "xhigh": "high",
        "max": "high",
    }
)
_NO_EQUIVALENT = "GigaChat has no such parameter."
LOGPROBS = "GigaChat v2 is asked for them; most accounts are refused, and v1 has none."
_BOOKKEEPING = "It does not change the answer; GigaChat has no such parameter."

TABLE = Table(
    Row("model", "translated", reason="Through the alias table."),
    Row("messages", "translated", reason="To GigaChat's roles, order and string contents."),
    Row("tools", "translated", target="functions", reason="Each schema is cleaned."),
    Row(
        "tool_choice",
        "translated",
        target="function_call",
        reason="required: one function is forced by name, several by an instruction.",
    ),
    Row("functions", "translated", reason="OpenAI's older form of tools; GigaChat's own."),
    Row("function_call", "translated", reason="OpenAI's older form of tool_choice."),
    Row(
        "response_format",
        "translated",
        reason="To GigaChat's json_schema, a forced function or an instruction: see below.",
    ),
    Row("stream", "kept", Boolean(), reason="Translated event by event."),
    Row(
        "temperature",
        "clamped",
        Number(0, 2),
        reason="0 is sent as top_p 0: GigaChat's temperature must be above 0.",
    ),
    Row("top_p", "clamped", Number(0, 1), reason="GigaChat's range is the same."),
    Row("max_tokens", "kept", _TOKENS, reason="A bound beyond 32 bits is lowered."),
    Row(
        "max_completion_tokens",
        "renamed",
        _TOKENS,
        target="max_tokens",
        reason="Wins over max_tokens where both are given.",
    ),
    Row(
        "reasoning_effort",
        "mapped",
        OneOf(tuple(_EFFORTS)),
        values=_EFFORTS,
        reason="GigaChat knows low, medium and high.",
    ),
    Row("repetition_penalty", "kept", Number(0, low_excluded=True), reason="GigaChat's own."),
    Row("update_interval", "kept", Number(0), reason="GigaChat's own: seconds between chunks."),
    Row("profanity_check", "kept", Boolean(), reason="GigaChat's own."),
    Row("flags", "kept", Strings(), reason="GigaChat's own."),
    Row("function_ranker", "kept", Object(), reason="GigaChat's own."),
    Row(
        "stop",
        "emulated",
        StringOrStrings(16),
        reason="GigaChat has none: the proxy cuts the text at the sequence itself.",
    ),
    Row(
        "n",
        "dropped",
        Number(1, 128, integer=True),
        neutral=(1,),
        meaning_changes=True,
        reason="GigaChat gives one answer a request.",
    ),
    Row("seed", "dropped", Number(integer=True), meaning_changes=True, reason=_NO_EQUIVALENT),
    Row(
        "frequency_penalty",
        "dropped",
        _PENALTY,
        neutral=(0,),
        meaning_changes=True,
        reason="GigaChat's repetition_penalty has another scale; send that one instead.",
    ),
    Row(
        "presence_penalty",
        "dropped",
        _PENALTY,
        neutral=(0,),
        meaning_changes=True,
        reason="GigaChat's repetition_penalty has another scale; send that one instead.",
    ),
    Row(
        "logit_bias",
        "dropped",
        Object(),
        neutral=({},),
        meaning_changes=True,
        reason=_NO_EQUIVALENT,
    ),
    Row(
        "logprobs",
        "dropped",
        Boolean(),
        neutral=(False,),
        meaning_changes=True,
        reason=LOGPROBS,
    ),
    Row(
        "top_logprobs",
        "dropped",
        Number(0, 20, integer=True),
        neutral=(0,),
        meaning_changes=True,
        reason=LOGPROBS,
    ),
    Row(
        "modalities",
        "refused",
        Strings(),
        neutral=(["text"], []),
        reason="GigaChat answers with text only.",
    ),
    Row("audio", "refused", Object(), reason="GigaChat answers with text only."),
    Row(
        "web_search_options",
        "dropped",
        meaning_changes=True,
        reason="GigaChat v1 does not search the web; v2 is asked where it may be, see below.",
    ),
    Row(
        "storage",
        "dropped",
        meaning_changes=True,
        reason="Threads kept by GigaChat would be open to everyone who uses the proxy's key.",
    ),
    Row(
        "parallel_tool_calls",
        "dropped",
        neutral=(True, False),
        reason="GigaChat v1 makes one function call a turn; v2 is told; of several calls only the "
        "first is passed on to who wants one.",
    ),
    Row(
        "stream_options",
        "emulated",
        Object(),
        reason="GigaChat always sends usage: the proxy passes it on when asked.",
    ),
    Row(
        "moderation",
        "dropped",
        Object(),
        meaning_changes=True,
        reason="GigaChat filters by rules of its own.",
    ),
    Row("verbosity", "dropped", reason=_NO_EQUIVALENT),
    Row("prediction", "dropped", reason="It only speeds OpenAI up."),
    Row("service_tier", "dropped", reason=_BOOKKEEPING),
    Row("store", "dropped", neutral=(False,), reason=_BOOKKEEPING),
    Row("metadata", "dropped", reason=_BOOKKEEPING),
    Row("user", "dropped", reason=_BOOKKEEPING),
    Row("safety_identifier", "dropped", reason=_BOOKKEEPING),
    Row("prompt_cache_key", "dropped", reason=_BOOKKEEPING),
    Row("prompt_cache_options", "dropped", reason=_BOOKKEEPING),
    Row("prompt_cache_retention", "dropped", reason=_BOOKKEEPING),
)


def translate(chat: Mapping[str, Any], policy: Policy, notes: Notes) -> dict[str, Any]:
    """GigaChat's parameters: everything but model, messages, functions and response_format.

    Raises InvalidRequest for a wrong type, UnsupportedFeature for what is refused.
    """
    body = TABLE.translate(chat, policy, notes)
    if body.get("temperature") == 0:
        del body["temperature"]
        body["top_p"] = 0
        notes.add("parameter", "temperature 0 -> top_p 0")
    return body


def stop_sequences(chat: Mapping[str, Any]) -> tuple[str, ...]:
    """`stop`, for the proxy to cut at. An empty sequence asks for nothing and is left out."""
    stop = chat.get("stop")
    if stop is None:
        return ()
    sequences: tuple[str, ...] = TABLE["stop"].accepts.check("stop", stop)
    return tuple(filter(None, sequences))
