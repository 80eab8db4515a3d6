"""mitmproxy's command line: what takes time answers in the event log."""

import asyncio
import logging

import pytest

from gigagate.errors import CredentialError
from gigagate.hooks.about import question
from gigagate.hooks.about.commands import Commands
from gigagate.hooks.about.status import Status


@pytest.fixture
def commands(status: Status, caplog: pytest.LogCaptureFixture) -> Commands:
    caplog.set_level(logging.INFO)
    return Commands(status.runtime, status)


async def told(commands: Commands, caplog: pytest.LogCaptureFixture) -> str:
    await asyncio.gather(*commands.tasks)
    return caplog.records[-1].getMessage()


async def test_the_state_and_the_sums_are_told(
    commands: Commands, caplog: pytest.LogCaptureFixture
) -> None:
    commands.status()
    assert "http://127.0.0.1:4000/v1" in await told(commands, caplog)
    commands.stats()
    assert "requests" in (await told(commands, caplog)).lower()


async def test_a_new_token_is_told_and_why_there_is_none(
    commands: Commands, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = commands.runtime.accounts.require_own().tokens.source
    monkeypatch.setattr(source, "refresh", lambda: None)
    commands.refresh_token()
    assert "A new access token" in await told(commands, caplog)

    def fails() -> None:
        raise CredentialError("The key is wrong.")

    monkeypatch.setattr(source, "refresh", fails)
    commands.refresh_token()
    assert await told(commands, caplog) == "The key is wrong."


async def test_gigachat_s_models_are_told(
    commands: Commands, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def models(self: object, account: object) -> list[str]:
        return ["GigaChat-2", "GigaChat-2-Max"]

    monkeypatch.setattr(question.Question, "models", models)
    commands.models()
    assert await told(commands, caplog) == "GigaChat-2\nGigaChat-2-Max"
