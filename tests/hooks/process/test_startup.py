"""What mitmproxy was not told on its command line, it is told by being executed once more."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.addons.view import View
from mitmproxy.test import taddons
from tests.support.hooks import runtime

from gigagate.errors import SettingsError
from gigagate.hooks.process import startup
from gigagate.hooks.process.startup import EXECUTED, Startup, give_up, write_lines_at_once
from gigagate.settings.schema import Log

GIVEN = {"mode": ["reverse:http://gigachat.test"], "listen_host": "127.0.0.1", "listen_port": 4000}


@pytest.fixture
def context() -> Iterator[Any]:
    with taddons.context(Proxyserver()) as found:
        yield found


def executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines of further executions."""
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda program, command, env: commands.append(command))
    monkeypatch.setattr(sys, "orig_argv", ["python", "mitmdump", "-s", "x.py"])
    Startup(runtime(tmp_path)).complete_arguments()
    return commands


@pytest.mark.parametrize(
    ("left_out", "added"),
    [
        ("mode", ["--mode", "reverse:http://gigachat.test:80"]),
        ("listen_host", ["--listen-host", "127.0.0.1"]),
        ("listen_port", ["-p", "4000"]),
        ("", None),
    ],
)
def test_what_is_missing_is_added(
    context: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    left_out: str,
    added: list[str] | None,
) -> None:
    context.options.update(**{name: value for name, value in GIVEN.items() if name != left_out})
    found = executed(tmp_path, monkeypatch)
    expected = [] if added is None else [[sys.executable, "mitmdump", "-s", "x.py", *added]]
    assert found == expected


def test_there_is_no_third_execution(
    context: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv(EXECUTED, "1")
    with pytest.raises(SystemExit):
        executed(tmp_path, monkeypatch)
    assert "did not take --mode" in capsys.readouterr().err


def test_streams_are_kept_for_whoever_looks_or_logs(context: Any, tmp_path: Path) -> None:
    context.options.add_option("save_stream_file", str, "", "")
    context.options.add_option("hardump", str, "", "")
    assert Startup(runtime(tmp_path)).for_inspection() == {}
    logs = Startup(runtime(tmp_path, log=Log(prompts=True)))
    assert logs.for_inspection() == {"store_streamed_bodies": True}
    context.master.addons.add(View())
    assert Startup(runtime(tmp_path)).for_inspection() == {"store_streamed_bodies": True}


async def test_nobody_is_served_before_it_is_known_where_we_listen(
    context: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(startup.safety, "stop_watching", lambda addon: None)
    proxyserver = context.master.addons.get("proxyserver")
    ours = Startup(runtime(tmp_path))
    for address in ("127.0.0.1", "0.0.0.0"):
        ours.runtime.ready = False
        monkeypatch.setattr(proxyserver, "listen_addrs", lambda here=address: [(here, 4000)])
        if address == "127.0.0.1":
            await ours.running()
            assert ours.runtime.ready
        else:
            with pytest.raises(SystemExit):
                await ours.running()
            assert not ours.runtime.ready
    assert "to the network" in capsys.readouterr().err


def test_an_addon_that_is_unloaded_ends_the_proxy(
    context: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ends: list[Any] = []
    loop = SimpleNamespace(call_soon=lambda *call: ends.append(call))
    monkeypatch.setattr(context.master, "event_loop", loop)
    monkeypatch.setattr(
        context.master, "should_exit", SimpleNamespace(is_set=lambda: False), raising=False
    )
    ours = Startup(runtime(tmp_path))
    ours.done()
    assert not ours.runtime.ready
    assert ends == [(sys.exit, 1)]
    assert "The proxy ends rather than forward raw requests." in caplog.text


def test_a_start_that_is_given_up_says_why(capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        give_up(SettingsError("line 3: no."))
    assert ended.value.code == 2
    assert capsys.readouterr().err == "gigagate: line 3: no.\n"


def test_a_line_of_the_log_is_in_a_pipe_as_soon_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipe = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe))
    write_lines_at_once()
    print("a line", file=sys.stdout)
    assert pipe.getvalue() == b"a line\n"
