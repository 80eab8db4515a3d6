"""The finer rules of single values.

A rule takes a value of the right type and returns the one to keep, or raises ValueError with what
was expected.  `Annotated[int, at_least(1)]` in the schema applies it.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from gigagate.core.models import OwnRow
from gigagate.core.policy import DEFAULT_ALIASES, DEFAULT_JSON_MODES, JsonMode

_VERSION = re.compile(r"/v\d+$")

EMPTY: Mapping[str, Any] = MappingProxyType({})
OUTSIDE: Mapping[str, object] = {"yaml": False}
"""Metadata of a dataclass field that config/gigachat.yaml may not set."""


def at_least(minimum: float) -> Callable[[float], float]:
    def rule(value: float) -> float:
        if not (math.isfinite(value) and value >= minimum):
            raise ValueError(f"expected a number of at least {minimum}")
        return value

    return rule


def more_than(bound: float) -> Callable[[float], float]:
    def rule(value: float) -> float:
        if not (math.isfinite(value) and value > bound):
            raise ValueError(f"expected a number above {bound}")
        return value

    return rule


def address(text: str) -> str:
    """An http(s) address without user, query and fragment; a trailing slash is cut off."""
    parts = _split(text)
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("expected an address without user, query and fragment")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def base_url(text: str) -> str:
    """An `address` without the version of an API: each of GigaChat's paths has its own.

    The path of the chat endpoint, pasted in by habit, is cut off too.
    """
    return _VERSION.sub("", address(address(text).removesuffix("/chat/completions")))


def link(text: str) -> str:
    """Any http(s) address, as it is."""
    return _split(text).geturl()


def not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("expected text that is not blank")
    return text.strip()


def host_names(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not name or any(sign in name for sign in "/* \t") or name.count(":") == 1:
            raise ValueError("expected host names without scheme and port, each written out")
    return tuple(name.lower().strip("[]") for name in names)


def origins(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if "://" not in name:
            raise ValueError("expected origins such as https://chat.example.com")
    return tuple(name.lower().rstrip("/") for name in names)


def with_default_aliases(aliases: Mapping[str, str]) -> Mapping[str, str]:
    own = {name.lower(): model for name, model in aliases.items()}
    return MappingProxyType({**DEFAULT_ALIASES, **own})


def with_default_json_modes(modes: Mapping[str, JsonMode]) -> Mapping[str, JsonMode]:
    others = {name: mode for name, mode in DEFAULT_JSON_MODES.items() if name not in modes}
    return MappingProxyType({**modes, **others})


def model_rows(rows: Mapping[str, OwnRow]) -> Mapping[str, OwnRow]:
    for pattern, row in rows.items():
        for name, value in asdict(row).items():
            least = 0 if name == "price" else 1
            if value is None or isinstance(value, bool):
                continue
            if not (math.isfinite(value) and value >= least):
                raise ValueError(f"{pattern}: expected {name} of at least {least}")
    return rows


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text.strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in text.strip()):
        raise ValueError("expected an address such as https://host:port/path")
    return parts
