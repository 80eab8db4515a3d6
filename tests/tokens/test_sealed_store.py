import logging

import pytest
from cryptography.fernet import Fernet
from tests.support.stores import Place

from gigagate.settings import Secret
from gigagate.tokens import AccessToken, SealedTokenStore

TOKEN = AccessToken("token-1", 4_000_000_000.0)
OURS = Secret(Fernet.generate_key().decode())
THEIRS = Secret(Fernet.generate_key().decode())


def test_what_lies_in_the_store_shows_no_token(place: Place) -> None:
    SealedTokenStore(place.tokens(), OURS).save("key", TOKEN)
    stored = place.tokens().load("key")
    assert stored is not None
    assert stored.value.startswith("fernet:")
    assert TOKEN.value not in stored.value
    assert stored.expires_at == TOKEN.expires_at


@pytest.mark.parametrize(
    ("saved_with", "read_with"), [(OURS, THEIRS), (OURS, None), (None, THEIRS)]
)
def test_another_key_makes_the_token_absent_and_warns_once(
    place: Place, caplog: pytest.LogCaptureFixture, saved_with: Secret, read_with: Secret
) -> None:
    SealedTokenStore(place.tokens(), saved_with).save("key", TOKEN)
    other = SealedTokenStore(place.tokens(), read_with)
    with caplog.at_level(logging.WARNING):
        assert other.load("key") is None
        assert other.load("key") is None
        other.drop("key", TOKEN.value)
    assert len(caplog.records) == 1
    assert "GIGAGATE_STORE_KEY" in caplog.text
    for key in (OURS, THEIRS):
        assert key.reveal() not in caplog.text
    assert SealedTokenStore(place.tokens(), saved_with).load("key") == TOKEN


def test_what_was_tampered_with_is_absent(place: Place) -> None:
    sealed = SealedTokenStore(place.tokens(), OURS)
    sealed.save("key", TOKEN)
    stored = place.tokens().load("key")
    assert stored is not None
    for value in (stored.value[:-3] + "AA=", "fernet:", "fernet:токен"):
        place.tokens().save("key", AccessToken(value, TOKEN.expires_at))
        assert sealed.load("key") is None


def test_without_a_key_a_token_is_stored_as_it_is(place: Place) -> None:
    SealedTokenStore(place.tokens(), None).save("key", TOKEN)
    assert place.tokens().load("key") == TOKEN
