"""A login is a cookie, its hash in the store, and a form token; it ends in three ways."""

from pathlib import Path

import pytest

from gigagate.panel.sessions import LIFE, AdminSessions, may_change, set_cookie
from gigagate.panel.store import FILE, PanelStore

NOW = 1_000_000.0


@pytest.fixture
def sessions(tmp_path: Path) -> AdminSessions:
    return AdminSessions(PanelStore(tmp_path), lambda: "the admin's key")


def test_a_cookie_is_known_again(sessions: AdminSessions) -> None:
    cookie, session = sessions.begin(NOW)
    found = sessions.of(f"other=1; gigagate_admin={cookie}", NOW + 1)
    assert found == session
    assert may_change(session, session.form)
    assert not may_change(session, "guessed")


def test_the_file_holds_no_cookie(sessions: AdminSessions, tmp_path: Path) -> None:
    cookie, _ = sessions.begin(NOW)
    assert cookie.encode() not in (tmp_path / FILE).read_bytes()


@pytest.mark.parametrize(
    "header", ["", "gigagate_admin=", "gigagate_admin=guessed", "a=b", 'x="', "gigagate_admin=\x00"]
)
def test_any_other_cookie_opens_nothing(sessions: AdminSessions, header: str) -> None:
    sessions.begin(NOW)
    assert sessions.of(header, NOW) is None


def test_it_ends_by_itself(sessions: AdminSessions) -> None:
    cookie, _ = sessions.begin(NOW)
    assert sessions.of(f"gigagate_admin={cookie}", NOW + LIFE + 1) is None


def test_it_ends_when_asked(sessions: AdminSessions) -> None:
    cookie, session = sessions.begin(NOW)
    sessions.end(session)
    assert sessions.of(f"gigagate_admin={cookie}", NOW) is None


def test_it_ends_with_another_key(tmp_path: Path) -> None:
    store = PanelStore(tmp_path)
    cookie, _ = AdminSessions(store, lambda: "one").begin(NOW)
    assert AdminSessions(store, lambda: "another").of(f"gigagate_admin={cookie}", NOW) is None


def test_sessions_that_have_ended_are_forgotten(sessions: AdminSessions, tmp_path: Path) -> None:
    _, old = sessions.begin(NOW)
    sessions.begin(NOW + 2 * LIFE)
    assert PanelStore(tmp_path).session(old.digest) is None


def test_the_cookies_words() -> None:
    assert set_cookie("x", secure=True).endswith("HttpOnly; SameSite=Strict; Secure")
    assert "Max-Age=0" in set_cookie("", secure=False)
