"""The report as a person opens it from disk, in a real browser: foreign text stays text."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sessions.talks import calls, found, result, said, seen, user
from tests.support.browser import Browser
from tests.support.real_parts import require_real_part

from gigagate.core.pivot import Usage
from gigagate.report_page import page
from gigagate.sessions.session import gathered

EVIL = (
    "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'>"
    "</pre></details></title></style><h1 class=evil>evil</h1>"
    "<a href='javascript:window.evil=3'>x</a>\n"
    "```html\n<b class=evil>evil</b>\n```\n# <i class=evil>\n`<u class=evil>` **<s class=evil>**"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    call = calls(EVIL, "1", **{EVIL: EVIL})
    talk = [user(EVIL), call, result("1", EVIL), {**user(EVIL), "role": EVIL}]
    finder = found(
        seen(talk[:1], call, client=EVIL, instructions=EVIL, usage=Usage(90, 9, 9), notes=[EVIL]),
        seen(talk, said(EVIL), client=EVIL, error=EVIL, model=EVIL, usage=Usage(120, 9, 90)),
        seen([user("A long word: " + "x" * 3000)], said("y" * 3000), client="boris"),
    )
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(page.render(gathered(finder.sessions)))
    return file


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    chromium = require_real_part("chromium")
    with Browser(chromium, tmp_path / "profile", size=(1000, 1400)) as browser:
        browser.call("Log.enable")
        yield browser


def test_foreign_text_stays_text(report: Path, browser: Browser) -> None:
    browser.open(report.as_uri())
    assert browser.evaluate("document.querySelectorAll('.evil, script, img, body h1').length") == 1
    assert browser.evaluate("typeof window.evil") == "undefined"
    browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert "<script>window.evil = 1</script>" in browser.text("main")
    links = browser.evaluate("[...document.links].every(a => a.getAttribute('href')[0] === '#')")
    assert links is True


def test_the_policy_stops_what_would_come_in_all_the_same(report: Path, browser: Browser) -> None:
    """Were an element made of a text, it could neither run nor call anybody."""
    browser.open(report.as_uri())
    told = browser.evaluate(
        """(() => { const script = document.createElement('script');
            script.textContent = 'window.evil = 4'; document.body.append(script);
            return typeof window.evil; })()"""
    )
    assert told == "undefined"
    color = "getComputedStyle(document.querySelector('.session h2')).fontSize"
    assert browser.evaluate(color) != "24px", "our own style is let in"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1000])
def test_it_is_read_at_any_width(report: Path, browser: Browser, width: int, scheme: str) -> None:
    browser.look((width, 900), dark=scheme == "dark")
    browser.open(report.as_uri())
    browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    back = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert back == ("rgb(246, 247, 249)" if scheme == "light" else "rgb(16, 20, 27)")


def test_print_shows_what_is_folded(report: Path, browser: Browser) -> None:
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.open(report.as_uri())
    heights = browser.evaluate(
        "JSON.stringify([...document.querySelectorAll('details pre')]"
        ".map(one => one.getBoundingClientRect().height))"
    )
    assert all(height > 0 for height in json.loads(heights))
