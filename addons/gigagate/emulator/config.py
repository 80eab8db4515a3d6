"""What the emulator can be told: whom it lets in, how fast it speaks, and its switches.

A switch stands where public sources leave GigaChat's behaviour open.  Its default is the strictest
reading: a client that works against the defaults works whichever way the real server decides.
"""

import base64
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

import yaml

Scope = Literal["GIGACHAT_API_PERS", "GIGACHAT_API_B2B", "GIGACHAT_API_CORP"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


class ConfigError(ValueError):
    """A name or value that the emulator's configuration does not have."""


@dataclass(frozen=True, slots=True)
class Credential:
    """One account: what OAuth accepts, and the scope sold with it."""

    client_id: str = "00000000-0000-4000-8000-000000000001"
    client_secret: str = field(default="00000000-0000-4000-8000-000000000002", repr=False)
    scope: Scope = "GIGACHAT_API_PERS"
    user: str = ""
    password: str = field(default="", repr=False)
    certificate: str = ""
    """The common name of a client certificate that opens the account without Authorization."""

    @property
    def key(self) -> str:
        """The authorization key: base64 of id:secret, as the developer's console shows it."""
        return base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()


def _about[T](default: T, about: str) -> T:
    result: T = field(default=default, metadata={"about": about})
    return result


@dataclass(frozen=True, slots=True)
class EmulatorConfig:
    credentials: tuple[Credential, ...] = _about(
        (Credential(),), "Accounts that may ask for tokens."
    )
    script: tuple[Any, ...] = _about((), "Answers to give first, in order: a string or a mapping.")

    # Pace and limits
    token_seconds: float = _about(1800, "Life of an access token.")
    token_requests_per_second: int = _about(10, "More OAuth calls than this: 429. 0: no limit.")
    concurrency: int = _about(
        -1, "Generations at once per account. -1: 1 for a person, 10 for a company. 0: no limit."
    )
    cache_seconds: float = _about(30, "How long a session's prompt prefix stays cached.")
    context_tokens: int = _about(131072, "A longer prompt is refused: see context_overflow.")
    max_output_tokens: int = _about(8192, "A longer answer ends with finish_reason length.")
    log_limit: int = _about(1000, "Requests kept in the log.")

    # The stream
    chunk_chars: int = _about(12, "Characters of text in one event.")
    chunk_delay: float = _about(0, "Seconds between events.")
    first_token_delay: float = _about(0, "Seconds before an answer starts.")
    wire_bytes: int = _about(0, "Cut a stream into HTTP chunks of so many bytes. 0: one an event.")

    # Switches
    user_agent: Literal["required", "optional"] = _about(
        "required", "Documented for api.giga.chat; the older host may not ask for a User-Agent."
    )
    client_certificate: Literal["none", "optional", "required"] = _about(
        "none",
        "Whether TLS asks clients for a certificate of this CA; fixed at the start but for "
        "required, which the API alone demands: OAuth never does.",
    )
    oauth_bearer: Literal["refuse", "accept"] = _about(
        "refuse", "Bearer in place of Basic at OAuth: an official sample has it."
    )
    expires_at: Literal["ms", "s"] = _about("ms", "Unit of expires_at: recorded ms, prose says s.")
    models: Literal["current", "all"] = _about(
        "current", "Whether first-generation names (GigaChat, GigaChat-Pro) still answer."
    )
    unknown_fields: Literal["refuse", "ignore"] = _about(
        "refuse", "Fields GigaChat does not document, tools and tool_choice among them: 400."
    )
    null_content: Literal["refuse", "accept"] = _about("refuse", "content: null or absent: 400.")
    empty_content: Literal["refuse", "accept"] = _about(
        "refuse", 'content: "" without a function call or attachments: 422.'
    )
    developer_role: Literal["refuse", "accept"] = _about("refuse", "Role developer: 400.")
    tool_role: Literal["refuse", "accept"] = _about("refuse", "Role tool: 400.")
    repeated_role: Literal["refuse", "accept"] = _about(
        "refuse", "Two neighbours of one role, user or assistant: 422."
    )
    no_user_message: Literal["refuse", "accept"] = _about(
        "refuse", "A conversation without any user message: 422."
    )
    functions_last_message: Literal["refuse", "accept"] = _about(
        "refuse", "Functions while the last message is neither user nor function: 422."
    )
    functions_state_id: Literal["refuse", "optional", "required"] = _about(
        "refuse",
        "A function call of the history with the id it came with: 422, as of a reasoning model "
        "that planned several calls and told one.  Or it may, or must, be there.",
    )
    function_result: Literal["object", "json"] = _about(
        "object", "A function's result: a JSON object only, or any JSON."
    )
    context_overflow: Literal["413", "422"] = _about(
        "413", "A prompt that is too long: 413 Payload too large, or 422 CONTEXT_TOO_LONG."
    )
    model_stop: Literal["none", "423", "403"] = _about(
        "none", "Whether the models are switched off: 423, or 403 with words that say so."
    )
    schema_keywords: Literal["refuse", "accept"] = _about(
        "refuse", "$ref, anyOf, type lists, unknown formats and the like in parameters: 422."
    )
    zero_temperature: Literal["refuse", "accept"] = _about("refuse", "temperature: 0: 422.")
    json_object: Literal["refuse", "accept"] = _about("refuse", "response_format json_object: 400.")
    json_schema: Literal["ultra", "all", "none"] = _about(
        "ultra", "Models that take response_format json_schema: recorded for GigaChat-3-Ultra only."
    )
    file_mime: Literal["refuse", "accept"] = _about(
        "refuse", "An upload whose part has a MIME type GigaChat does not list: 400."
    )
    balance: Literal["packages", "pay_as_you_go"] = _about(
        "packages", "Pay-as-you-go accounts get 403 from /balance."
    )
    stream_call: Literal["object", "string", "pieces"] = _about(
        "object", "Streamed function_call.arguments: an object, a string, or a string in pieces."
    )
    stream_call_finish: Literal["with", "after", "missing"] = _about(
        "with", "finish_reason of a streamed call: in the same event, in the next, or never."
    )
    stream_usage: Literal["with_finish", "own_event", "none"] = _about(
        "with_finish", "Where a stream reports usage: recorded in the event with finish_reason."
    )
    stream_end: Literal["two_newlines", "one_newline"] = _about(
        "two_newlines", "What follows [DONE]: recorded two, the documentation's example has one."
    )
    v2: Literal["open", "closed", "absent"] = _about(
        "open", "Whether the account may use /v2: closed is the front server's 403, absent a 404."
    )
    v2_result_role: Literal["by_model", "tool", "function", "either"] = _about(
        "by_model",
        "The role of v2's function results: measured function for GigaChat-2, tool for GigaChat-3.",
    )
    v2_tools: Literal["public", "all", "none"] = _about(
        "public", "v2's builtin tools: the public host refuses code_interpreter with 422."
    )
    v2_forced: Literal["by_model", "accept", "refuse"] = _about(
        "by_model", "tool_config forced: measured to work, but for GigaChat-3-Lightning: 400."
    )
    v2_any: Literal["refuse", "accept"] = _about(
        "refuse", "tool_config any: SDKs have it; of the public host nothing is known."
    )
    v2_logprobs: Literal["refuse", "part", "message", "answer"] = _about(
        "refuse",
        "top_logprobs need a permission: without it, as here, a 422 whose words are a guess. Or "
        "where the answer has them: documents contradict each other.",
    )
    v2_content: Literal["parts", "either"] = _about(
        "parts", "Content of v2's messages: an array of parts only, or a string too."
    )
    v2_result: Literal["string", "either"] = _about(
        "string",
        "A function's result in v2: a string of JSON only, or an object too, as stands do.",
    )
    v2_state_id: Literal["tool_state_id", "tools_state_id"] = _about(
        "tool_state_id", "The name of the state in v2's answers: recorded so, documented otherwise."
    )
    v2_thread_id: Literal["none", "sent"] = _about(
        "none", "thread_id and message_id in v2's answers: a test of June 2026 expects them."
    )
    v2_call_ids: Literal["always", "absent"] = _about(
        "always", "Whether v2's calls have ids: the stand of June 2026 gave none."
    )
    v2_stream_call: Literal["done", "delta"] = _about(
        "done", "Where a streamed call of v2 stands: in the last event, or in one of its own."
    )
    v2_usage: Literal["done", "none"] = _about(
        "done", "Usage in v2's last event: recorded, but missing in sessions with functions."
    )
    v2_done_mark: Literal["none", "sent"] = _about(
        "none", "[DONE] behind v2's last event: not recorded, but told of."
    )
    response_headers: Literal["recorded", "bare"] = _about(
        "recorded", "The older host's headers, or hardly any: api.giga.chat's are not known."
    )
    retry_after: int = _about(0, "Retry-After of a 429 in seconds. 0: no such header.")

    def changed(self, values: Mapping[str, Any]) -> "EmulatorConfig":
        """A copy with other values, each given as itself or as text.  ConfigError if wrong."""
        return dataclasses.replace(self, **{name: _parsed(name, v) for name, v in values.items()})


_TYPES = get_type_hints(EmulatorConfig)


def load_config(file: Path) -> EmulatorConfig:
    """A YAML mapping of the names above.  ConfigError, naming what is wrong."""
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigError(f"{file} is not YAML: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{file} must hold a mapping of names to values")
    return EmulatorConfig().changed(values)


def _parsed(name: str, value: Any) -> Any:
    if name not in _TYPES:
        raise ConfigError(f"The emulator has no switch {name!r}. It has: {', '.join(_TYPES)}")
    if name in ("credentials", "script") and isinstance(value, str):
        raise ConfigError(f"{name} is a list; give it in a file")
    if name == "credentials":
        return tuple(v if isinstance(v, Credential) else Credential(**v) for v in value)
    if name == "script":
        return tuple(value)
    kind = _TYPES[name]
    choices = get_args(kind)
    if choices and value not in choices:
        raise ConfigError(f"{name} is one of {', '.join(choices)}; got {value!r}")
    if choices:
        return value
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{name} is a number; got {value!r}") from None
