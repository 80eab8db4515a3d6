"""What is refused packed stays packed, for whoever looks at it or saves it."""

import json
import zlib
from pathlib import Path

import pytest
import requests
from tests.support.proxy import Proxy

from gigagate.emulator.thread import EmulatorThread

ZEROS = 60 * 1024 * 1024


def packed() -> bytes:
    """60 MB in 60 KB: more than a request may be."""
    return zlib.compress(bytes(ZEROS), wbits=31)


@pytest.mark.parametrize(
    ("path", "coding", "status"),
    [
        ("/v1/chat/completions", "gzip", 413),
        ("/v1/chat/completions", "br", 400),
        ("/v1/chat/completions", "gzip, gzip", 400),
        ("/health", "gzip", 405),
    ],
)
def test_a_har_has_it_as_it_came(tmp_path: Path, path: str, coding: str, status: int) -> None:
    har = tmp_path / "flows.har"
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path, "--set", f"hardump={har}") as proxy:
            headers = {"Content-Encoding": coding}
            answer = requests.post(proxy.url + path, data=packed(), headers=headers, timeout=20)
            assert answer.status_code == status
    assert har.stat().st_size < 1_000_000
    entries = json.loads(har.read_text())["log"]["entries"]
    sent = {h["name"].lower(): h["value"] for e in entries for h in e["request"]["headers"]}
    assert sent["x-not-unpacked"] == coding
