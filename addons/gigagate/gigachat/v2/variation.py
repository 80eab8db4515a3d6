"""Points in which GigaChat's models and accounts differ on v2, and which of them to try first.

What is refused is asked otherwise, and that is remembered for the model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from gigagate.core.in_hand import InHand


@dataclass(frozen=True, slots=True)
class Variation:
    role: Literal["tool", "function"] = "tool"
    """The role of the message with results of functions."""
    forced: bool = True
    """A tool can be forced."""
    any_of: bool = True
    """A call of any of several functions can be demanded."""
    logprobs: bool = True
    """Log probabilities may be asked for."""
    without: frozenset[str] = frozenset()
    """Kinds of builtin tools that are not there."""

    @classmethod
    def of(cls, model: str, call: InHand) -> "Variation":
        """What has been learnt of a model."""

        def known(fact: str) -> bool:
            return call.learnt.has(f"{model}: {fact}", call.now)

        without = frozenset(kind for kind in _KINDS if known(f"no {kind}"))
        refused = [point for point in _OTHERWISE if known(point)]
        return cls(without=without).otherwise(*refused)

    def otherwise(self, *points: str) -> "Variation":
        """The same where some points are refused.  points: the names of their fields."""
        changes: dict[str, Any] = {point: _OTHERWISE[point] for point in points}
        return replace(self, **changes)

    def learn(self, model: str, call: InHand) -> None:
        """What does not hold is forgotten: a guess before this one did not help."""
        for point, value in _OTHERWISE.items():
            if getattr(self, point) == value:
                call.learnt.add(f"{model}: {point}", call.now)
            else:
                call.learnt.forget(f"{model}: {point}")
        for kind in sorted(self.without):
            call.learnt.add(f"{model}: no {kind}", call.now)

    def unlearn(self, model: str, call: InHand) -> None:
        """All that may have been guessed: it does not help."""
        for point in _OTHERWISE:
            call.learnt.forget(f"{model}: {point}")


_OTHERWISE: Mapping[str, object] = {
    "role": "function",
    "forced": False,
    "any_of": False,
    "logprobs": False,
}
"""A field -> its value where the first is refused."""
_KINDS = ("web_search", "web_fetch", "code_interpreter", "image_generation")
