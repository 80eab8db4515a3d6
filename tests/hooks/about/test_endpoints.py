"""What the proxy answers of itself, and to whom."""

import hashlib
import json
from typing import Any

import pytest
from mitmproxy import http
from tests.support.hooks import ANNA, ended, flow_of, status_of

from gigagate.errors import CredentialError
from gigagate.hooks.about.endpoints import LocalEndpoints
from gigagate.hooks.about.status import Status
from gigagate.running import Keys

WITH_KEYS = {"client_keys": {hashlib.sha256(ANNA.encode()).hexdigest(): "anna"}}
KEYS = Keys("command-line", "form", "admin")


async def asked(status: Status, method: str, path: str, **more: Any) -> http.HTTPFlow:
    endpoints = LocalEndpoints(status.runtime, status, KEYS)
    flow = flow_of(method, path, **more)
    endpoints.requestheaders(flow)
    await ended(endpoints.request(flow))
    return flow


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/health", b'"ok"'),
        ("/stats", b"{"),
        ("/metrics", b"gigagate_"),
        ("/", b'"version"'),
        ("/?lang=ru", b'"version"'),
    ],
)
async def test_anybody_is_told_where_there_are_no_keys(
    status: Status, path: str, says: bytes
) -> None:
    flow = await asked(status, "GET", path)
    assert flow.response is not None
    assert flow.response.status_code == 200
    assert says in (flow.response.content or b"")


async def test_a_browser_gets_a_page_in_its_language(status: Status) -> None:
    flow = await asked(status, "GET", "/", accept="text/html", accept_language="ru")
    assert flow.response is not None
    assert 'lang="ru"' in (flow.response.text or "")
    assert flow.response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("status", [WITH_KEYS], indirect=True)
@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/health", {}, 200),
        ("/stats", {}, 401),
        ("/stats", {"authorization": f"Bearer {ANNA}"}, 200),
        ("/stats", {"authorization": f"Bearer {KEYS.command_line}"}, 200),
        ("/stats", {"authorization": "Bearer other"}, 401),
    ],
)
async def test_where_there_are_keys_one_is_asked_for(
    status: Status, path: str, headers: dict[str, str], code: int
) -> None:
    assert status_of(await asked(status, "GET", path, **headers)) == code


async def test_a_wrong_method_is_told(status: Status) -> None:
    assert status_of(await asked(status, "POST", "/health")) == 405


async def test_the_panel_and_gigachat_s_paths_are_not_ours(status: Status) -> None:
    for path in ("/v1/models", "/admin"):
        assert status_of(await asked(status, "GET", path)) is None


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"form_token=form", {}, 303),
        (b"form_token=other", {}, 403),
        (b"form_token=form", {"origin": "http://evil.example"}, 403),
        (b"form_token=form", {"sec_fetch_site": "cross-site"}, 403),
        (b"", {"authorization": f"Bearer {KEYS.command_line}"}, 200),
    ],
)
async def test_only_our_form_and_the_command_line_get_a_new_token(
    status: Status, body: bytes, headers: dict[str, str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = status.runtime.accounts.require_own().tokens.source
    monkeypatch.setattr(source, "refresh", lambda: None)
    form = {"content_type": "application/x-www-form-urlencoded", **headers}
    assert status_of(await asked(status, "POST", "/token/refresh", body=body, **form)) == code


async def test_the_command_line_is_told_why_there_is_no_token(
    status: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise CredentialError("The key is wrong.")

    source = status.runtime.accounts.require_own().tokens.source
    monkeypatch.setattr(source, "refresh", fails)
    key = {"authorization": f"Bearer {KEYS.command_line}"}
    flow = await asked(status, "POST", "/token/refresh", **key)
    assert flow.response is not None
    assert json.loads(flow.response.content or b"")["error"]["message"] == "The key is wrong."
