"""What a proxy has loaded that has served one chat completion: each module costs every start.

A bound that fails says that every start has become dearer; raise it only for a reason.
"""

from pathlib import Path

import requests
from tests.support.proxy import Proxy
from tests.support.wire_cases import CHAT

from gigagate.emulator import EmulatorThread

NEEDLESS = ("flask", "gigagate.emulator", "jinja2", "ldap3", "tornado", "urwid", "werkzeug")
"""Packages of which nothing is loaded."""
MOST = 1200


def test_one_answer_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    with (
        EmulatorThread(state_dir=tmp_path / "emulator") as emulator,
        Proxy(emulator, tmp_path, environment={"PYTHONPROFILEIMPORTTIME": "1"}) as proxy,
    ):
        answer = requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=20)
        assert answer.status_code == 200
        lines = proxy.output().splitlines()
    loaded = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}
    assert {"mitmproxy.addons.maplocal", "gigagate.hooks.wire.http_layer"} <= loaded
    needless = {name for name in loaded if f"{name}.".startswith(tuple(f"{n}." for n in NEEDLESS))}
    assert needless == set()
    assert MOST / 2 < len(loaded) <= MOST
