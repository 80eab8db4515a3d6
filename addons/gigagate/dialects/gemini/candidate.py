"""A whole answer as Gemini's, of one candidate, and what the pieces of a stream share with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from gigagate.core import compact_json, strict_json
from gigagate.core.logprobs import TokenLogprob
from gigagate.core.pivot import Usage
from gigagate.dialects.gemini.grounding import Grounding

FINISH_REASONS: Mapping[str, str] = {
    "stop": "STOP",
    "tool_calls": "STOP",
    "function_call": "STOP",
    "length": "MAX_TOKENS",
    "content_filter": "SAFETY",
}
"""A chat's finish_reason -> ours."""

MALFORMED = "MALFORMED_FUNCTION_CALL"
"""The model wrote no valid call: Gemini CLI then asks again."""


def answer(
    parts: list[dict[str, Any]],
    *,
    request_id: str,
    model: str,
    finish: str | None = None,
    tokens: Usage | None = None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """finish: Gemini's reason, at the end only.  more: beside the content in the candidate."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}}
    if finish is not None:
        candidate["finishReason"] = finish
    candidate["index"] = 0
    told: dict[str, Any] = {"candidates": [candidate | dict(more or {})]}
    if tokens is not None:
        told["usageMetadata"] = usage(tokens)
    return {**told, "modelVersion": model, "responseId": request_id}


def usage(tokens: Usage) -> dict[str, int]:
    """promptTokenCount has those that were in the cache too."""
    return {
        "promptTokenCount": tokens.prompt,
        "cachedContentTokenCount": tokens.cached,
        "candidatesTokenCount": tokens.completion,
        "thoughtsTokenCount": 0,
        "totalTokenCount": tokens.prompt + tokens.completion,
    }


def logprobs(tokens: Sequence[TokenLogprob]) -> dict[str, Any]:
    """The candidate's fields for them; empty where there are none."""
    if not tokens:
        return {}
    top = [{"candidates": [_likely(one) for one in token.top]} for token in tokens]
    return {
        "avgLogprobs": sum(token.logprob for token in tokens) / len(tokens),
        "logprobsResult": {
            "chosenCandidates": [_likely(token) for token in tokens],
            **({"topCandidates": top} if any(token.top for token in tokens) else {}),
        },
    }


def _likely(token: TokenLogprob) -> dict[str, Any]:
    return {"token": token.token, "logProbability": token.logprob}


def finish_reason(reason: str, *, malformed: bool) -> str:
    """malformed: a call was left out because its arguments were no JSON object."""
    found = FINISH_REASONS.get(reason, "OTHER")
    return MALFORMED if malformed and found == "STOP" else found


def call_part(call_id: str, name: str, arguments: str) -> dict[str, Any] | None:
    """None: the model's arguments are no JSON object."""
    try:
        value = strict_json.loads(arguments or "{}")
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    return {"functionCall": {"id": call_id, "name": name, "args": value}}


def whole(
    completion: Mapping[str, Any],
    tokens: Usage | None,
    *,
    request_id: str,
    model: str,
    shows_thoughts: bool,
) -> bytes:
    """completion: the chat's, of one choice."""
    choice = completion["choices"][0]
    said = choice["message"]
    parts: list[dict[str, Any]] = []
    if shows_thoughts and (thought := said.get("reasoning_content")):
        parts.append({"text": thought, "thought": True})
    if text := said.get("content"):
        parts.append({"text": text})
    grounding = Grounding()
    cited = said.get("annotations") or ()
    grounding.of_whole(said.get("tool_runs") or (), said.get("content") or "", cited)
    malformed = False
    for call in said.get("tool_calls") or ():
        part = call_part(call["id"], call["function"]["name"], call["function"]["arguments"])
        malformed = malformed or part is None
        if part is not None:
            parts.append(part)
    return compact_json.dumps(
        answer(
            parts or [{"text": ""}],
            request_id=request_id,
            model=model,
            finish=finish_reason(choice["finish_reason"], malformed=malformed),
            tokens=tokens,
            more=grounding.metadata() | logprobs(TokenLogprob.all_in(choice.get("logprobs"))),
        )
    )
