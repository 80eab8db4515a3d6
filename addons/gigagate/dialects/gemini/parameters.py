"""What becomes of every parameter of a request for content."""

from collections.abc import Mapping
from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.parameter_table import Row, Table
from gigagate.core.policy import Policy
from gigagate.core.validation import object_at, text_at
from gigagate.core.value_types import Number, Strings
from gigagate.dialects.gemini.fields import each, fields_at
from gigagate.dialects.gemini.schema import json_schema
from gigagate.errors import ClientError, InvalidRequest, UnsupportedFeature
from gigagate.gigachat.v1.parameters import LOGPROBS

MOST_TOKENS = 8192
"""What GigaChat's models write at most in one answer.  Clients made for Gemini ask for 65,536."""
_LOW_BUDGET, _HIGH_BUDGET = 4_000, 16_000
"""Tokens of thinking from which on the effort is medium, and high."""
_LEVELS = ("minimal", "low", "medium", "high")

_NO_EQUIVALENT = "GigaChat has no such parameter."
_BOOKKEEPING = "It does not change the answer."
_TEXT_ONLY = "GigaChat answers with text only."

TABLE = Table(
    Row("model", "translated", reason="The path's counts; by alias, or by pattern: see below."),
    Row("contents", "translated", reason="Parts of all kinds: see below."),
    Row("systemInstruction", "translated", reason="The system message."),
    Row("tools", "translated", target="functions", reason="Those the client runs: see below."),
    Row(
        "toolConfig",
        "translated",
        target="function_call",
        reason="ANY: as required in a chat; allowedFunctionNames leave the others out.",
    ),
    Row("generationConfig", "translated", reason="In the table below."),
    Row(
        "cachedContent",
        "refused",
        reason="What it names is kept by Google; GigaChat caches by itself.",
    ),
    Row("safetySettings", "dropped", reason="GigaChat filters by rules of its own."),
    Row("labels", "dropped", reason=_BOOKKEEPING),
    Row("serviceTier", "dropped", reason=_BOOKKEEPING),
    Row("store", "dropped", reason="The proxy keeps nothing of these requests."),
)

CONFIG = Table(
    Row("temperature", "kept", Number(0, 2), reason="0 is sent as top_p 0."),
    Row("topP", "kept", Number(0, 1), reason="GigaChat's range is the same."),
    Row(
        "maxOutputTokens",
        "clamped",
        Number(1, MOST_TOKENS, integer=True),
        reason="Clients ask for more than GigaChat's models write.",
    ),
    Row(
        "stopSequences",
        "emulated",
        Strings(),
        reason="The proxy cuts the text at the sequence.",
    ),
    Row(
        "responseMimeType",
        "translated",
        reason="application/json: as JSON in a chat; text/x.enum is a 400.",
    ),
    Row("responseSchema", "translated", reason="Google's form becomes JSON Schema."),
    Row("responseJsonSchema", "translated", reason="As json_schema in a chat."),
    Row("responseFormat", "translated", reason="Its text, as mimeType and schema say."),
    Row(
        "thinkingConfig",
        "translated",
        target="reasoning_effort",
        reason="By thinkingLevel or the budget; thoughts are told where includeThoughts asks.",
    ),
    Row(
        "topK",
        "dropped",
        Number(0),
        meaning_changes=True,
        reason=_NO_EQUIVALENT,
    ),
    Row(
        "candidateCount",
        "dropped",
        Number(1, 8, integer=True),
        neutral=(1,),
        meaning_changes=True,
        reason="GigaChat gives one answer a request.",
    ),
    Row("seed", "dropped", Number(integer=True), meaning_changes=True, reason=_NO_EQUIVALENT),
    Row(
        "presencePenalty",
        "dropped",
        Number(),
        neutral=(0,),
        meaning_changes=True,
        reason=_NO_EQUIVALENT,
    ),
    Row(
        "frequencyPenalty",
        "dropped",
        Number(),
        neutral=(0,),
        meaning_changes=True,
        reason=_NO_EQUIVALENT,
    ),
    Row("responseLogprobs", "translated", reason=f"As logprobs in a chat. {LOGPROBS}"),
    Row("logprobs", "translated", reason="As top_logprobs in a chat."),
    Row(
        "responseModalities",
        "refused",
        Strings(),
        neutral=([], ["TEXT"], ["text"], ["Text"]),
        reason=_TEXT_ONLY,
    ),
    Row("speechConfig", "dropped", meaning_changes=True, reason=_TEXT_ONLY),
    Row("imageConfig", "dropped", meaning_changes=True, reason=_TEXT_ONLY),
    Row("enableAffectiveDialog", "dropped", reason=_TEXT_ONLY),
    Row("audioTranscriptionConfig", "dropped", reason=_NO_EQUIVALENT),
    Row("translationConfig", "dropped", reason=_NO_EQUIVALENT),
    Row("mediaResolution", "dropped", reason=_NO_EQUIVALENT),
    Row("audioTimestamp", "dropped", reason=_NO_EQUIVALENT),
    Row("enableEnhancedCivicAnswers", "dropped", reason=_BOOKKEEPING),
    Row("routingConfig", "dropped", reason="The proxy asks one model."),
    Row("modelSelectionConfig", "dropped", reason="The proxy asks one model."),
)

_CONFIG = "generationConfig"
_IN_A_CHAT: Mapping[str, str] = {"topP": "top_p", "maxOutputTokens": "max_tokens"}
"""What has another name in a chat."""

PATHS: Mapping[str, str] = {
    "stop": f"{_CONFIG}.stopSequences",
    "response_format.json_schema": f"{_CONFIG}.responseSchema",
    "response_format": f"{_CONFIG}.responseMimeType",
    "reasoning_effort": f"{_CONFIG}.thinkingConfig",
    "temperature": f"{_CONFIG}.temperature",
    "top_p": f"{_CONFIG}.topP",
    "max_tokens": f"{_CONFIG}.maxOutputTokens",
    "top_logprobs": f"{_CONFIG}.logprobs",
    "logprobs": f"{_CONFIG}.responseLogprobs",
    "tool_choice": "toolConfig.functionCallingConfig",
}
"""How a path in the chat begins -> where that is in the request."""


def as_chat(asked: Mapping[str, Any], policy: Policy, notes: Notes) -> dict[str, Any]:
    """The parameters of the chat: all but model, messages and tools.  asked: the request's fields.

    Raises ClientError.
    """
    TABLE.translate(asked, policy, notes)
    config = dict(fields_at(_CONFIG, asked.get(_CONFIG)))
    config.setdefault("responseJsonSchema", config.pop("_responseJsonSchema", None))
    try:
        kept = CONFIG.translate(config, policy, notes)
    except ClientError as error:
        raise error.moved(lambda name: f"{_CONFIG}.{name}") from None
    chat = {_IN_A_CHAT.get(name, name): value for name, value in kept.items()}
    if stop := config.get("stopSequences"):
        chat["stop"] = stop
    if (effort := _effort(_thinking(config))) is not None:
        chat["reasoning_effort"] = effort
    if (wanted := _format(config)) is not None:
        chat["response_format"] = wanted
    for name, in_chat in (("responseLogprobs", "logprobs"), ("logprobs", "top_logprobs")):
        if config.get(name) is not None:
            chat[in_chat] = config[name]
    return chat


def shows_thoughts(asked: Mapping[str, Any]) -> bool:
    """Whether the client wants to see what the model thought.  asked: checked by `as_chat`."""
    return _thinking(fields_at(_CONFIG, asked.get(_CONFIG))).get("includeThoughts") is True


def _thinking(config: Mapping[str, Any]) -> Mapping[str, Any]:
    return fields_at(f"{_CONFIG}.thinkingConfig", config.get("thinkingConfig"))


def _effort(thinking: Mapping[str, Any]) -> str | None:
    if (level := thinking.get("thinkingLevel")) is not None:
        path = f"{_CONFIG}.thinkingConfig.thinkingLevel"
        level = text_at(path, level).lower()
        if level == "thinking_level_unspecified":
            return None
        if level not in _LEVELS:
            raise InvalidRequest(f"{path} must be one of {', '.join(_LEVELS)}.", param=path)
        return level
    budget = thinking.get("thinkingBudget")
    if type(budget) is not int or budget < 0:
        return None
    if budget < _LOW_BUDGET:
        return "low" if budget else "none"
    return "medium" if budget < _HIGH_BUDGET else "high"


def _format(config: Mapping[str, Any]) -> dict[str, Any] | None:
    path = f"{_CONFIG}.responseMimeType"
    kind, schema = config.get("responseMimeType"), _schema(config)
    for given, at in each(config.get("responseFormat"), f"{_CONFIG}.responseFormat"):
        if (text := fields_at(at, given).get("text")) is not None:
            wanted = fields_at(f"{at}.text", text)
            kind = kind or wanted.get("mimeType")
            if wanted.get("schema") is not None:
                schema = object_at(f"{at}.text.schema", wanted["schema"])
    kind = text_at(path, kind or "").lower().replace("_", "/")
    if kind == "text/plain" or (not kind and schema is None):
        return None
    if kind not in ("application/json", ""):
        raise UnsupportedFeature(
            f"{path} must be text/plain or application/json: GigaChat answers in no other form.",
            param=path,
        )
    if schema is None:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def _schema(config: Mapping[str, Any]) -> dict[str, Any] | None:
    if (plain := config.get("responseJsonSchema")) is not None:
        return object_at(f"{_CONFIG}.responseJsonSchema", plain)
    if (googles := config.get("responseSchema")) is not None:
        return json_schema(object_at(f"{_CONFIG}.responseSchema", googles))
    return None
