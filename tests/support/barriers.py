"""What keeps people from a page, as axe-core finds it: for screen readers, keyboards, weak eyes."""

from pathlib import Path

from tests.support.browser import Browser
from tests.support.real_parts import require_library

GRAVE = ("serious", "critical")


def axe() -> str:
    """Its script; a skipped test where it is not installed."""
    return (Path(require_library("axe")) / "axe.min.js").read_text(encoding="utf-8")


def barriers(browser: Browser, script: str) -> list[str]:
    """The grave ones on the page that is shown, each with the first element that has it."""
    if not browser.evaluate("'axe' in window"):
        browser.evaluate(f"{script}; null")
    found = browser.evaluate(
        "axe.run({resultTypes: ['violations']}).then(r => r.violations.map(v => "
        "[v.impact, v.id, v.nodes[0].html, v.nodes[0].failureSummary]))"
    )
    return [f"{name}: {html}\n{why}" for impact, name, html, why in found if impact in GRAVE]
