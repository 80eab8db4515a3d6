from pathlib import Path

import pytest
from tests.support.checkout import KEY, Checkout

from gigagate.errors import SettingsError
from gigagate.settings import protection

FULL = "\n".join(
    [
        f"GIGACHAT_AUTH_KEY={KEY}",
        "GIGAGATE_ALLOWED_HOSTS=proxy.example.com",
        "GIGAGATE_CLIENT_KEYS=anna:a-long-key,boris:another",
        "",
    ]
)


@pytest.fixture
def before(checkout: Checkout) -> frozenset[str]:
    checkout.write(".env", FULL)
    checkout.write("config/gigachat.yaml", "limits: {requests_per_minute: 10}")
    return protection.in_force(checkout.load())


def test_what_is_in_force(before: frozenset[str]) -> None:
    assert before == set(protection._PROTECTIONS)


@pytest.mark.parametrize("lines", [1, 2])
def test_a_file_cut_short_takes_nothing_away(
    checkout: Checkout, before: frozenset[str], lines: int
) -> None:
    checkout.write(".env", "".join(FULL.splitlines(keepends=True)[:lines]))
    with pytest.raises(SettingsError, match="say so with GIGAGATE_"):
        protection.check(before, checkout.load())


@pytest.mark.parametrize(
    ("env", "config"),
    [
        (FULL, ""),
        (FULL, "limits: {}"),
        (FULL, "limits:"),
        (FULL.replace("GIGAGATE_ALLOWED_HOSTS=", "#"), "limits: {requests_per_minute: 5}"),
    ],
)
def test_each_must_be_given_up_in_words(
    checkout: Checkout, before: frozenset[str], env: str, config: str
) -> None:
    checkout.write(".env", env)
    checkout.write("config/gigachat.yaml", config)
    with pytest.raises(SettingsError, match="If that is meant"):
        protection.check(before, checkout.load())


def test_words_that_give_them_up(checkout: Checkout, before: frozenset[str]) -> None:
    gone = f"GIGACHAT_AUTH_KEY={KEY}\nGIGAGATE_CLIENT_KEYS=none\nGIGAGATE_ALLOWED_HOSTS=None\n"
    checkout.write(".env", f"{gone}GIGACHAT_VERIFY_SSL_CERTS=false\n")
    checkout.write("config/gigachat.yaml", "limits: {requests_per_minute: 0}")
    settings = checkout.load()
    protection.check(before, settings)
    assert protection.in_force(settings) == frozenset()


def test_a_client_may_be_sent_away(checkout: Checkout, before: frozenset[str]) -> None:
    checkout.write(".env", FULL.replace(",boris:another", ""))
    protection.check(before, checkout.load())


@pytest.mark.parametrize("cut", range(1, len(FULL)))
def test_wherever_a_file_is_cut_it_is_refused(
    checkout: Checkout, before: frozenset[str], cut: int
) -> None:
    """A key cut in its middle would be a short one."""
    content = FULL[:cut]
    checkout.write(".env", content)
    env = Path(".env")
    with pytest.raises(SettingsError):
        protection.check_files({env: FULL.encode()}, {env: content.encode()})
        protection.check(before, checkout.load())


@pytest.mark.parametrize("new", [b"", b" \n", b"A=1\nB="])
def test_empty_and_half_written_files_are_suspect(new: bytes) -> None:
    with pytest.raises(SettingsError):
        protection.check_files({Path(".env"): b"A=1\nB=2\n"}, {Path(".env"): new})


@pytest.mark.parametrize("old", [b"", b"A=1\nB=2"])
def test_what_was_never_whole_is_not(old: bytes) -> None:
    protection.check_files({Path(".env"): old}, {Path(".env"): b"A=1"})


@pytest.mark.parametrize("now", [{}, {Path("a.yaml"): b" \n"}], ids=["gone", "empty"])
def test_an_empty_file_is_told_with_what_to_do_if_it_is_meant(now: dict[Path, bytes]) -> None:
    before = {Path("a.yaml"): b"strict: true\n"}
    with pytest.raises(SettingsError, match=r"a\.yaml is empty or gone.*begins with #"):
        protection.check_files(before, now)
    protection.check_files(before, {Path("a.yaml"): b"# nothing\n"})
    protection.check_files({Path("a.yaml"): b"\n"}, now)
