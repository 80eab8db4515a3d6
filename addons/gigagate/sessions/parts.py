"""Where the tokens of a prompt go: GigaChat counts them all together, we know the characters."""

from typing import NamedTuple


class Parts(NamedTuple):
    """Tokens."""

    system: int
    tools: int
    history: int
    new: int

    @property
    def total(self) -> int:
        return sum(self)


def shared(characters: Parts, tokens: int) -> Parts:
    """characters: the same parts, counted in them.  tokens: of all together."""
    whole = characters.total
    if not whole:
        return Parts(0, 0, 0, tokens)
    system, tools, history = (tokens * one // whole for one in characters[:3])
    return Parts(system, tools, history, tokens - system - tools - history)
