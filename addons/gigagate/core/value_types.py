"""What a parameter's value may be: the "type and range" column of the parameter table.

Each has `text`, for error messages and the docs, and `check`, which returns the value or raises
InvalidRequest naming the parameter. A bool is never taken for a number.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

from gigagate.core.validation import wrong_type


class ValueType(Protocol):
    @property
    def text(self) -> str: ...

    def check(self, name: str, value: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Number:
    low: float | None = None
    high: float | None = None
    low_excluded: bool = False
    integer: bool = False

    @property
    def text(self) -> str:
        kind = "an integer" if self.integer else "a number"
        if self.low is None:
            return kind
        low = f" above {self.low}" if self.low_excluded else f" from {self.low}"
        return kind + low + (f" to {self.high}" if self.high is not None else "")

    def check(self, name: str, value: Any) -> int | float:
        if isinstance(value, float) and isfinite(value):
            if not self.integer:
                return value
            if value.is_integer():
                return int(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            return value
        raise wrong_type(name, self.text, value)

    def nearest(self, value: int | float) -> int | float | None:
        """The nearest value in range; None where the range has no nearest one."""
        if self.low is not None and (value < self.low or (value == self.low and self.low_excluded)):
            return None if self.low_excluded else self.low
        return self.high if self.high is not None and value > self.high else value


@dataclass(frozen=True, slots=True)
class Boolean:
    text: str = "a boolean"

    def check(self, name: str, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise wrong_type(name, self.text, value)


@dataclass(frozen=True, slots=True)
class OneOf:
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        return "a string, one of " + ", ".join(f'"{value}"' for value in self.values)

    def check(self, name: str, value: Any) -> str:
        if isinstance(value, str) and value in self.values:
            return value
        raise wrong_type(name, self.text, value)


@dataclass(frozen=True, slots=True)
class Strings:
    """An array of strings."""

    text: str = "an array of strings"

    def check(self, name: str, value: Any) -> list[str]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        raise wrong_type(name, self.text, value)


@dataclass(frozen=True, slots=True)
class StringOrStrings:
    most: int

    @property
    def text(self) -> str:
        return f"a string or an array of at most {self.most} strings"

    def check(self, name: str, value: Any) -> tuple[str, ...]:
        texts = [value] if isinstance(value, str) else value
        if (
            isinstance(texts, list)
            and len(texts) <= self.most
            and all(isinstance(text, str) for text in texts)
        ):
            return tuple(texts)
        raise wrong_type(name, self.text, value)


@dataclass(frozen=True, slots=True)
class Object:
    text: str = "an object"

    def check(self, name: str, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        raise wrong_type(name, self.text, value)


@dataclass(frozen=True, slots=True)
class Anything:
    text: str = "anything"

    def check(self, name: str, value: Any) -> Any:
        return value
