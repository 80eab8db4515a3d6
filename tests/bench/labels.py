"""Labels beside a plot that do not cover each other."""

from collections.abc import Sequence
from statistics import mean


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Positions at least `gap` apart, in the order of `wanted` and as near to it as can be.

    Labels that would touch form a block around the mean of where they wanted to be.
    """
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    blocks: list[list[float]] = []
    """Where each label would have the first of its block, were it alone."""
    for place, index in enumerate(order):
        blocks.append([wanted[index] - place * gap])
        while len(blocks) > 1 and mean(blocks[-2]) > mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    starts = [mean(block) for block in blocks for _ in block]
    positions = [0.0] * len(wanted)
    for place, index in enumerate(order):
        positions[index] = starts[place] + place * gap
    return positions
