"""Where a reference in a schema leads: JSON pointers, anchors, and the ids of embedded schemas.

RFC 6901 in a fragment: percent-decoded first, then ~1 and ~0, and list indexes. A pointer starts
at the nearest schema around it that has an $id, or at the whole where that leads nowhere, as those
who write schemas by hand often mean it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

_MAX_URI = 2000
"""Characters of an id or a base: nested ones are joined, each to what stands around it."""

_ANCHORS = {"$anchor": "#", "$dynamicAnchor": "#", "$id": "", "id": ""}
"""Keyword -> what it lacks of a fragment: draft 7 has anchors as "$id": "#name"."""


class Target(NamedTuple):
    schema: Mapping[str, Any]
    base: str
    """The URI its own references are relative to; "" for none."""


class References:
    """Those of one schema."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._found: dict[tuple[str, str], Target | None] = {}
        self._index: dict[str, Target] | None = None

    def find(self, ref: str, base: str) -> Target | None:
        """None if it leads nowhere within the schema."""
        key = (ref, base)
        if key not in self._found:
            self._found[key] = self._find(ref, base)
        return self._found[key]

    def _find(self, ref: str, base: str) -> Target | None:
        if len(ref) > _MAX_URI:
            return None
        uri, fragment = urldefrag(joined(base, ref))
        pointer = unquote(fragment)
        if pointer and not pointer.startswith("/"):
            index = self._indexed()
            return index.get(f"{uri}#{pointer}") or index.get(f"#{pointer}")
        starts: list[Target | None] = []
        if uri:
            starts.append(self._indexed().get(uri))
        if ref.startswith("#"):
            starts.append(Target(self._root, ""))
        for start in starts:
            target = start and _at(start, pointer)
            if target:
                return target
        return None

    def _indexed(self) -> dict[str, Target]:
        """URI -> schema with an id, or with an anchor behind "#".  The first one wins."""
        if self._index is None:
            self._index = _index(self._root)
        return self._index


def _index(root: Mapping[str, Any]) -> dict[str, Target]:
    index: dict[str, Target] = {}
    waiting: list[tuple[Any, str]] = [(root, "")]
    while waiting:
        node, base = waiting.pop()
        if isinstance(node, dict):
            base = base_of(node, base)
            for uri in _names(node, base):
                index.setdefault(uri, Target(node, base))
        waiting += [
            (inner, base)
            for inner in (node.values() if isinstance(node, dict) else node)
            if isinstance(inner, dict | list)
        ]
    return index


def _names(node: dict[str, Any], base: str) -> Iterator[str]:
    """What references call this very schema."""
    if base and ("$id" in node or "id" in node):
        yield base
    for keyword, before in _ANCHORS.items():
        name = node.get(keyword)
        if isinstance(name, str) and len(name) <= _MAX_URI and (before or name.startswith("#")):
            yield f"{base}{before}{name}"
            yield f"{before}{name}"


def base_of(node: Mapping[str, Any], base: str) -> str:
    """The base inside of `node`, which may have an $id of its own."""
    for keyword in ("$id", "id"):
        uri = node.get(keyword)
        if isinstance(uri, str) and uri and not uri.startswith("#"):
            return urldefrag(joined(base, uri))[0]
    return base


def joined(base: str, uri: str) -> str:
    """ "" for what is no URI or too long for one."""
    if max(len(base), len(uri)) > _MAX_URI:
        return ""
    try:
        return urljoin(base, uri) if base else uri
    except ValueError:
        return ""


def name_of(ref: str) -> str:
    """The last step of a reference, for people."""
    return unquote(ref[1:].rpartition("/")[2]) or "the whole"


def _at(start: Target, pointer: str) -> Target | None:
    node: Any = start.schema
    base = start.base
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict):
            node = node.get(key)
        elif isinstance(node, list) and key.isascii() and key.isdigit() and len(key) < 9:
            node = node[int(key)] if int(key) < len(node) else None
        else:
            return None
        if isinstance(node, dict):
            base = base_of(node, base)
    if isinstance(node, bool):
        node = {} if node else {"not": {}}
    return Target(node, base) if isinstance(node, dict) else None
