"""Request parameters as tables, which the code obeys and the docs print: one row a parameter.

What GigaChat cannot express is never bent silently. It is dropped with a note or, where the
answer would mean something else and `strict` is set, refused with a 400 naming the field.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.value_types import Anything, Number, ValueType
from gigagate.errors import InvalidRequest, UnsupportedFeature

Fate = Literal[
    "kept", "renamed", "clamped", "mapped", "dropped", "refused", "emulated", "translated"
]
"""kept: passes, out of range is a 400. clamped: passes, moved into range with a note.
emulated: done by the proxy. translated: a module of its own rebuilds it."""


_ANYTHING = Anything()


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    fate: Fate
    accepts: ValueType = _ANYTHING
    target: str | None = None
    """GigaChat's name, where it differs."""
    values: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    """mapped: the client's value -> GigaChat's; None drops the parameter."""
    neutral: tuple[Any, ...] = ()
    """dropped, refused: values that ask for nothing, so nothing is lost. null always is one."""
    meaning_changes: bool = False
    """Dropping it changes what the answer means: a 400 in strict mode."""
    reason: str = ""
    """One sentence for the docs and for the error message."""


class Table:
    def __init__(self, *rows: Row) -> None:
        self._rows = {row.name: row for row in rows}

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __getitem__(self, name: str) -> Row:
        return self._rows[name]

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def translate(self, given: Mapping[str, Any], policy: Policy, notes: Notes) -> dict[str, Any]:
        """GigaChat's parameters: all but the translated ones.

        Raises InvalidRequest for a wrong type, UnsupportedFeature for what is refused.
        """
        translation = _Translation(policy, notes)
        for name, value in given.items():
            translation.add(self._rows.get(name), name, value)
        return translation.finished()


class _Translation:
    def __init__(self, policy: Policy, notes: Notes) -> None:
        self._strict = policy.strict
        self._notes = notes
        self._body: dict[str, Any] = {}
        self._dropped: list[str] = []

    def add(self, row: Row | None, name: str, value: Any) -> None:
        if row is None:
            self._dropped.append(name[:40])
        elif value is not None and row.fate != "translated":
            self._apply(row, row.accepts.check(name, value))

    def finished(self) -> dict[str, Any]:
        if self._dropped:
            self._note(f"dropped: {', '.join(self._dropped)}")
        return self._body

    def _apply(self, row: Row, value: Any) -> None:
        match row.fate:
            case "kept" | "clamped":
                self._body.setdefault(row.name, self._in_range(row, value))
            case "renamed":
                assert row.target
                self._body[row.target] = self._in_range(row, value)
                self._note(f"{row.name} -> {row.target}")
            case "mapped":
                mapped = row.values[value]
                if mapped is not None:
                    self._body[row.name] = mapped
                if mapped != value:
                    self._note(f"{row.name} {value} -> {mapped or 'dropped'}")
            case "dropped" if value not in row.neutral:
                if row.meaning_changes and self._strict:
                    raise UnsupportedFeature(
                        f"{row.name} cannot be honoured. {row.reason} Leave it out; a proxy "
                        "without `strict: true` drops it by itself.",
                        param=row.name,
                    )
                self._dropped.append(row.name)
            case "refused" if value not in row.neutral:
                raise UnsupportedFeature(
                    f"{row.name} cannot be honoured. {row.reason}", param=row.name
                )

    def _in_range(self, row: Row, value: Any) -> Any:
        if not isinstance(row.accepts, Number):
            return value
        nearest = row.accepts.nearest(value)
        if nearest == value:
            return value
        if row.fate != "clamped" and (nearest is None or value < nearest):
            raise InvalidRequest(f"{row.name} must be {row.accepts.text}.", param=row.name)
        self._note(f"{row.name} was out of range -> {nearest}")
        return nearest

    def _note(self, text: str) -> None:
        self._notes.add("parameter", text)
