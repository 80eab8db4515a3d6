"""GigaChat's refusals, and what stands before it, as our errors: its status, its words.

GigaChat v1 says {"status", "message"}, or {"status_code", "message"} midway in a stream; the OAuth
side {"code", "message"}; its gateways {"message"}, an HTML page or nothing at all.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any

from gigagate.core import strict_json
from gigagate.core.key_owner import PROXY, KeyOwner
from gigagate.core.redact import mask
from gigagate.errors import (
    TRY_AGAIN,
    ContextLengthExceeded,
    CredentialsRejected,
    GigaGateError,
    UpstreamError,
    UpstreamProtocolError,
    UpstreamRateLimited,
    UpstreamRejected,
    UpstreamTimeout,
    UpstreamUnavailable,
)

MAX_WORDS = 500
"""Characters kept of a message; a page is shortened to EXCERPT."""
EXCERPT = 120
A_DAY = 86400

_REJECTED: Mapping[int, tuple[str, str | None, str]] = {
    402: ("insufficient_quota", None, "The tokens paid for on {account} are used up."),
    403: ("permission_denied", None, "That is not open to {account}."),
    404: ("not_found", None, ""),
    413: ("request_too_large", None, "The request is larger than GigaChat takes."),
}
"""Status -> code, param, what to do; {account}: whose.  Other 4xx speak for themselves."""

_SERVER_ERRORS: Mapping[int, type[UpstreamError]] = {
    502: UpstreamProtocolError,
    503: UpstreamUnavailable,
    504: UpstreamTimeout,
}

_TOO_LONG = re.compile(
    r"""
      \b tokens? [ _] limit
    | (?<! max_ ) \b tokens \b .{0,40} \b exceed
    | exceed \w{0,8} \b .{0,40} \b (?: context | tokens )
    | too [ ] many [ ] tokens
    | context [ _] (?: length | window | limit | size | too [ _] long )
    | maximum [ ] context
    | (?: prompt | input | request | text ) \b .{0,20} too [ ] long
    | (?: контекст | токен ) .{0,60} превы | превы .{0,60} (?: контекст | токен )
    | ^ unprocessable [ ] entity \W* $
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Wording of a context overflow.  The bare "Unprocessable Entity" is what GigaChat's list of
errors gives for a text larger than the model's context; its other 422 say what is invalid."""

TOLD_TOO_LONG = "This model's maximum context length is exceeded."
"""Begins as OpenAI's own message does: litellm, and aider with it, knows an overflow by these
words alone, whatever the code says."""

_SWITCHED_OFF = re.compile(r"temporarily unavailable due to technical reasons", re.IGNORECASE)
"""Wording of a 403 that means the model, not the account; a 423 means it whatever it says."""

LIMITED_BY_CONTEXT: Mapping[str, str] = {"chat": "messages", "embeddings": "input"}
"""Operation -> what is too long there, in the pivot.
To these "Payload too large", whoever says so, means that
the client must shorten it, so it is told as the overflow its client knows."""

_TAG = re.compile(r"<[^<>]*+>")
_UNSEEN = re.compile(r"<(/?)(script|style|head)\b", re.IGNORECASE)
"""Where something begins or ends that a page does not show."""
_SECONDS = re.compile(r"\d+(\.\d*)?", re.ASCII)
_TITLE = re.compile(r"<title>([^<]*+)</title>", re.IGNORECASE)


def from_answer(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: int,
    operation: str = "",
    owner: KeyOwner = PROXY,
) -> GigaGateError:
    """The error for an answer that is no success.

    now: unix seconds, for a Retry-After date.  operation: as in the table of routes.
    """
    error = from_words(status, words(body), operation, owner)
    if error.status == 429 or error.status >= 500:
        error.retry_after = _retry_after(headers, now)
    return error


def from_event(event: Mapping[str, Any], owner: KeyOwner = PROXY) -> GigaGateError:
    """The error for an error object that stands where an answer should be."""
    inner = event.get("error")
    said = inner if isinstance(inner, dict) else event
    status = said.get("status", said.get("status_code", said.get("code")))
    if not (isinstance(status, int) and 400 <= status <= 599):
        status = 502
    return from_words(status, _message(said), owner=owner)


def from_words(
    status: int, said: str, operation: str = "", owner: KeyOwner = PROXY
) -> GigaGateError:
    quoted = f"GigaChat: {said}" if said else f"GigaChat answered {status} without a message"
    quoted = quoted if quoted.endswith((".", "!", "?", "…")) else f"{quoted}."
    if status == 401:
        return CredentialsRejected(
            f"GigaChat rejected {owner.key} ({said or status}). {owner.fix}", code=owner.code
        )
    if status == 429:
        return UpstreamRateLimited(
            f"{quoted} GigaChat takes one request at a time for a person, ten for a company; "
            "wait a moment and send it again."
        )
    too_large = status == 413 and operation in LIMITED_BY_CONTEXT
    if too_large or (status in (400, 413, 422) and _TOO_LONG.search(said)):
        return ContextLengthExceeded(
            f"{quoted} {TOLD_TOO_LONG} Shorten the input, or start anew.",
            param=LIMITED_BY_CONTEXT.get(operation, "messages"),
        )
    if status == 423 or (status == 403 and _SWITCHED_OFF.search(said)):
        return UpstreamRejected(
            f"{quoted} The model is switched off at GigaChat for now: choose another one "
            "(GET /v1/models lists what there is), or come back later.",
            status=status,
            code="model_unavailable",
            param="model",
        )
    if status == 404 and "model" in said.lower():
        return UpstreamRejected(
            f"{quoted} GET /v1/models lists what there is.",
            status=404,
            code="model_not_found",
            param="model",
        )
    if 400 <= status <= 499:
        code, param, advice = _REJECTED.get(status, (None, None, ""))
        return UpstreamRejected(
            f"{quoted} {advice.format(account=owner.account)}".rstrip(),
            status=status,
            code=code,
            param=param,
        )
    if 500 <= status <= 599:
        kind = _SERVER_ERRORS.get(status, UpstreamError)
        return kind(
            f"{quoted} The fault is on GigaChat's side; try again.",
            status=status,
            code=kind.code or "upstream_failed",
        )
    return unexpected(f"an answer with status {status}", said)


def unexpected(what: str, excerpt: str | bytes = "") -> UpstreamProtocolError:
    """GigaChat sent something else than it should have."""
    if isinstance(excerpt, bytes):
        excerpt = _plain(excerpt)
    shown = f": {excerpt[:EXCERPT]!r}" if excerpt else ""
    return UpstreamProtocolError(f"GigaChat sent {what}{mask(shown)}. {TRY_AGAIN}.")


def words(body: bytes) -> str:
    """What an error body says to a person, with nothing secret in it; "" if it says nothing."""
    try:
        parsed = strict_json.loads(body.decode())
    except ValueError:
        return _plain(body)
    return _message(parsed) if isinstance(parsed, dict) else ""


def _message(body: Mapping[str, Any]) -> str:
    for name in ("message", "error", "detail", "error_description"):
        said = body.get(name)
        if isinstance(said, dict):
            said = _message(said)
        if isinstance(said, str) and said.strip():
            return _shortened(said, MAX_WORDS)
    return ""


def _plain(body: bytes) -> str:
    """The title or the first words of an HTML page; of other text, its first words."""
    text = body[:4096].decode(errors="replace")
    if "<" in text:
        title = _TITLE.search(text)
        text = title[1] if title else _TAG.sub(" ", _shown(text))
    return _shortened(text, EXCERPT)


def _shown(page: str) -> str:
    """Without scripts and the like, each up to the first end of its kind."""
    shown, at, inside = [], 0, ""
    for mark in _UNSEEN.finditer(page):
        closes, kind = bool(mark[1]), mark[2].lower()
        if not inside and not closes:
            shown.append(page[at : mark.start()])
            inside = kind
        elif closes and kind == inside:
            at, inside = mark.start(), ""
    if not inside:
        shown.append(page[at:])
    return " ".join(shown)


def _shortened(text: str, limit: int) -> str:
    text = mask(" ".join(text.split()))
    return text if len(text) <= limit else f"{text[:limit]}…"


def _retry_after(headers: Mapping[str, str], now: int) -> int | None:
    """Seconds.  RFC 9110 §10.2.3: a number of seconds or a date."""
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), "").strip()
    if _SECONDS.fullmatch(value):
        seconds = float(value)
    else:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return ceil(min(max(seconds, 0), A_DAY))
