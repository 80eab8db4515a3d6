import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gigagate.errors import (
    CredentialError,
    CredentialsRejected,
    TokenUnavailable,
)
from gigagate.tokens import AccessToken, SqliteTokenStore, TokenSource

START = 1_700_000_000.0
LIFE = 1800.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class FakeOAuth:
    """Gives token-1, token-2, … or raises what a test put in `failure`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls = 0
        self.life = LIFE
        self.failure: CredentialError | None = None
        self.entered = threading.Event()
        self.hold = threading.Event()
        self.hold.set()

    def fetch(self) -> AccessToken:
        self.calls += 1
        call = self.calls
        self.entered.set()
        assert self.hold.wait(30)
        if self.failure:
            raise self.failure
        return AccessToken(f"token-{call}", self.clock.now + self.life)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def oauth(clock: Clock) -> FakeOAuth:
    return FakeOAuth(clock)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> SqliteTokenStore:
    return SqliteTokenStore(tmp_path / "tokens.sqlite3", clock)


@pytest.fixture
def new_source(
    oauth: FakeOAuth, store: SqliteTokenStore, clock: Clock
) -> Callable[[], TokenSource]:
    """Each call is another process."""
    return lambda: TokenSource(oauth, store, "key", clock=clock, sleep=clock.sleep)


@pytest.fixture
def source(new_source: Callable[[], TokenSource]) -> TokenSource:
    return new_source()


def test_an_attempt_that_never_ends_is_given_up_and_begun_anew(
    source: TokenSource, oauth: FakeOAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gigagate.tokens.source.GIVE_UP", 0.2)
    oauth.hold.clear()
    lost = threading.Thread(target=source.obtain)
    lost.start()
    assert oauth.entered.wait(10)
    with pytest.raises(TokenUnavailable, match="begun anew"):
        source.obtain()
    oauth.hold.set()
    lost.join()
    assert source.obtain().value == "token-1"


def test_who_comes_after_a_lost_attempt_asks_anew(
    source: TokenSource, oauth: FakeOAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gigagate.tokens.source.GIVE_UP", 0.0)
    monkeypatch.setattr("gigagate.tokens.source.PATIENCE", 0.0)
    oauth.hold.clear()
    lost = threading.Thread(target=source.obtain)
    lost.start()
    assert oauth.entered.wait(10)
    oauth.entered.clear()
    second = threading.Thread(target=source.obtain)
    second.start()
    assert oauth.entered.wait(10)
    oauth.hold.set()
    lost.join()
    second.join()
    assert oauth.calls == 2
    assert source.current() is not None


def in_threads(count: int, work: Callable[[], AccessToken]) -> tuple[list[str], list[str]]:
    """Values of the tokens got and texts of the errors raised."""
    tokens: list[str] = []
    errors: list[str] = []

    def run() -> None:
        try:
            tokens.append(work().value)
        except CredentialError as error:
            errors.append(error.message)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tokens, errors


def test_memory_first_then_the_store_then_oauth(
    new_source: Callable[[], TokenSource], oauth: FakeOAuth
) -> None:
    first = new_source()
    assert first.current() is None
    assert first.obtain().value == "token-1"
    assert first.current() == first.obtain()
    assert first.status()["source"] == "oauth"
    second = new_source()
    assert second.current() is None
    assert second.obtain().value == "token-1"
    assert second.status() == {
        "expires_at": START + LIFE,
        "source": "store",
        "last_error": None,
        "oauth_calls": 0,
    }
    assert oauth.calls == 1


def test_memory_alone_answers_current(source: TokenSource, store: SqliteTokenStore) -> None:
    store.save("key", AccessToken("stored", START + LIFE))
    assert source.current() is None


def test_a_token_about_to_expire_serves_no_more(
    new_source: Callable[[], TokenSource], clock: Clock, oauth: FakeOAuth
) -> None:
    source = new_source()
    source.obtain()
    clock.now = START + LIFE - 6
    assert source.current() is not None
    clock.now = START + LIFE - 4
    assert source.current() is None
    assert new_source().obtain().value == "token-2"
    assert source.obtain().value == "token-2"
    assert oauth.calls == 2


@pytest.mark.parametrize("life", [1.0, 4.0, 30.0])
def test_a_token_given_for_less_than_a_minute_serves_nine_tenths_of_it(
    source: TokenSource, clock: Clock, oauth: FakeOAuth, life: float
) -> None:
    oauth.life = life
    token = source.obtain()
    clock.now += 0.89 * life
    assert source.obtain() == token
    clock.now += 0.02 * life
    assert source.obtain().value == "token-2"


@pytest.mark.parametrize(("life", "due"), [(1800.0, 1500.0), (7200.0, 6900.0), (100.0, 80.0)])
def test_a_refresh_is_due_five_minutes_before_the_end_or_at_four_fifths_of_a_short_life(
    source: TokenSource, clock: Clock, oauth: FakeOAuth, life: float, due: float
) -> None:
    oauth.life = life
    token = source.obtain()
    clock.now = START + due - 1
    assert not source.needs_refresh()
    clock.now = START + due + 1
    assert source.needs_refresh()
    assert source.current() == token


def test_the_old_token_serves_until_the_newer_one_is_there(
    source: TokenSource, clock: Clock, oauth: FakeOAuth
) -> None:
    old = source.obtain()
    clock.now += 1600
    oauth.hold.clear()
    oauth.entered.clear()
    refreshing = threading.Thread(target=source.refresh)
    refreshing.start()
    assert oauth.entered.wait(30)
    assert source.current() == old
    assert source.obtain() == old
    assert not source.needs_refresh()
    oauth.hold.set()
    refreshing.join()
    assert source.obtain().value == "token-2"


def test_a_refresh_takes_what_another_process_has_fetched_already(
    new_source: Callable[[], TokenSource], clock: Clock, oauth: FakeOAuth
) -> None:
    first, second = new_source(), new_source()
    assert first.obtain() == second.obtain()
    clock.now += 1600
    assert first.refresh().value == "token-2"
    assert second.refresh().value == "token-2"
    assert oauth.calls == 2


def test_a_failed_refresh_leaves_the_old_token_and_is_not_due_again_at_once(
    source: TokenSource, clock: Clock, oauth: FakeOAuth
) -> None:
    old = source.obtain()
    clock.now += 1600
    oauth.failure = TokenUnavailable("No access token.")
    with pytest.raises(TokenUnavailable):
        source.refresh()
    assert source.obtain() == old
    assert not source.needs_refresh()
    clock.now += 3
    assert source.needs_refresh()


def test_a_refused_token_is_dropped_from_memory_and_store(
    source: TokenSource, store: SqliteTokenStore
) -> None:
    token = source.obtain()
    source.reject(token.value)
    assert source.current() is None
    assert store.load("key") is None
    assert source.obtain().value == "token-2"


def test_a_newer_token_stays_when_an_older_one_was_refused(
    new_source: Callable[[], TokenSource], oauth: FakeOAuth, store: SqliteTokenStore
) -> None:
    first, second = new_source(), new_source()
    refused = first.obtain()
    second.obtain()
    first.reject(refused.value)
    newer = first.obtain()
    first.reject(refused.value)
    assert first.current() == newer
    second.reject(refused.value)
    assert store.load("key") == newer
    assert second.obtain() == newer
    assert oauth.calls == 2


def test_a_refused_token_the_store_could_not_drop_is_not_taken_again(
    source: TokenSource, store: SqliteTokenStore
) -> None:
    refused = source.obtain()
    source.reject(refused.value)
    store.save("key", refused)
    assert source.obtain().value == "token-2"


def test_fifty_threads_make_one_call(source: TokenSource, oauth: FakeOAuth) -> None:
    tokens, errors = in_threads(50, source.obtain)
    assert tokens == ["token-1"] * 50
    assert errors == []
    assert oauth.calls == 1


def test_fifty_threads_share_one_failure(source: TokenSource, oauth: FakeOAuth) -> None:
    oauth.failure = TokenUnavailable("No access token.")
    tokens, errors = in_threads(50, source.obtain)
    assert tokens == []
    assert len(errors) == 50
    assert oauth.calls == 1


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        (CredentialsRejected("Rejected."), 10),
        (TokenUnavailable("No."), 2),
        (TokenUnavailable("No.", status=502), 2),
    ],
)
def test_a_failure_answers_for_further_attempts_for_a_while(
    source: TokenSource,
    clock: Clock,
    oauth: FakeOAuth,
    failure: CredentialError,
    seconds: int,
) -> None:
    oauth.failure = failure
    with pytest.raises(type(failure)) as first:
        source.obtain()
    assert first.value is failure
    assert failure.retry_after == seconds
    clock.now += 0.5
    with pytest.raises(type(failure)) as remembered:
        source.obtain()
    assert remembered.value.message.startswith(failure.message)
    assert f"the next attempt is in {seconds} s" in remembered.value.message
    assert remembered.value.retry_after == seconds
    assert remembered.value.status == failure.status
    assert oauth.calls == 1
    clock.now += seconds
    oauth.failure = None
    assert source.status()["last_error"] == failure.message
    assert source.obtain().value == "token-2"
    assert source.status()["last_error"] is None


def test_a_clock_set_back_ends_the_wait_after_a_failure(
    source: TokenSource, clock: Clock, oauth: FakeOAuth
) -> None:
    oauth.failure = CredentialsRejected("Rejected.")
    with pytest.raises(CredentialsRejected):
        source.obtain()
    oauth.failure = None
    clock.now -= 3600
    assert source.obtain().value == "token-2"


def test_an_error_nobody_foresaw_reaches_the_caller_and_ends_the_attempt(
    source: TokenSource, oauth: FakeOAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> AccessToken:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(oauth, "fetch", broken)
        with pytest.raises(ZeroDivisionError):
            source.obtain()
    assert source.obtain().value == "token-1"


def test_who_does_not_hold_the_lease_waits_for_the_holders_token(
    source: TokenSource, store: SqliteTokenStore, oauth: FakeOAuth, clock: Clock
) -> None:
    assert store.acquire("key", "another process", 20)
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        clock.sleep(seconds)
        if len(naps) == 3:
            store.save("key", AccessToken("theirs", clock.now + LIFE))

    waiting = TokenSource(oauth, store, "key", clock=clock, sleep=sleep)
    assert waiting.obtain().value == "theirs"
    assert len(naps) == 3
    assert len(set(naps)) > 1
    assert oauth.calls == 0


def test_a_holder_that_never_delivers_is_waited_for_only_so_long(
    source: TokenSource, store: SqliteTokenStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "acquire", lambda *_: False)
    assert source.obtain().value == "token-1"
    assert 15 <= clock.now - START < 16


def test_a_lease_is_given_back_after_success_and_failure(
    source: TokenSource, store: SqliteTokenStore, oauth: FakeOAuth, clock: Clock
) -> None:
    oauth.failure = TokenUnavailable("No.")
    with pytest.raises(TokenUnavailable):
        source.obtain()
    assert store.acquire("key", "b", 20)
    store.release("key", "b")
    oauth.failure = None
    clock.now += 3
    source.obtain()
    assert store.acquire("key", "b", 20)


def test_a_broken_store_costs_one_warning_and_nothing_else(
    oauth: FakeOAuth, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = SqliteTokenStore(tmp_path / "missing" / "tokens.sqlite3")
    source = TokenSource(oauth, broken, "key", clock=clock, sleep=clock.sleep)
    with caplog.at_level(logging.WARNING):
        token = source.obtain()
        assert source.obtain() == token
        source.reject(token.value)
        assert source.obtain().value == "token-2"
    assert oauth.calls == 2
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_nothing_shows_the_token(source: TokenSource, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        token = source.obtain()
        source.reject(token.value)
    assert "token-1" not in f"{token!r} {source.status()} {caplog.text}"


@pytest.mark.parametrize(("code", "times"), [(None, 1), ("invalid_api_key", 0)])
def test_the_log_says_once_that_the_key_of_the_proxy_is_rejected(
    source: TokenSource,
    oauth: FakeOAuth,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    code: str | None,
    times: int,
) -> None:
    oauth.failure = CredentialsRejected("Rejected.", code=code)
    for _ in range(3):
        clock.now += 60
        with pytest.raises(CredentialsRejected):
            source.obtain()
    assert oauth.calls == 3
    assert caplog.messages == ["Rejected."] * times
