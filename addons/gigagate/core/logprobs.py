"""How likely the model held the tokens of an answer to be, where GigaChat tells it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, Self, runtime_checkable

from gigagate.core.pivot import Logprobs


class TokenLogprob(NamedTuple):
    """The logarithm of a token's probability, and of those that might have stood in its place."""

    token: str
    logprob: float
    top: tuple["TokenLogprob", ...] = ()

    @classmethod
    def all_in(cls, given: Logprobs | None) -> list[Self]:
        """Those of a choice of a whole answer; empty where there are none."""
        return [cls._of(one) for one in given["content"]] if given else []

    @classmethod
    def _of(cls, given: Mapping[str, Any]) -> Self:
        """given: as `as_object` makes it."""
        top = tuple(TokenLogprob(one["token"], one["logprob"]) for one in given["top_logprobs"])
        return cls(given["token"], given["logprob"], top)

    def as_object(self) -> dict[str, Any]:
        return {**self._alone(), "top_logprobs": [one._alone() for one in self.top]}

    def _alone(self) -> dict[str, Any]:
        spelt = list(self.token.encode(errors="replace"))
        return {"token": self.token, "logprob": self.logprob, "bytes": spelt}


@runtime_checkable
class TellsLogprobs(Protocol):
    """A writer that has a form for them.  To others they are not told."""

    def logprobs(self, tokens: Sequence[TokenLogprob]) -> bytes:
        """Behind the text that they make up; some of it may still be held back."""
