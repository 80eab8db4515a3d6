"""What is known of each model: the one table that every list of models is made of.

GigaChat's own list tells names and nothing else, so that a client could not know when to make a
conversation shorter, or whether to send a picture.  Rows of the settings win over these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import NamedTuple

_DOCUMENTED = "GigaChat's documentation; of the answer, what other clients assume"
_BUILD = "as the second-generation model whose build it has"
_OTHERS = "what other clients assume"
_GUESS = "nothing is published: as most models"


class Model(NamedTuple):
    context_window: int = 131_072
    """Tokens of question and answer together."""
    max_output: int = 8_192
    """Tokens of an answer."""
    pictures: bool = True
    functions: bool = True
    embeds: bool = False
    """It makes embeddings, and does not talk."""
    price: float | None = None
    """Roubles for a million tokens; None: GigaChat publishes none that we could read."""
    source: str = _GUESS


@dataclass(frozen=True, slots=True)
class OwnRow:
    """What the settings say of models; None: as in the table here."""

    context_window: int | None = None
    max_output: int | None = None
    pictures: bool | None = None
    functions: bool | None = None
    price: float | None = None


_BLIND = Model(pictures=False, source=_DOCUMENTED)
_SEEING = Model(source=_DOCUMENTED)

_NAMED: Mapping[str, Model] = MappingProxyType(
    {
        "GigaChat": Model(pictures=False),
        "GigaChat-Plus": Model(pictures=False),
        "GigaChat-Pro": Model(),
        "GigaChat-Max": Model(),
        "GigaChat-2": _BLIND,
        "GigaChat-2-Pro": _SEEING,
        "GigaChat-2-Max": _SEEING,
        "GigaChat-2-Reasoning": Model(),
        "GigaChat-3-Lightning": _BLIND._replace(source=_BUILD),
        "GigaChat-3-Pro": _SEEING._replace(source=_BUILD),
        "GigaChat-3-Ultra": _SEEING._replace(source=_BUILD),
        "GigaChat-3.5": _SEEING._replace(source=_BUILD),
        "GigaChat-3.5-Ultra-Reasoning": Model(),
    }
)
KNOWN = tuple(_NAMED)
"""Names of models that talk, as GigaChat spells them; each also exists as "-preview"."""

_EMBEDDER = Model(512, 0, pictures=False, functions=False, embeds=True, source=_OTHERS)
_LONG_EMBEDDER = _EMBEDDER._replace(context_window=4_096)
_EMBEDDERS: Mapping[str, Model] = MappingProxyType(
    {
        "Embeddings": _EMBEDDER,
        "Embeddings-2": _EMBEDDER,
        "EmbeddingsGigaR": _LONG_EMBEDDER,
        "GigaEmbeddings-3B-2025-09": _LONG_EMBEDDER,
    }
)
KNOWN_EMBEDDERS = tuple(_EMBEDDERS)

_BY_NAME = {name.lower(): model for name, model in {**_NAMED, **_EMBEDDERS}.items()}


def of(name: str, own: Mapping[str, OwnRow] = MappingProxyType({})) -> Model:
    """name: GigaChat's, in any case of letters, with or without a version or "-preview".

    own: pattern of names -> what the settings say; the first that fits counts.
    """
    base = name.partition(":")[0].lower()
    plain = base.removesuffix("-preview")
    model = _BY_NAME.get(plain) or (_EMBEDDER if "embed" in plain else Model())
    for pattern, row in own.items():
        if fnmatchcase(base, pattern.lower()) or fnmatchcase(plain, pattern.lower()):
            return _laid_over(model, row)
    return model


def _laid_over(model: Model, row: OwnRow) -> Model:
    said = {one.name: getattr(row, one.name) for one in fields(row)}
    said = {name: value for name, value in said.items() if value is not None}
    return model._replace(**said, source="the settings") if said else model
