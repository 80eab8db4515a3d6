"""Who asks whom for a token: memory first, then the store, OAuth last and once.

Once means: threads of a process share one attempt and its outcome, failure too; processes take
turns by a lease in the store, and whoever does not hold it waits for the holder's token to appear.
A store that breaks costs a warning, its own; each process then asks OAuth for itself.
"""

import contextlib
import logging
import math
import random
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypedDict

from gigagate.errors import CredentialError, CredentialsRejected, StoreError, TokenUnavailable
from gigagate.tokens.store import TokenStore
from gigagate.tokens.token import AccessToken

logger = logging.getLogger(__name__)

MARGIN = 5.0
"""A token that expires within these seconds is not used any more."""
SHORT_MARGIN = 0.1
"""One that was given for less than a minute is used for nine tenths of its life."""
REFRESH_AHEAD = 300.0
SHORT_LIFE = 0.2
"""A token is renewed 300 s before its end; a short-lived one in the last fifth of its life."""
LEASE = 20.0
"""Longer than an OAuth call takes."""
PATIENCE = 15.0
"""Seconds to wait for another process's token."""
GIVE_UP = 40.0
"""Seconds after which an attempt counts as lost, whatever holds it: the next one begins anew.
Longer than waiting for another process and asking oneself take."""
POLL = (0.05, 0.15)
COOL_DOWN = 2.0
COOL_DOWN_REJECTED = 10.0
"""Seconds during which a failure answers for further attempts."""


LOST = "No access token: the attempt to get one has not ended in time, and is begun anew."


class TokenFetcher(Protocol):
    def fetch(self) -> AccessToken: ...


class TokenStatus(TypedDict):
    expires_at: float | None
    source: str | None
    last_error: str | None
    oauth_calls: int


class Tokens(Protocol):
    """Whatever opens an account: see kinds.py.  `obtain`, `refresh` and `reject` may block."""

    def current(self) -> AccessToken | None: ...

    def needs_refresh(self) -> bool: ...

    def obtain(self) -> AccessToken: ...

    def refresh(self) -> AccessToken: ...

    def reject(self, value: str) -> None: ...

    def status(self) -> TokenStatus: ...


class TokenSource:
    """`obtain`, `refresh` and `reject` block; `current` and `needs_refresh` never do."""

    def __init__(
        self,
        oauth: TokenFetcher,
        store: TokenStore,
        key: str,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._oauth = oauth
        self._store = store
        self._key = key
        self._clock = clock
        self._sleep = sleep
        self._owner = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._flight: Future[AccessToken] | None = None
        self._flight_until = 0.0
        """The time by time.monotonic()."""
        self._token: AccessToken | None = None
        self._refresh_at = self._serves_until = 0.0
        self._refused: str | None = None
        self._failure: CredentialError | None = None
        self._failed_at = 0.0
        self._found_in: str | None = None
        self._oauth_calls = 0

    def current(self) -> AccessToken | None:
        """The token in memory, if it still serves."""
        token = self._token
        return token if token is not None and self._clock() < self._serves_until else None

    def needs_refresh(self) -> bool:
        """Whether it is time to call `refresh`: close to the end, and nobody is at it."""
        return (
            self._clock() >= self._refresh_at
            and self._in_flight() is None
            and self._cooling_down() <= 0
        )

    def obtain(self) -> AccessToken:
        """Raises CredentialError."""
        return self.current() or self._renew(None)

    def refresh(self) -> AccessToken:
        """A newer token than the one in memory, which serves until then. Raises CredentialError."""
        return self._renew(self._token)

    def reject(self, value: str) -> None:
        """GigaChat refused this token. A newer one, in memory or in the store, stays."""
        with self._lock:
            self._refused = value
            if self._token is not None and self._token.value == value:
                self._token = None
        with contextlib.suppress(StoreError):
            self._store.drop(self._key, value)

    def status(self) -> TokenStatus:
        token = self.current()
        return {
            "expires_at": token.expires_at if token else None,
            "source": self._found_in,
            "last_error": self._failure.message if self._failure else None,
            "oauth_calls": self._oauth_calls,
        }

    def _renew(self, old: AccessToken | None) -> AccessToken:
        """One attempt at a time; whoever comes during it gets its outcome."""
        with self._lock:
            token = self.current()
            if token is not None and token is not old:
                return token
            others = self._in_flight()
            if others is None:
                if self._cooling_down() > 0:
                    raise self._remembered_failure()
                flight = self._flight = Future()
                self._flight_until = time.monotonic() + GIVE_UP
        if others is not None:
            try:
                return others.result(self._flight_until - time.monotonic())
            except TimeoutError:
                raise TokenUnavailable(LOST) from None
        try:
            flight.set_result(self._find_or_fetch(old))
        except BaseException as error:
            flight.set_exception(error)
        finally:
            with self._lock:
                if self._flight is flight:
                    self._flight = None
        return flight.result()

    def _in_flight(self) -> "Future[AccessToken] | None":
        """The attempt under way, unless it has taken so long that it counts as lost."""
        flight = self._flight
        return flight if flight is not None and time.monotonic() < self._flight_until else None

    def _find_or_fetch(self, old: AccessToken | None) -> AccessToken:
        patient_until = self._clock() + PATIENCE
        while (token := self._stored(old)) is None:
            if self._acquire():
                try:  # the last holder may have saved its token since we looked
                    return self._stored(old) or self._fetch()
                finally:
                    self._release()
            if self._clock() >= patient_until:
                return self._fetch()
            self._sleep(random.uniform(*POLL))  # noqa: S311 - spreads the processes, no secret
        return token

    def _stored(self, old: AccessToken | None) -> AccessToken | None:
        try:
            token = self._store.load(self._key)
        except StoreError:
            return None
        if token is None or token.value == self._refused:
            return None
        if token.expires_at - self._clock() <= MARGIN:
            return None
        if old is not None and token.expires_at <= old.expires_at:
            return None
        return self._keep(token, "store")

    def _fetch(self) -> AccessToken:
        self._oauth_calls += 1
        try:
            token = self._oauth.fetch()
        except CredentialError as error:
            self._log_rejection(error)
            self._failure, self._failed_at = error, self._clock()
            error.retry_after = math.ceil(self._cooling_down())
            raise
        self._keep(token, "oauth")
        with contextlib.suppress(StoreError):
            self._store.save(self._key, token)
        return token

    def _log_rejection(self, error: CredentialError) -> None:
        """Once, for whoever looks at the terminal: clients are told each time.

        Not of a key that a client brings, which its owner has to mend.
        """
        told = self._failure.message if self._failure else None
        if error.code == CredentialsRejected.code and error.message != told:
            logger.error("%s", error.message)

    def _acquire(self) -> bool:
        try:
            return self._store.acquire(self._key, self._owner, LEASE)
        except StoreError:
            return True

    def _release(self) -> None:
        with contextlib.suppress(StoreError):
            self._store.release(self._key, self._owner)

    def _keep(self, token: AccessToken, found_in: str) -> AccessToken:
        life = token.expires_at - self._clock()
        with self._lock:
            self._token = token
            self._refresh_at = token.expires_at - min(REFRESH_AHEAD, SHORT_LIFE * life)
            self._serves_until = token.expires_at - min(MARGIN, SHORT_MARGIN * life)
            self._found_in = found_in
            self._failure = None
        return token

    def _cooling_down(self) -> float:
        """Seconds left; none at all if the clock has been set back."""
        if self._failure is None:
            return 0
        rejected = isinstance(self._failure, CredentialsRejected)
        length = COOL_DOWN_REJECTED if rejected else COOL_DOWN
        elapsed = self._clock() - self._failed_at
        return length - elapsed if elapsed >= 0 else 0

    def _remembered_failure(self) -> CredentialError:
        assert self._failure is not None
        wait = math.ceil(self._cooling_down())
        return type(self._failure)(
            f"{self._failure.message} (Not asked again yet: the next attempt is in {wait} s.)",
            status=self._failure.status,
            code=self._failure.code,
            retry_after=wait,
        )
