"""What is refused packed stays packed, for whoever looks at it or saves it."""

import json
import zlib
from pathlib import Path

import pytest
import requests
from tests.support import mitmweb
from tests.support.gigachat_wire import completion
from tests.support.ports import free_port
from tests.support.proxy import Proxy
from tests.support.scripted_upstream import Said, ScriptedUpstream, whole

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


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/chat/completions", {"model": "x", "messages": [{"role": "user", "content": "?"}]}),
        (
            "/v1/messages",
            {"model": "x", "max_tokens": 9, "messages": [{"role": "user", "content": "?"}]},
        ),
    ],
)
def test_what_gigachat_sends_packed_is_shown_and_saved_plain_and_without_the_token(
    tmp_path: Path, path: str, asked: dict[str, object]
) -> None:
    """It is not asked to pack; a server on the way may do it all the same."""
    body = json.dumps(completion("Ответ, и token-1"), ensure_ascii=False).encode()
    packed = zlib.compress(body, wbits=31)
    head = b"Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
    web = f"http://127.0.0.1:{(port := free_port())}"
    with ScriptedUpstream() as upstream:
        upstream.begin([Said([whole(200, packed, head)])])
        with Proxy(upstream, tmp_path, *mitmweb.arguments(port), verb="web") as proxy:
            answer = requests.post(proxy.url + path, json=asked, timeout=20)
            assert "Ответ" in answer.text
            shown = mitmweb.Web(web)
            flow = shown.wait_for_flow(lambda flow: (flow["response"] or {}).get("timestamp_end"))
            _, text = shown.view(flow["id"], "response", "GigaChat: as GigaChat sent it")
            name, said = shown.view(flow["id"], "response")
    assert "content-encoding: gzip" in text.lower()
    assert "Ответ, и" in text
    assert "token-1" not in text
    assert (name, "Ответ" in said) == ("GigaChat: answer", True)
