"""Points in which GigaChat's models and accounts differ on v2, and which of them to try first.

What is refused is asked otherwise, and that is remembered for the model.
"""

from dataclasses import dataclass
from typing import Literal

from gigagate.core.in_hand import InHand

_FUNCTION_ROLE, _UNFORCED = "role function", "not forced"


@dataclass(frozen=True, slots=True)
class Variation:
    role: Literal["tool", "function"] = "tool"
    """The role of the message with results of functions."""
    forced: bool = True
    """A tool can be forced."""
    without: frozenset[str] = frozenset()
    """Kinds of builtin tools that are not there."""

    @classmethod
    def of(cls, model: str, call: InHand) -> "Variation":
        """What has been learnt of a model."""

        def known(fact: str) -> bool:
            return call.learnt.has(f"{model}: {fact}", call.now)

        without = frozenset(kind for kind in _KINDS if known(f"no {kind}"))
        role: Literal["tool", "function"] = "function" if known(_FUNCTION_ROLE) else "tool"
        return cls(role, not known(_UNFORCED), without)

    def learn(self, model: str, call: InHand) -> None:
        for fact in self._facts():
            call.learnt.add(f"{model}: {fact}", call.now)

    def unlearn(self, model: str, call: InHand) -> None:
        """It was a guess, and did not help."""
        for fact in (_FUNCTION_ROLE, _UNFORCED):
            call.learnt.forget(f"{model}: {fact}")

    def _facts(self) -> list[str]:
        facts = {_FUNCTION_ROLE: self.role == "function", _UNFORCED: not self.forced}
        return [*(fact for fact, holds in facts.items() if holds), *self._missing()]

    def _missing(self) -> list[str]:
        return [f"no {kind}" for kind in sorted(self.without)]


_KINDS = ("web_search", "web_fetch", "code_interpreter", "image_generation")
