"""Which names in an API's requests hold words of the protocol, and which hold what a person said.

By it a request is made a fixture (views/fixture.py), which can be given away.
"""

from typing import NamedTuple


class Words(NamedTuple):
    kept: frozenset[str] = frozenset()
    """Names of texts that stay: roles, types, ids, names of models and tools."""
    schemas: frozenset[str] = frozenset({"tools"})
    """Names of tools and schemas: all stays but descriptions and examples."""
    data: frozenset[str] = frozenset({"metadata"})
    """Names of JSON that is the client's own: its keys stay, every text and number goes."""
    binary: frozenset[str] = frozenset()
    """Names of base64: its first characters tell the format, and stay."""
    headers: tuple[str, ...] = ()
    """The headers of a request by which it is translated differently; in lower case."""


COMMON = frozenset({"role", "type", "id", "name", "model", "format", "detail", "media_type"})
"""Names that are kept in every API."""
