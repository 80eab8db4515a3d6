"""The page: every conversation of a file, one below the other.

The policy stands in the page itself, since no server sends it: one style, by its hash, and nothing
else; no script, no address.
"""

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from gigagate import __version__
from gigagate.report_page import session as one_session
from gigagate.report_page.plain import safe
from gigagate.sessions.session import Session
from gigagate.sessions.words import language, many, t

FOLDER = Path(__file__).parent
THREAD_STYLE = (FOLDER / "thread.css").read_text(encoding="utf-8")
"""Whatever shows a conversation needs it."""
STYLE = (FOLDER / "page.css").read_text(encoding="utf-8") + THREAD_STYLE
TEMPLATE = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'"
)


def render(sessions: Sequence[Session]) -> str:
    listed = "".join(
        f'<li><a href="#session-{place}">{safe(session.title)}</a> '
        f'<span class="quiet">{many(len(session.steps), "step")}</span></li>'
        for place, session in enumerate(sessions, 1)
    )
    contents = f"<nav><ol>{listed}</ol></nav>" if len(sessions) > 1 else ""
    shown = "".join(_session(place, one) for place, one in enumerate(sessions, 1))
    return around(sessions[0].title if sessions else "nothing", contents + shown)


def around(title: str, content: str) -> str:
    """content: HTML."""
    return TEMPLATE.substitute(
        policy=escape(POLICY),
        style=STYLE,
        version=escape(__version__),
        lang=language(),
        heading=t("What the agent did"),
        note=t("Times are UTC. Folded parts open with a click."),
        title=safe(title),
        content=content,
    )


def _session(place: int, session: Session) -> str:
    return (
        f'<section class="session" id="session-{place}"><h2>{safe(session.title)}</h2>'
        f"{one_session.head(session)}"
        f'<div class="read">{one_session.outline(session)}'
        f'<div class="thread">{one_session.thread(session)}</div></div></section>'
    )
