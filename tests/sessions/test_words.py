"""The words about a conversation, in two languages that say the same."""

import re
from pathlib import Path

from tests.sessions.talks import calls, found, result, said, seen, user

import gigagate
from gigagate.core.pivot import Usage
from gigagate.report_page import session as shown
from gigagate.sessions.session import gathered
from gigagate.sessions.words import RUSSIAN, many, spoken_in, t

PACKAGE = Path(gigagate.__file__).parent
ASKED = re.compile(r"""\bt\(\s*(?:"([^"]+)"|'([^']+)')""")


def test_both_languages_have_the_same_places_for_values() -> None:
    for english, russian in RUSSIAN.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", russian))
        assert re.search("[а-яё]|^{|API", russian)


def test_every_word_that_is_asked_for_is_there() -> None:
    texts = [
        file.read_text()
        for room in ("report_page", "sessions")
        for file in (PACKAGE / room).glob("*.py")
    ]
    asked = {one or other for text in texts for one, other in ASKED.findall(text)}
    assert len(asked) > 20
    assert asked <= RUSSIAN.keys()


def test_the_language_lasts_as_long_as_its_page() -> None:
    with spoken_in("ru"):
        assert (t("errors"), many(2, "change")) == ("ошибки", "изменений по пути: 2")
    assert (t("errors"), many(2, "change")) == ("errors", "2 changes on the way")


def test_a_thread_in_russian_has_no_english_words_of_ours() -> None:
    call = calls("чтение", "1", путь="а")
    talk = [user("Почини"), call, result("1", "да"), user("Ещё")]
    steps = [
        seen(talk[:1], call, usage=Usage(9, 1, 3), total=1.0, first_byte=0.5, notes=["а"]),
        seen(talk, said("б"), client="anna", instructions="другие", usage=Usage(99, 1, 3)),
    ]
    (session,) = gathered(found(*steps).sessions)
    with spoken_in("ru"):
        page = shown.head(session) + shown.outline(session) + shown.thread(session)
    text = re.sub(r"<[^>]*>", " ", page)
    known = {
        "anna",
        "gigachat",
        "GigaChat",
        "API",
        "read",
        "tool_calls",
        "stop",
        "You",
        "are",
        "an",
        "agent",
    }
    assert set(re.findall(r"[A-Za-z_]{2,}", text)) <= known | {"quot"}
