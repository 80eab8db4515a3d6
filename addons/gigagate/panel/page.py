"""The panel's pages: a login, and one page whose script asks the API for everything it shows.

No build step and nothing from elsewhere.  The policy lets only our own script and style run, and
every value reaches the page as text.
"""

import json
from collections.abc import Collection, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

from gigagate.panel.texts import LANGUAGES

_FOLDER = Path(__file__).parent / "files"
_LOGIN = Template((_FOLDER / "login.html").read_text(encoding="utf-8"))
_PANEL = Template((_FOLDER / "panel.html").read_text(encoding="utf-8"))

LANGUAGE_NAMES: Mapping[str, str] = {"en": "English", "ru": "Русский"}
VIEWS = (
    "overview",
    "requests",
    "sessions",
    "clients",
    "models",
    "playground",
    "settings",
    "doctor",
    "log",
)
"""Each has a script of its name in files/, and its name's word in words/."""

HEADERS: Mapping[str, str] = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data: blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


class PageFile(NamedTuple):
    media_type: str
    content: bytes


FILES: Mapping[str, PageFile] = {
    path.name: PageFile(
        {".js": "text/javascript", ".css": "text/css"}[path.suffix] + "; charset=utf-8",
        path.read_bytes(),
    )
    for path in _FOLDER.iterdir()
    if path.suffix in (".js", ".css")
}
"""Name -> what the pages load."""


def login(language: str, *, refused: bool, version: str) -> str:
    """refused: the key that was sent is not the admin's."""
    texts = LANGUAGES[language]
    return _LOGIN.substitute(
        _texts(language),
        lang=language,
        version=escape(version),
        other=_other(language),
        other_name=LANGUAGE_NAMES[_other(language)],
        refused=f'<p role="alert" class="bad">{escape(texts["login_refused"])}</p>'
        if refused
        else "",
    )


def panel(language: str, *, form: str, version: str, without: Collection[str] = ()) -> str:
    """form: the session's anti-forgery token.  without: views that have nothing to show."""
    texts = LANGUAGES[language]
    views = [view for view in VIEWS if view not in without]
    told = {"lang": language, "form": form, "texts": texts, "views": VIEWS}
    return _PANEL.substitute(
        _texts(language),
        lang=language,
        version=escape(version),
        data=json.dumps(told, ensure_ascii=False).replace("<", "\\u003c"),
        links="".join(f'<a href="#{view}">{escape(texts[view])}</a>' for view in views),
        other=_other(language),
        other_name=LANGUAGE_NAMES[_other(language)],
    )


def _texts(language: str) -> dict[str, str]:
    return {f"t_{name}": escape(text) for name, text in LANGUAGES[language].items()}


def _other(language: str) -> str:
    return "en" if language == "ru" else "ru"
