"""What becomes of every parameter of a request for a message."""

from collections.abc import Mapping
from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.parameter_table import Row, Table
from gigagate.core.policy import Policy
from gigagate.core.validation import object_at, text_at
from gigagate.core.value_types import Boolean, Number, Strings

MOST_TOKENS = 8192
"""What GigaChat's models write at most in one answer.  Claude Code asks for 32,000 and more."""
_LOW_BUDGET, _HIGH_BUDGET = 4_000, 16_000
"""Tokens of thinking from which on the effort is medium, and high."""

_NO_EQUIVALENT = "GigaChat has no such parameter."
_BOOKKEEPING = "It does not change the answer."
_CLIENTS_OWN = "The client shortens a conversation itself."

TABLE = Table(
    Row("model", "translated", reason="By alias, or by pattern: haiku is the light model."),
    Row("messages", "translated", reason="Blocks of all kinds: see below."),
    Row(
        "system",
        "translated",
        reason="The system message; Claude Code's billing block is left out.",
    ),
    Row("tools", "translated", target="functions", reason="Those the client runs: see below."),
    Row(
        "tool_choice",
        "translated",
        target="function_call",
        reason="any: as required in a chat; disable_parallel_tool_use: one call at most.",
    ),
    Row("stream", "kept", Boolean(), reason="Translated event by event."),
    Row(
        "max_tokens",
        "clamped",
        Number(1, MOST_TOKENS, integer=True),
        reason="Clients ask for more than GigaChat's models write.",
    ),
    Row("temperature", "kept", Number(0, 2), reason="0 is sent as top_p 0."),
    Row("top_p", "kept", Number(0, 1), reason="GigaChat's range is the same."),
    Row(
        "top_k",
        "dropped",
        Number(0, integer=True),
        meaning_changes=True,
        reason=_NO_EQUIVALENT,
    ),
    Row(
        "stop_sequences",
        "emulated",
        Strings(),
        reason="The proxy cuts the text at the sequence and names it in stop_sequence.",
    ),
    Row(
        "thinking",
        "translated",
        target="reasoning_effort",
        reason="enabled: low, medium or high by the budget; adaptive: as the model likes.",
    ),
    Row(
        "output_config",
        "translated",
        reason="effort: reasoning_effort, over thinking; format: response_format of a chat.",
    ),
    Row("output_format", "translated", reason="The older place of output_config.format."),
    Row("metadata", "translated", reason="The session in user_id names the prompt cache."),
    Row(
        "mcp_servers",
        "dropped",
        neutral=([],),
        meaning_changes=True,
        reason="Tools that Anthropic runs are not there.",
    ),
    Row("container", "dropped", meaning_changes=True, reason="Containers are Anthropic's."),
    Row("context_management", "dropped", reason=_CLIENTS_OWN),
    Row("cache_control", "dropped", reason="GigaChat caches by itself."),
    Row("compaction", "refused", reason="Summaries of this kind are Anthropic's."),
    Row("thread", "refused", reason="Conversations are kept by Anthropic, not here."),
    Row("service_tier", "dropped", reason=_BOOKKEEPING),
    Row("billing_policy", "dropped", reason=_BOOKKEEPING),
    Row("fallback_credit_token", "dropped", reason=_BOOKKEEPING),
    Row("speed", "dropped", reason=_BOOKKEEPING),
    Row("inference_geo", "dropped", reason=_BOOKKEEPING),
    Row("diagnostics", "dropped", reason=_BOOKKEEPING),
    Row("fallbacks", "dropped", reason="The proxy asks one model."),
)

PATHS: Mapping[str, str] = {
    "stop": "stop_sequences",
    "response_format.json_schema": "output_config.format",
    "response_format": "output_config.format",
    "reasoning_effort": "output_config.effort",
}
"""How a path in the chat begins -> how it begins in the request."""


def as_chat(asked: Mapping[str, Any], policy: Policy, notes: Notes) -> dict[str, Any]:
    """The parameters of the chat: all but model, messages and tools.  Raises ClientError."""
    chat = TABLE.translate(asked, policy, notes)
    if stop := asked.get("stop_sequences"):
        chat["stop"] = TABLE["stop_sequences"].accepts.check("stop_sequences", stop)
    config, thinking = _object(asked, "output_config"), _object(asked, "thinking")
    effort = config.get("effort")
    if effort is None:
        effort = _effort(thinking)
    if effort is not None:
        chat["reasoning_effort"] = effort
    wanted, path = config.get("format"), "output_config.format"
    if wanted is None:
        wanted, path = asked.get("output_format"), "output_format"
    if wanted is not None:
        chat["response_format"] = _format(object_at(path, wanted), path)
    return chat


def shows_thinking(asked: Mapping[str, Any]) -> bool:
    """Whether the client wants to see what the model thought.  asked: checked by `as_chat`."""
    thinking = asked.get("thinking") or {}
    return thinking.get("type", "disabled") != "disabled" and thinking.get("display") != "omitted"


def _object(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {} if asked.get(name) is None else object_at(name, asked[name])


def _effort(thinking: Mapping[str, Any]) -> str | None:
    if thinking.get("type") != "enabled":
        return None
    budget = thinking.get("budget_tokens")
    if type(budget) is not int or budget < _LOW_BUDGET:
        return "low"
    return "medium" if budget < _HIGH_BUDGET else "high"


def _format(wanted: dict[str, Any], path: str) -> dict[str, Any]:
    kind = text_at(f"{path}.type", wanted.get("type"))
    if kind != "json_schema":
        return {"type": kind}
    schema = object_at(f"{path}.schema", wanted.get("schema"))
    name = wanted.get("name")
    return {"type": kind, kind: {"name": name if name else "answer", "schema": schema}}
