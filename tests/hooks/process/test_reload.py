"""New settings are taken over whole, or the old ones stay and somebody is told why."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.hooks import listening, runtime

from gigagate.errors import SettingsError
from gigagate.hooks.process.reload import Reload
from gigagate.settings import Secret, Settings
from gigagate.settings.schema import Limits, Log

Load = Callable[[Callable[[Settings], Settings]], None]


@pytest.fixture
def reload(tmp_path: Path) -> Iterator[Reload]:
    with listening():
        yield Reload(runtime(tmp_path, sources=(tmp_path / "gigachat.yaml",)))


@pytest.fixture
def load(reload: Reload, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Load:
    """What the files say now."""
    caplog.set_level("INFO")

    def change(changed: Callable[[Settings], Settings]) -> None:
        before = reload.runtime.settings
        monkeypatch.setattr(Settings, "load", lambda: changed(before))

    return change


def test_a_change_is_taken_over(
    reload: Reload, load: Load, caplog: pytest.LogCaptureFixture
) -> None:
    load(lambda old: replace(old, log=Log(prompts=True)))
    reload.reload()
    assert reload.runtime.settings.log.prompts
    assert caplog.messages[-1] == "New settings are in use"
    assert reload.refused == ""


def _broken(old: Settings) -> Settings:
    raise SettingsError("config/gigachat.yaml, line 3: no.")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (_broken, "The old settings stay: config/gigachat.yaml, line 3: no."),
        (
            lambda old: replace(old, authorization_key=Secret("other"), auth_mode="passthrough"),
            "A change of authorization_key, auth_mode needs a restart",
        ),
        (lambda old: 1 / 0, "The old settings stay; the log says why."),
    ],
    ids=["broken", "fixed", "a fault of ours"],
)
def test_what_cannot_be_taken_over_leaves_all_as_it_was(
    reload: Reload, load: Load, caplog: pytest.LogCaptureFixture, changed: Any, told: str
) -> None:
    before = reload.runtime.settings
    load(lambda old: replace(changed(old), limits=Limits(slots=7)))
    reload.reload()
    assert reload.runtime.settings is before
    assert caplog.messages[-1] == told
    assert told in reload.refused
    assert reload.look() == reload.refused, "until the files change"


def test_a_look_takes_over_what_has_changed_since_the_last_one(
    reload: Reload, load: Load, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    load(lambda old: replace(old, log=Log(prompts=not old.log.prompts)))
    assert reload.look() == ""
    assert not reload.runtime.settings.log.prompts
    (tmp_path / "gigachat.yaml").write_text("log: {prompts: true}\n")
    assert reload.look() == ""
    assert reload.look() == ""
    assert reload.runtime.settings.log.prompts
    assert caplog.messages == ["New settings are in use"]


async def test_a_changed_file_is_seen(
    reload: Reload, load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("gigagate.hooks.process.reload.LOOK", 0)
    load(lambda old: replace(old, log=Log(prompts=True)))
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            (tmp_path / "gigachat.yaml").write_text("log: {prompts: true}\n")
        if looks == 3:
            reload.done()

    monkeypatch.setattr(reload.runtime.accounts, "renew_certificates", look)
    reload.running()
    assert reload.watching is not None
    with pytest.raises(asyncio.CancelledError):
        await reload.watching
    assert reload.runtime.settings.log.prompts


async def test_what_was_refused_is_read_again_and_told_once(
    reload: Reload, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A file half written can have the time and the size of the whole one."""
    monkeypatch.setattr("gigagate.hooks.process.reload.LOOK", 0)
    before, reads = reload.runtime.settings, 0

    def load() -> Settings:
        nonlocal reads
        reads += 1
        if reads < 4:
            return _broken(before)
        return replace(before, log=Log(prompts=True))

    def look() -> None:
        if reads == 4:
            reload.done()

    monkeypatch.setattr(Settings, "load", load)
    monkeypatch.setattr(reload.runtime.accounts, "renew_certificates", look)
    reload.reload_anew()
    reload.running()
    assert reload.watching is not None
    with pytest.raises(asyncio.CancelledError):
        await reload.watching
    assert reload.runtime.settings.log.prompts
    told = [message for message in caplog.messages if message.startswith("The old settings stay")]
    assert told == ["The old settings stay: config/gigachat.yaml, line 3: no."]


def test_who_asks_is_told_again(
    reload: Reload, load: Load, caplog: pytest.LogCaptureFixture
) -> None:
    load(_broken)
    reload.reload_anew()
    reload.reload_anew()
    assert len([message for message in caplog.messages if message.startswith("The old")]) == 2
