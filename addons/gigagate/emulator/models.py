"""The models GigaChat lists.

Current: seen by people's accounts in autumn 2026.  All: those recorded in January too, and those
that only some companies' accounts have.
"""

from typing import TypedDict


class Model(TypedDict):
    id: str
    object: str
    owned_by: str
    type: str


_CURRENT: dict[str, tuple[str, ...]] = {
    "chat": (
        "GigaChat-2",
        "GigaChat-2-Max",
        "GigaChat-2-Pro",
        "GigaChat-3-Lightning",
        "GigaChat-3-Pro",
        "GigaChat-3-Ultra",
    ),
    "embedder": ("Embeddings", "Embeddings-2", "EmbeddingsGigaR", "GigaEmbeddings-3B-2025-09"),
}
_OTHER: dict[str, tuple[str, ...]] = {
    "chat": (
        "GigaChat",
        "GigaChat-2-Max-preview",
        "GigaChat-2-Reasoning",
        "GigaChat-3.5-Ultra-Reasoning",
        "GigaChat-2-Pro-preview",
        "GigaChat-2-preview",
        "GigaChat-Max",
        "GigaChat-Max-preview",
        "GigaChat-Plus",
        "GigaChat-Pro",
        "GigaChat-Pro-preview",
        "GigaChat-preview",
    ),
    "filter": ("GigaFilter",),
    "aicheck": ("GigaCheckClassification", "GigaCheckDetection"),
}
_VERSIONS = {"GigaChat-2-Max": "2.0.30.01", "GigaChat-3-Ultra": "32.3.18.5"}
_DIMENSIONS = {"EmbeddingsGigaR": 2560, "GigaEmbeddings-3B-2025-09": 2048}
_MAX_INPUT = {"EmbeddingsGigaR": 4096, "GigaEmbeddings-3B-2025-09": 4096}


def listed(which: str) -> list[Model]:
    tables = (_CURRENT, _OTHER) if which == "all" else (_CURRENT,)
    names = [(name, type_) for table in tables for type_, ids in table.items() for name in ids]
    return [
        {"id": name, "object": "model", "owned_by": "salutedevices", "type": type_}
        for name, type_ in sorted(names)
    ]


def find(name: str, which: str, type_: str | None = None) -> Model | None:
    """The model called `Name`, `Name:version`, `Name:latest` or `Name-preview`, if listed."""
    base = name.partition(":")[0]
    known = {m["id"]: m for m in listed(which)}
    model = known.get(base) or known.get(base.removesuffix("-preview"))
    return model if model and type_ in (None, model["type"]) else None


def versioned(name: str) -> str:
    """The name that answers carry: `Name:version`."""
    base, _, version = name.partition(":")
    if version and version != "latest":
        return name
    return f"{base}:{_VERSIONS.get(base, '2.0.28.2')}"


def dimensions(embedder: str) -> int:
    return _DIMENSIONS.get(embedder, 1024)


def max_input_tokens(embedder: str) -> int:
    return _MAX_INPUT.get(embedder, 512)
