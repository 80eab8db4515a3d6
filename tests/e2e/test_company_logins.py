"""A company's GigaChat: a client certificate, a user with a password, a token somebody else renews.

The emulator asks for certificates of its own CA and tells of each request whose it was.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from tests.support import waiting
from tests.support.proxy import Proxy
from tests.support.samples import data_url
from tests.support.valkey import Valkey

from gigagate.accounts.account import Accounts
from gigagate.cli import doctor
from gigagate.cli.doctor_access import Finding
from gigagate.emulator.config import Credential, EmulatorConfig
from gigagate.emulator.thread import EmulatorThread
from gigagate.emulator.tls import issue_client_certificate
from gigagate.errors import SettingsError
from gigagate.settings import Settings

NAME = "gateway.bank"
PASSPHRASE = "passphrase-of-the-key-file"
PASSWORD = "password-of-the-robot"
STORE_KEY = Fernet.generate_key().decode()
ACCOUNT = Credential(scope="GIGACHAT_API_CORP", user="robot", password=PASSWORD, certificate=NAME)
USER = {"GIGACHAT_USER": "robot", "GIGACHAT_PASSWORD": PASSWORD}
PICTURE = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": data_url()}}]}]
CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


@dataclass
class Bank:
    emulator: EmulatorThread
    folder: Path
    stack: ExitStack

    def certificate(self, *, days: int = 90, name: str = NAME) -> dict[str, str]:
        """Files of a new certificate, its key encrypted; and the variables that name them."""
        until = datetime.now(UTC) + timedelta(days=days)
        chain, key = issue_client_certificate(self.folder / "emulator", name, until)
        sealed = load_pem_private_key(key, None).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.encode())
        )
        (cert_file := self.folder / "client.pem").write_bytes(chain)
        (key_file := self.folder / "client.key").write_bytes(sealed)
        (password_file := self.folder / "passphrase").write_text(PASSPHRASE + "\n")
        return {
            "GIGACHAT_CERT_FILE": str(cert_file),
            "GIGACHAT_KEY_FILE": str(key_file),
            "GIGACHAT_KEY_FILE_PASSWORD_FILE": str(password_file),
        }

    def proxy(self, *arguments: str, state: str = "state", **variables: str) -> Proxy:
        environment = {"GIGACHAT_AUTH_KEY": "", "GIGACHAT_SCOPE": "GIGACHAT_API_CORP", **variables}
        proxy = Proxy(self.emulator, self.folder / state, *arguments, environment=environment)
        return self.stack.enter_context(proxy)

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        of_proxy = Proxy(self.emulator, self.folder / "state").environment
        return of_proxy | {"GIGACHAT_AUTH_KEY": "", "GIGACHAT_SCOPE": ACCOUNT.scope} | variables

    def token(self) -> str:
        """As somebody else would get one."""
        token, _ = self.emulator._state.office.issue(ACCOUNT, 1800)
        return token

    def close(self) -> None:
        """Ends the proxies, before what they need."""
        self.stack.close()

    def tokens(self) -> list[tuple[str, str | None]]:
        """Where tokens were asked for, and with which certificate."""
        return [
            (place, certificate)
            for place in ("oauth", "/token")
            for certificate, scheme in self.seen(place)
            if scheme == "Basic"
        ]

    def seen(self, path: str) -> list[tuple[str | None, str | None]]:
        """Of each request: its certificate, and the scheme of its Authorization."""
        return [
            (one.certificate, (one.header("authorization") or "").partition(" ")[0] or None)
            for one in self.emulator.log
            if path in one.path
        ]


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    config = EmulatorConfig(credentials=(ACCOUNT,), client_certificate="required", concurrency=0)
    with EmulatorThread(config, state_dir=tmp_path / "emulator") as emulator, ExitStack() as stack:
        yield Bank(emulator, tmp_path, stack)


def chat(proxy: Proxy, **more: object) -> requests.Response:
    """A worker that is starting says so, and to come again."""
    while True:
        url = f"{proxy.base_url}/chat/completions"
        answer = requests.post(url, json=CHAT | more, timeout=30)
        if answer.status_code != 503 or answer.json()["error"]["code"] != "not_ready":
            return answer


def serves(proxy: Proxy) -> None:
    """Whole, as a stream, and with a file."""
    assert chat(proxy).status_code == 200
    stream = chat(proxy, stream=True)
    assert stream.text.endswith("data: [DONE]\n\n"), stream.text
    assert "error" not in stream.text
    assert chat(proxy, messages=PICTURE).status_code == 200


class Kind(NamedTuple):
    variables: Callable[[Bank], dict[str, str]]
    scheme: str | None
    """Of the Authorization that chats and files carry."""
    tokens: Sequence[tuple[str, str | None]] = ()
    """Where tokens come from, and the certificate seen there: at first, and after a 401."""


KINDS = {
    "a certificate alone": Kind(lambda _: {}, None),
    "a key, which OAuth sees without the certificate": Kind(
        lambda _: {"GIGACHAT_AUTH_KEY": ACCOUNT.key},
        "Bearer",
        [("oauth", None), ("oauth", None)],
    ),
    "a user and a password, which go where the certificate is shown": Kind(
        lambda _: USER, "Bearer", [("/token", NAME), ("/token", NAME)]
    ),
    "a ready token, and after it what else there is": Kind(
        lambda bank: {"GIGACHAT_ACCESS_TOKEN": f"Bearer {bank.token()}", **USER},
        "Bearer",
        [("/token", NAME)],
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_serves_two_machines_one_of_them_with_workers(bank: Bank, name: str) -> None:
    """And a token that is withdrawn in its middle is replaced once for all of them."""
    kind = KINDS[name]
    with Valkey(bank.folder) as valkey:
        store = {"GIGAGATE_STORE": valkey.address, "GIGAGATE_STORE_KEY": STORE_KEY}
        shared = {**store, **bank.certificate(), **kind.variables(bank)}
        one = bank.proxy("--workers", "2", **shared)
        other = bank.proxy(state="other", **shared)
        for withdrawn in (False, True):
            if withdrawn:
                bank.emulator.revoke_tokens()
            for proxy in (one, one, other):
                serves(proxy)
            renewed = "ready" not in name or withdrawn
            wanted = kind.tokens if withdrawn else kind.tokens[:1] if renewed else ()
            assert bank.tokens() == list(wanted)
        assert set(bank.seen("/chat/completions")) == {(NAME, kind.scheme)}
        assert set(bank.seen("/files")) == {(NAME, kind.scheme)}
        bank.close()


def test_a_ready_token_alone_is_used_until_it_is_refused(bank: Bank) -> None:
    proxy = bank.proxy(**bank.certificate(), GIGACHAT_ACCESS_TOKEN=bank.token())
    assert chat(proxy).status_code == 200
    bank.emulator.revoke_tokens()
    refused = chat(proxy)
    assert refused.status_code == 401
    assert "GIGACHAT_ACCESS_TOKEN" in refused.json()["error"]["message"]
    assert bank.tokens() == []


def test_a_token_file_written_anew_is_taken_over(bank: Bank) -> None:
    (file := bank.folder / "token").write_text(bank.token())
    proxy = bank.proxy(**bank.certificate(), GIGACHAT_ACCESS_TOKEN_FILE=str(file))
    serves(proxy)
    bank.emulator.revoke_tokens()
    file.write_text(bank.token())
    waiting.until(lambda: chat(proxy).status_code == 200, seconds=30)


def test_renewed_certificates_are_taken_over_without_a_restart(bank: Bank) -> None:
    proxy = bank.proxy(**bank.certificate())
    assert chat(proxy).status_code == 200
    (bank.folder / "client.key").write_text("being written")
    waiting.until(lambda: "The old client certificate stays" in proxy.output(), seconds=30)
    assert chat(proxy).status_code == 200
    changed = EmulatorConfig(
        credentials=(Credential(scope="GIGACHAT_API_CORP", certificate="renewed.bank"),)
    )
    bank.certificate(name="renewed.bank")
    waiting.until(lambda: "A renewed client certificate" in proxy.output(), seconds=30)
    bank.emulator.switch(credentials=changed.credentials)
    serves(proxy)
    assert bank.seen("/chat/completions")[-1] == ("renewed.bank", None)


def test_a_server_that_is_not_trusted_never_sees_the_certificate(bank: Bank) -> None:
    other = EmulatorThread(
        EmulatorConfig(client_certificate="optional"), state_dir=bank.folder / "other-ca"
    )
    with other as stranger:
        proxy = bank.proxy(**bank.certificate(), GIGACHAT_BASE_URL=stranger.base_url)
        assert chat(proxy).status_code == 502
        assert chat(proxy, messages=PICTURE).status_code >= 500
        assert list(stranger.log) == []


def test_passthrough_knows_the_same_kinds(bank: Bank) -> None:
    proxy = bank.proxy(**bank.certificate(), GIGAGATE_AUTH_MODE="passthrough")
    for key in (
        ACCOUNT.key,
        f"giga-cred-{ACCOUNT.key}:GIGACHAT_API_CORP",
        f"giga-user-robot:{PASSWORD}",
        f"giga-auth-{bank.token()}",
    ):
        answer = requests.post(
            f"{proxy.base_url}/chat/completions",
            json=CHAT,
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
    assert {certificate for certificate, _ in bank.seen("/chat/completions")} == {NAME}
    assert requests.post(f"{proxy.base_url}/chat/completions", json=CHAT).status_code == 401


def start(bank: Bank, verb: str, variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gigagate", verb],
        env=bank.environment(variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


Change = Callable[[Bank, dict[str, str]], object]


def _another_key(bank: Bank, variables: dict[str, str]) -> None:
    _, key = issue_client_certificate(bank.folder / "emulator", NAME)
    (bank.folder / "client.key").write_bytes(key)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _, v: v.pop("GIGACHAT_KEY_FILE_PASSWORD_FILE"), "GIGACHAT_KEY_FILE_PASSWORD"),
        (lambda b, _: (b.folder / "passphrase").write_text("wrong"), "does not open it"),
        (lambda b, _: (b.folder / "client.pem").write_text("junk"), "no certificate in PEM"),
        (lambda b, _: (b.folder / "client.key").write_text("junk"), "no private key in PEM"),
        (lambda _, v: v.pop("GIGACHAT_KEY_FILE"), "Name the file of the key in GIGACHAT_KEY_FILE"),
        (lambda _, v: v.pop("GIGACHAT_CERT_FILE"), "GIGACHAT_KEY_FILE: set without GIGACHAT_CERT"),
        (lambda _, v: v.update(GIGACHAT_USER="robot"), "GIGACHAT_USER: set without GIGACHAT_PASS"),
        (lambda _, v: v.update(GIGACHAT_BASE_URL="http://127.0.0.1:9/v1"), "plain http"),
        (_another_key, "does not belong to the client certificate"),
    ],
)
def test_a_wrong_combination_is_one_sentence_that_says_so(
    bank: Bank, change: Change, said: str
) -> None:
    variables = bank.certificate()
    change(bank, variables)
    environ = bank.environment(variables)
    with pytest.raises(SettingsError) as refused:
        Accounts(Settings.load(environ=environ), None, None)
    assert said in refused.value.message
    assert "\n" not in refused.value.message
    assert PASSPHRASE not in refused.value.message
    found = doctor.examine(lambda: Settings.load(environ=environ))
    wrong = " ".join(one.told for one in found if one.fine is False)
    assert said in wrong
    assert PASSPHRASE not in wrong


def test_the_sentence_is_all_that_a_start_says(bank: Bank) -> None:
    variables = bank.certificate()
    (bank.folder / "passphrase").write_text("wrong")
    ended = start(bank, "serve", variables)
    assert ended.returncode == 2, ended.stderr
    assert "does not open it" in ended.stderr
    assert ended.stderr.strip().count("\n") == 0


def test_doctor_checks_the_certificate_and_warns_a_month_before_its_end(bank: Bank) -> None:
    def findings(days: int) -> dict[str, Finding]:
        environ = bank.environment(bank.certificate(days=days))
        return {one.what: one for one in doctor.examine(lambda: Settings.load(environ=environ))}

    found = findings(90)
    assert f"CN={NAME}" in found["client cert"].told
    assert "its key fits" in found["client cert"].told
    assert [one for what, one in found.items() if one.fine is False and what != "port"] == []
    ending = findings(20)["client cert"]
    assert ending.fine is None
    assert "expires in 19 days" in ending.told
    assert findings(-1)["client cert"].fine is False
