"""The panel's pages and its API, and who may open them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import http
from tests.support.hooks import ended, error_of, flow_of, listening, runtime, status_of, telemetry

from gigagate.clients.counters import Spent
from gigagate.hooks.about.status import Status
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.inspection.flow_sessions import FlowSessions
from gigagate.hooks.panel.endpoints import LOGINS_PER_MINUTE, Panel
from gigagate.hooks.runtime import Runtime
from gigagate.running import Keys

KEYS = Keys("command-line", "form", "admin-of-this-run")
FORM = {"content_type": "application/x-www-form-urlencoded"}


@pytest.fixture
def made(tmp_path: Path) -> Runtime:
    return runtime(tmp_path)


@pytest.fixture
def panel(made: Runtime) -> Iterator[Panel]:
    traffic = Traffic()
    counted = telemetry(made, traffic)
    with listening():
        status = Status(made, counted, traffic)
        yield Panel(made, counted, status, KEYS, FlowSessions(made), lambda: "")


async def asked(panel: Panel, method: str, path: str, **more: Any) -> http.HTTPFlow:
    flow = flow_of(method, path, **more)
    panel.requestheaders(flow)
    await ended(panel.request(flow))
    return flow


async def logged_in(panel: Panel) -> dict[str, str]:
    """The headers of a browser whose user has typed the key in."""
    flow = await asked(panel, "POST", "/admin/login", body=f"key={KEYS.admin}".encode(), **FORM)
    assert flow.response is not None
    assert flow.response.status_code == 303
    assert flow.request.content == b"", "the key is not kept"
    return {"cookie": flow.response.headers["set-cookie"].partition(";")[0]}


async def test_a_stranger_sees_the_login_and_no_more(panel: Panel) -> None:
    flow = await asked(panel, "GET", "/admin")
    assert flow.response is not None
    assert 'action="/admin/login?lang=en"' in (flow.response.text or "")
    api = await asked(panel, "GET", "/admin/api/overview")
    assert (status_of(api), error_of(api)["code"]) == (401, "invalid_api_key")


async def test_the_key_opens_it_until_the_end_of_the_session(panel: Panel) -> None:
    session = await logged_in(panel)
    page = await asked(panel, "GET", "/admin", **session)
    assert page.response is not None
    (form,) = re.findall(r'"form": ?"([^"]+)"', page.response.text or "")
    assert status_of(await asked(panel, "GET", "/admin/api/overview", **session)) == 200
    out = await asked(
        panel, "POST", "/admin/logout", body=f"form_token={form}".encode(), **session | FORM
    )
    assert status_of(out) == 303
    assert status_of(await asked(panel, "GET", "/admin/api/overview", **session)) == 401


async def test_the_link_with_the_key_opens_it_too(panel: Panel) -> None:
    flow = await asked(panel, "GET", f"/admin?token={KEYS.admin}")
    assert status_of(flow) == 303
    assert KEYS.admin not in str(flow.get_state())


async def test_a_change_needs_the_sessions_form(panel: Panel) -> None:
    session = await logged_in(panel)
    add = await asked(panel, "POST", "/admin/api/clients/add", body=b'{"name":"anna"}', **session)
    assert (status_of(add), error_of(add)["code"]) == (403, "host_not_allowed")


async def test_the_command_line_may_ask_the_api(panel: Panel) -> None:
    key = {"authorization": f"Bearer {KEYS.command_line}"}
    flow = await asked(panel, "GET", "/admin/api/overview", **key)
    assert flow.response is not None
    assert json.loads(flow.response.content or b"")
    assert status_of(await asked(panel, "GET", "/admin/api/nothing", **key)) == 404


async def test_what_a_client_has_just_spent_is_told(panel: Panel, made: Runtime) -> None:
    """It is written behind the answers, at most a second later."""
    key = {"authorization": f"Bearer {KEYS.command_line}"}
    await asked(panel, "POST", "/admin/api/clients/add", body=b'{"name":"anna"}', **key)
    made.clients.spent("anna", Spent(13))
    flow = await asked(panel, "GET", "/admin/api/clients", **key)
    assert flow.response is not None
    (anna,) = json.loads(flow.response.content or b"")["clients"]
    assert anna["usage"]["tokens_today"] == 13


async def test_keys_cannot_be_guessed_one_after_another(panel: Panel) -> None:
    tries = [
        await asked(panel, "POST", "/admin/login", body=b"key=wrong", **FORM)
        for _ in range(LOGINS_PER_MINUTE + 1)
    ]
    assert [status_of(flow) for flow in tries] == [401] * LOGINS_PER_MINUTE + [429]
    assert "10 keys were tried" in error_of(tries[-1])["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/admin/files/panel.js", 200),
        ("GET", "/admin/files/../page.py", 404),
        ("DELETE", "/admin", 405),
        ("GET", "/admin/nothing", 405),
        ("GET", "/v1/models", None),
    ],
)
async def test_what_there_is(panel: Panel, method: str, path: str, status: int | None) -> None:
    assert status_of(await asked(panel, method, path)) == status


async def test_its_link_is_told_at_the_start_without_a_key(
    panel: Panel, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO")
    panel._tell_link()
    assert "http://127.0.0.1:4000/admin" in caplog.text
    assert KEYS.admin not in caplog.text + capsys.readouterr().out
