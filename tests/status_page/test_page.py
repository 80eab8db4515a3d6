"""What the page says, in both languages, and that nothing in it can run or be broken out of."""

import re
from html.parser import HTMLParser

import pytest
from tests.support.told_credential import TOKEN, credential

from gigagate.status_page import page as status_page
from gigagate.status_page.texts import ENGLISH, LANGUAGES, RUSSIAN

HOSTILE = '"><script>alert(1)</script>'

STATISTICS = {
    "requests": 12345,
    "errors": 1,
    "retries": 2,
    "queue_seconds": 0,
    "messages": 9,
    "messages_converted": 4,
    "tokens_prompt": 1000,
    "tokens_cached": 250,
    "tokens_completion": 50,
    "roubles": 1.5,
    "rewrites": {"content": 4},
    "clients": {},
    "models": {
        "GigaChat-2-Max": {"requests": 3, "tokens_prompt": 1000, "tokens_completion": 50},
    },
}
REQUEST = {
    "time": 1_700_000_000.0,
    "client": "anna",
    "path": "/v1/chat/completions",
    "model": "GigaChat-2-Max",
    "status": 200,
    "finish_reason": "stop",
    "error": None,
    "ms": 812,
    "notes": 2,
    "tokens": {"prompt": 1000, "completion": 50, "cached": 250},
}


def state(**changes: object) -> dict:
    return {
        "version": "0.1.0",
        "base_url": "http://localhost:4000/v1",
        "uptime_seconds": 3700,
        "upstream": "https://api.giga.chat/v1",
        "scope": "GIGACHAT_API_PERS",
        "tls_verified": True,
        "default_model": "GigaChat-2-Max",
        "light_model": "GigaChat-2",
        "slots": 1,
        "slots_in_use": 0,
        "queue_length": 0,
        "in_progress": 0,
        "client_keys": False,
        "auth_mode": "shared",
        "token": {"seconds_left": 900, "source": "oauth", "last_error": None},
        "credentials": [],
        "outages": [],
        "mitmweb": None,
        "statistics": STATISTICS,
        "problems": [],
        "recent": [REQUEST],
        **changes,
    }


class Text(HTMLParser):
    """What a person reads."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden = tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def read(html: str) -> str:
    text = Text()
    text.feed(html)
    return " ".join(" ".join(text.words).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_what_an_admin_needs(language: str) -> None:
    texts = LANGUAGES[language]
    text = read(status_page.render(state(), language, "form"))
    for word in (
        f"15 {texts['minutes']}",
        "12 345",
        "250 · 25 %",
        "1.50 ₽",
        "812 " + texts["milliseconds"],
        "http://localhost:4000/v1",
        texts["refresh"],
        "anything",
        "content",
    ):
        assert word in text


def test_both_languages_have_the_same_texts() -> None:
    assert ENGLISH.keys() == RUSSIAN.keys()
    same = {name for name in ENGLISH if ENGLISH[name] == RUSSIAN[name]}
    assert same == set()


def test_every_text_is_used() -> None:
    source = (status_page.FOLDER / "page.py").read_text()
    source += (status_page.FOLDER / "page.html").read_text()
    unused = [
        name for name in ENGLISH if not re.search(rf"""["']{name}["']|\$t_{name}\b""", source)
    ]
    assert [name for name in unused if not name.startswith("from_")] == []


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "", "en"),
        ("ru", "en", "ru"),
        ("", "ru-RU,ru;q=0.9,en-US;q=0.8", "ru"),
        ("", "en-US,en;q=0.9,ru;q=0.8", "en"),
        ("", "de-DE,de;q=0.9", "en"),
        ("xx", "ru", "ru"),
    ],
)
def test_the_language_is_the_one_asked_for(asked: str, accepted: str, language: str) -> None:
    assert status_page.language(asked, accepted) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_several_credentials_is_told(language: str) -> None:
    texts = LANGUAGES[language]
    rejected = {"seconds_left": None, "source": None, "last_error": "Rejected <so>."}
    several = [
        credential(lacks_models=["GigaChat-2-Max"], token=TOKEN | {"seconds_left": 900}),
        credential(name="team-b", usable=False, problem="Rejected <so>.", token=rejected),
        credential(name="by-cert", certificate_days=80),
    ]
    told = state(credentials=several, token=rejected)
    text = read(status_page.render(told, language, "f"))
    for word in (
        texts["credentials"],
        f"2 / 3 {texts['credentials_used']}",
        f"{texts['used']} {texts['without']} GigaChat-2-Max 15 {texts['minutes']} 4 / 10",
        f"team-b {texts['not_used']} Rejected <so>.",
        f"80 {texts['days']}",
    ):
        assert word in text
    assert texts["ready"] in text and texts["trouble"] not in text, "others serve"
    nobody = state(credentials=several, problems=["Rejected <so>."])
    assert texts["trouble"] in read(status_page.render(nobody, language, "f"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", ["settings", "certificate"])
def test_what_opens_gigachat_without_oauth_is_not_waited_for(language: str, source: str) -> None:
    token = {"seconds_left": None, "source": source, "last_error": None}
    text = read(status_page.render(state(token=token), language, "f"))
    assert LANGUAGES[language][f"from_{source}"] in text
    assert LANGUAGES[language]["fetched_later"] not in text


def test_every_value_is_escaped() -> None:
    hostile = {**REQUEST, "client": HOSTILE, "model": HOSTILE, "error": HOSTILE, "path": HOSTILE}
    statistics = {
        **STATISTICS,
        "rewrites": {HOSTILE: 1},
        "models": {HOSTILE: STATISTICS["models"]["GigaChat-2-Max"]},
    }
    page = status_page.render(
        state(
            version=HOSTILE,
            base_url=HOSTILE,
            upstream=HOSTILE,
            scope=HOSTILE,
            default_model=HOSTILE,
            mitmweb=HOSTILE,
            client_keys=True,
            token={"seconds_left": None, "source": None, "last_error": HOSTILE},
            statistics=statistics,
            recent=[hostile],
            credentials=[credential(name=HOSTILE, problem=HOSTILE, lacks_models=[HOSTILE])],
            outages=[{"upstream": HOSTILE, "since": HOSTILE, "message": HOSTILE}],
        ),
        "en",
        HOSTILE,
    )
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert") >= 12


def test_a_proxy_without_any_request_says_so() -> None:
    token = {"seconds_left": None, "source": None, "last_error": None}
    text = read(status_page.render(state(statistics=None, recent=[], token=token), "en", "f"))
    assert ENGLISH["no_requests"] in text
    assert ENGLISH["no_token"] in text


def test_trouble_with_the_token_is_told_in_full() -> None:
    token = {"seconds_left": None, "source": None, "last_error": "GigaChat rejected the key."}
    text = read(status_page.render(state(token=token, tls_verified=False), "en", "f"))
    assert "GigaChat rejected the key." in text
    assert ENGLISH["trouble"] in text
    assert ENGLISH["not_verified"] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outage_is_told_with_its_beginning(language: str) -> None:
    outage = {"upstream": "OAuth", "since": "2026-05-01 10:00:00 UTC", "seconds": 9}
    told = state(outages=[outage | {"message": "No <connection>."}])
    text = read(status_page.render(told, language, "f"))
    assert "OAuth" in text and "2026-05-01 10:00:00 UTC" in text and "No <connection>." in text
    assert LANGUAGES[language]["trouble"] in text


def test_clients_are_named_where_there_are_keys() -> None:
    assert "anna" not in read(status_page.render(state(), "en", "f"))
    assert "anna" in read(status_page.render(state(client_keys=True), "en", "f"))


def test_the_policy_allows_the_pages_own_script_and_style_and_nothing_else() -> None:
    policy = status_page.HEADERS["content-security-policy"]
    page = status_page.render(state(), "en", "f")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert status_page._source(content) in policy
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)
    assert "http" not in status_page.SCRIPT + status_page.STYLE


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_clients_bring_their_keys_there_is_no_token_to_get(language: str) -> None:
    none = {"seconds_left": None, "source": None, "last_error": None}
    page = status_page.render(state(auth_mode="passthrough", token=none), language, "form")
    assert LANGUAGES[language]["of_clients_detail"] in read(page)
    assert re.search(r'action="/token/refresh[^>]* hidden>', page)
