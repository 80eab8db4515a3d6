"""Points in which GigaChat's models and accounts differ on v2, and which of them to try first.

What is refused is asked otherwise, and that is remembered for the model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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

        fields: dict[str, Any] = {
            name: value for fact, (name, value) in _GUESSED.items() if known(fact)
        }
        return cls(without=frozenset(kind for kind in _KINDS if known(f"no {kind}")), **fields)

    def learn(self, model: str, call: InHand) -> None:
        """What does not hold is forgotten: a guess before this one did not help."""
        for fact, (name, value) in _GUESSED.items():
            if getattr(self, name) == value:
                call.learnt.add(f"{model}: {fact}", call.now)
            else:
                call.learnt.forget(f"{model}: {fact}")
        for kind in sorted(self.without):
            call.learnt.add(f"{model}: no {kind}", call.now)

    def unlearn(self, model: str, call: InHand) -> None:
        """All that may have been guessed: it does not help."""
        for fact in _GUESSED:
            call.learnt.forget(f"{model}: {fact}")


_GUESSED: Mapping[str, tuple[str, object]] = {
    "role function": ("role", "function"),
    "not forced": ("forced", False),
    "no any": ("any_of", False),
    "no logprobs": ("logprobs", False),
}
"""What is remembered -> the field that it sets, and its value."""
_KINDS = ("web_search", "web_fetch", "code_interpreter", "image_generation")
