"""The settings that translation obeys, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from gigagate.core.file_policy import FilePolicy
from gigagate.core.key_owner import PROXY, KeyOwner
from gigagate.core.models import OwnRow

UnknownModel = Literal["default", "pass", "refuse"]
Reasoning = Literal["separate", "inline", "drop"]
JsonMode = Literal["native", "function"]
Api = Literal["auto", "v1", "v2"]

DEFAULT_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "gigachat": "GigaChat-2-Max",
        "gigachat-max": "GigaChat-2-Max",
        "gigachat-pro": "GigaChat-2-Pro",
        "gigachat-lite": "GigaChat-2",
    }
)

DEFAULT_JSON_MODES: Mapping[str, JsonMode] = MappingProxyType(
    {
        "GigaChat-3*": "native",
        "*": "function",
    }
)

_FILES = FilePolicy()
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Policy:
    aliases: Mapping[str, str] = DEFAULT_ALIASES
    """Client's model name, lower case, or a pattern of such names with * -> GigaChat's."""
    default_model: str = "GigaChat-2-Max"
    light_model: str = "GigaChat-2"
    """The model for names that speak of a small and quick one."""
    embedding_model: str = "Embeddings"
    """The model for embeddings whose name is unknown."""
    embeddings_batch: int = 100
    """Texts that one request for embeddings may hold."""
    unknown_models: UnknownModel = "default"
    """What a name that is neither an alias nor GigaChat's becomes."""
    models: Mapping[str, OwnRow] = _NONE
    """Pattern of GigaChat's names -> what the settings say of them.  The first that fits counts."""
    instead: Mapping[str, str] = _NONE
    """GigaChat's model -> the one that is asked in its place, for this request."""
    listed: Mapping[str, str] = _NONE
    """Names GigaChat is known to list, in lower case -> as it spells them."""
    strict: bool = False
    """Refuse with 400 what would otherwise be dropped although it changes the answer's meaning."""
    prompt_cache: bool = True
    """Derive a steady X-Session-ID per conversation."""
    reasoning: Reasoning = "separate"
    """Where what the model thought is told: in `reasoning_content`, in the content between
    <think> tags, or not at all."""
    json_modes: Mapping[str, JsonMode] = DEFAULT_JSON_MODES
    """Pattern of GigaChat's model names -> how they are made to answer in JSON.  The first that
    fits counts."""
    api: Api = "auto"
    """GigaChat's chat API: auto takes v2 only for what v1 cannot do."""
    apis: Mapping[str, Api] = _NONE
    """Pattern of GigaChat's model names -> as `api`.  The first that fits counts."""
    may_use: Sequence[str] = ()
    """GigaChat's models, or patterns of them, that the client may ask for; empty for all."""
    builtin_tools: bool = True
    """GigaChat's own tools may be used: a search sends what is searched for elsewhere."""
    source_links: bool = False
    """In chat completions the sources of a search are linked in the text too."""
    files: FilePolicy = _FILES
    seal_key: bytes = field(default=b"", repr=False)
    """Seals what a client carries for the proxy: the same wherever the client may come next."""
    key_owner: KeyOwner = PROXY
