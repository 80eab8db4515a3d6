"""What becomes of every request parameter: one table, which the code obeys and the docs print.

What GigaChat cannot express is never bent silently. It is dropped with a note or, where the
answer would mean something else and `strict` is set, refused with a 400 naming the field.

temperature 0: GigaChat's range excludes 0, so the request goes without `temperature` and with
`top_p` 0, which leaves only the likeliest token at each step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.value_types import (
    Anything,
    Boolean,
    Choice,
    Number,
    Object,
    StringOrStrings,
    Strings,
    ValueType,
)

Fate = Literal[
    "kept", "renamed", "clamped", "mapped", "dropped", "refused", "emulated", "translated"
]
"""kept: passes, out of range is a 400. clamped: passes, moved into range with a note.
emulated: done by the proxy. translated: a module of its own rebuilds it."""


_ANYTHING = Anything()


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    fate: Fate
    accepts: ValueType = _ANYTHING
    target: str | None = None
    """GigaChat's name, where it differs."""
    values: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    """mapped: the client's value -> GigaChat's; None drops the parameter."""
    neutral: tuple[Any, ...] = ()
    """dropped, refused: values that ask for nothing, so nothing is lost. null always is one."""
    meaning_changes: bool = False
    """Dropping it changes what the answer means: a 400 in strict mode."""
    reason: str = ""
    """One sentence for the docs and for the error message."""


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
_BOOKKEEPING = "It does not change the answer; GigaChat has no such parameter."

TABLE: tuple[Row, ...] = (
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
    Row("response_format", "translated", reason="json_schema is flattened."),
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
        Choice(tuple(_EFFORTS)),
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
        reason="GigaChat v1 gives no log probabilities.",
    ),
    Row(
        "top_logprobs",
        "dropped",
        Number(0, 20, integer=True),
        neutral=(0,),
        meaning_changes=True,
        reason="GigaChat v1 gives no log probabilities.",
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
        reason="GigaChat v1 does not search the web.",
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
        reason="GigaChat makes one function call a turn.",
    ),
    Row(
        "stream_options",
        "emulated",
        Object(),
        reason="GigaChat always sends usage: the proxy passes it on when asked.",
    ),
    Row("verbosity", "dropped", reason=_NO_EQUIVALENT),
    Row("prediction", "dropped", reason="It only speeds OpenAI up."),
    Row("service_tier", "dropped", reason=_BOOKKEEPING),
    Row("store", "dropped", neutral=(False,), reason=_BOOKKEEPING),
    Row("metadata", "dropped", reason=_BOOKKEEPING),
    Row("user", "dropped", reason=_BOOKKEEPING),
    Row("safety_identifier", "dropped", reason=_BOOKKEEPING),
    Row("prompt_cache_key", "dropped", reason=_BOOKKEEPING),
    Row("prompt_cache_retention", "dropped", reason=_BOOKKEEPING),
)

_ROWS = {row.name: row for row in TABLE}


def translate(chat: Mapping[str, Any], policy: Policy, notes: Notes) -> dict[str, Any]:
    """GigaChat's parameters: everything but model, messages, functions and response_format.

    Raises InvalidRequest for a wrong type, UnsupportedFeature for what is refused.
    """
    translation = _Translation(policy, notes)
    for name, value in chat.items():
        translation.add(name, value)
    return translation.finished()


def stop_sequences(chat: Mapping[str, Any]) -> tuple[str, ...]:
    """`stop`, for the proxy to cut at. An empty sequence asks for nothing and is left out."""
    stop = chat.get("stop")
    if stop is None:
        return ()
    sequences: tuple[str, ...] = _ROWS["stop"].accepts.check("stop", stop)
    return tuple(filter(None, sequences))


class _Translation:
    def __init__(self, policy: Policy, notes: Notes) -> None:
        self._strict = policy.strict
        self._notes = notes
        self._body: dict[str, Any] = {}
        self._dropped: list[str] = []

    def add(self, name: str, value: Any) -> None:
        row = _ROWS.get(name)
        if row is None:
            self._dropped.append(name[:40])
        elif value is not None and row.fate != "translated":
            self._apply(row, row.accepts.check(name, value))

    def finished(self) -> dict[str, Any]:
        if self._dropped:
            self._note(f"dropped: {', '.join(self._dropped)}")
        if self._body.get("temperature") == 0:
            del self._body["temperature"]
            self._body["top_p"] = 0
            self._note("temperature 0 -> top_p 0")
        return self._body

    def _apply(self, row: Row, value: Any) -> None:
        match row.fate:
            case "kept" | "clamped":
                self._body.setdefault(row.name, self._in_range(row, value))
            case "renamed":
                assert row.target
                self._body[row.target] = self._in_range(row, value)
                self._note(f"{row.name} -> {row.target}")
            case "mapped":
                mapped = row.values[value]
                if mapped is not None:
                    self._body[row.name] = mapped
                if mapped != value:
                    self._note(f"{row.name} {value} -> {mapped or 'dropped'}")
            case "dropped" if value not in row.neutral:
                if row.meaning_changes and self._strict:
                    raise UnsupportedFeature(
                        f"{row.name} cannot be honoured. {row.reason} Leave it out; a proxy "
                        "without `strict: true` drops it by itself.",
                        param=row.name,
                    )
                self._dropped.append(row.name)
            case "refused" if value not in row.neutral:
                raise UnsupportedFeature(
                    f"{row.name} cannot be honoured. {row.reason}", param=row.name
                )

    def _in_range(self, row: Row, value: Any) -> Any:
        if not isinstance(row.accepts, Number):
            return value
        nearest = row.accepts.nearest(value)
        if nearest == value:
            return value
        if row.fate != "clamped" and (nearest is None or value < nearest):
            raise InvalidRequest(f"{row.name} must be {row.accepts.text}.", param=row.name)
        self._note(f"{row.name} was out of range -> {nearest}")
        return nearest

    def _note(self, text: str) -> None:
        self._notes.add("parameter", text)
