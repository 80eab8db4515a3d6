"""The panel's words by language; its script gets those of one."""

from collections.abc import Mapping

from gigagate.panel.words import (
    clients,
    models,
    outcomes,
    overview,
    playground,
    proxy,
    requests,
    sessions,
    shared,
)

PanelTexts = Mapping[str, str]

FILES = (shared, overview, requests, outcomes, sessions, clients, models, playground, proxy)
WORDS: Mapping[str, tuple[str, str]] = {
    name: both for file in FILES for name, both in file.WORDS.items()
}

LANGUAGES: Mapping[str, PanelTexts] = {
    "en": {name: english for name, (english, _) in WORDS.items()},
    "ru": {name: russian for name, (_, russian) in WORDS.items()},
}
