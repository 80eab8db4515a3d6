"""Whose key a call uses: one account for each key, and none for what is no key."""

import base64
from pathlib import Path

import pytest
from tests.support.checkout import KEY, OTHER_KEY

from gigagate.accounts import account as module
from gigagate.accounts.account import Accounts
from gigagate.errors import InvalidApiKey, TokenUnavailable
from gigagate.settings import Secret, Settings


def accounts(folder: Path) -> Accounts:
    return Accounts(Settings(state_dir=folder, auth_mode="passthrough"), None, None)


def test_a_key_has_one_account_and_another_key_another(tmp_path: Path) -> None:
    of_clients = accounts(tmp_path)
    first = of_clients.of_client([KEY])
    assert of_clients.of_client(["sk-of-another-service", KEY]) is first
    other = of_clients.of_client([OTHER_KEY])
    assert other is not first
    assert other.name != first.name
    for name in ("tokens", "slots", "uploads", "outage"):
        assert getattr(other, name) is not getattr(first, name)
    assert of_clients.named(first.name) is first
    assert list(of_clients) == [first, other]


def test_the_key_is_not_shown(tmp_path: Path) -> None:
    of_clients = accounts(tmp_path)
    account = of_clients.of_client([KEY])
    shown = repr((account, of_clients.__dict__, vars(account.tokens.source)))
    assert KEY not in shown
    assert "client-secret" not in shown


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([], "no key was sent"),
        (["sk-1234567890"], "this is an OpenAI key"),
        ([""], "this is base64 of something else"),
        (["gigachat"], "this is base64 of something else"),
        (["id:secret"], "not yet in base64"),
        ([KEY[:-3]], "a part is missing"),
    ],
)
def test_what_is_no_key_is_refused_with_what_is_expected(
    tmp_path: Path, keys: list[str], said: str
) -> None:
    of_clients = accounts(tmp_path)
    with pytest.raises(InvalidApiKey, match="your own GigaChat authorization key") as refusal:
        of_clients.of_client(keys)
    assert said in refusal.value.message
    assert list(of_clients) == []
    for key in keys:
        assert not key.startswith("sk-") or key not in refusal.value.message
        assert len(key) < 20 or key not in refusal.value.message


def test_the_longest_unused_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    keys = [base64.b64encode(f"id-{number}:secret".encode()).decode() for number in range(3)]
    of_clients = accounts(tmp_path)
    first, second = (of_clients.of_client([key]) for key in keys[:2])
    assert of_clients.of_client([keys[0]]) is first
    third = of_clients.of_client([keys[2]])
    assert list(of_clients) == [first, third]
    again = of_clients.of_client([keys[1]])
    assert again is not second
    assert again.name == second.name


def test_a_shared_key_has_the_one_account(tmp_path: Path) -> None:
    shared = Accounts(Settings(authorization_key=Secret(KEY), state_dir=tmp_path), None, None)
    assert list(shared) == [shared.require_own()]
    assert shared.require_own().name == ""


def test_without_a_key_of_its_own_the_proxy_says_so(tmp_path: Path) -> None:
    with pytest.raises(TokenUnavailable, match="each client brings its key"):
        accounts(tmp_path).require_own()
