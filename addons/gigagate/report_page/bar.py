"""A step's prompt as a bar of its parts, as long as its share of the context window."""

from collections.abc import Iterator

from gigagate.sessions.step import Step
from gigagate.sessions.told import share
from gigagate.sessions.words import t
from gigagate.views.text import digits

WIDTH = 120
HEIGHT = 6
LEAST = 1.0
"""What is there at all is seen."""


def render(step: Step) -> str:
    said = ", ".join(f"{t(name)} {digits(n)}" for name, n in step.parts._asdict().items() if n)
    title = t("{share} of the context window: {parts}", share=share(step.full), parts=said)
    return (
        f'<svg class="bar" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f'<title>{title}</title><rect class="window" width="{WIDTH}" height="{HEIGHT}"/>'
        f"{''.join(_parts(step))}</svg>"
    )


def _parts(step: Step) -> Iterator[str]:
    x = 0.0
    for name, tokens in step.parts._asdict().items():
        if tokens and x < WIDTH:
            width = min(max(LEAST, WIDTH * tokens / step.window), WIDTH - x)
            yield (f'<rect class="{name}" x="{x:.1f}" width="{width:.1f}" height="{HEIGHT}"/>')
            x += width
