"""Each finished request is told once, to all who keep accounts."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy import http
from mitmproxy.test import taddons
from tests.support.hooks import flow_of, runtime

from gigagate.core.pivot import Usage
from gigagate.core.policy import Policy
from gigagate.errors import InvalidApiKey, StoreError
from gigagate.exchange import ClientRequest, Exchange
from gigagate.hooks.answers import error_response
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.telemetry import VERBOSE, Telemetry
from gigagate.hooks.wire.client_side import ClientStream
from gigagate.settings.schema import Log
from gigagate.telemetry.finished import CLIENT_GONE, Finished
from gigagate.telemetry.json_lines import JsonLines

BODY = json.dumps({"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]})
ANSWER = json.dumps({"choices": [{"message": {"content": "Да"}, "finish_reason": "stop"}]})


class Budgets:
    def __init__(self) -> None:
        self.charged: list[tuple[str, int]] = []

    def charge(self, client: str, tokens: int, roubles: float) -> None:
        self.charged.append((client, tokens))


@pytest.fixture
def budgets() -> Budgets:
    return Budgets()


@pytest.fixture
def telemetry(
    tmp_path: Path, budgets: Budgets, request: pytest.FixtureRequest
) -> Iterator[Telemetry]:
    log = getattr(request, "param", Log())
    ours = Telemetry(runtime(tmp_path, log=log), Traffic(), budgets)  # type: ignore[arg-type]
    with taddons.context(ours):
        yield ours


def chat(telemetry: Telemetry) -> http.HTTPFlow:
    """A request that GigaChat has answered."""
    flow = flow_of(body=BODY.encode())
    request = ClientRequest("POST", "/v1/chat/completions", {}, BODY.encode())
    exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
    exchange.upstream_request()
    exchange.report.usage = Usage(9, 5, 2)
    call: Any = SimpleNamespace(
        exchange=exchange,
        account=telemetry._runtime.accounts.require_own(),
        client="anna",
        token="t",
        retries=SimpleNamespace(reasons=["busy"]),
        refused=None,
        slot=None,
    )
    telemetry._traffic.calls[flow] = call
    flow.response = http.Response.make(200, ANSWER)
    return flow


def finish(telemetry: Telemetry, flow: http.HTTPFlow) -> Finished:
    telemetry.requestheaders(flow)
    telemetry.response(flow)
    return telemetry.recent[0]


def test_a_chat_is_told_to_all(telemetry: Telemetry, budgets: Budgets) -> None:
    heard: list[Finished] = []
    telemetry.listeners.append(heard.append)
    finished = finish(telemetry, chat(telemetry))
    assert (finished.client, finished.model, finished.retries) == ("anna", "GigaChat-2-Max", 1)
    assert (finished.endpoint, finished.dialect) == ("/chat/completions", "openai")
    assert heard == [finished]
    assert budgets.charged == [("anna", 14)]


def test_it_is_told_once(telemetry: Telemetry) -> None:
    flow = chat(telemetry)
    finish(telemetry, flow)
    telemetry.error(flow)
    assert len(telemetry.recent) == 1


def test_a_client_that_left_is_said_to_have(telemetry: Telemetry) -> None:
    flow = flow_of()
    telemetry.requestheaders(flow)
    telemetry.error(flow)
    finished = telemetry.recent[0]
    assert (finished.status, finished.error) == (CLIENT_GONE, "client_gone")


def test_what_we_refused_is_told_by_its_code(telemetry: Telemetry) -> None:
    flow = flow_of()
    flow.response = error_response(InvalidApiKey("no"), flow.request)
    finished = finish(telemetry, flow)
    assert (finished.status, finished.error, finished.message) == (401, "invalid_api_key", "no")
    assert finished.endpoint == "other"


def test_what_the_proxy_says_of_itself_is_not_counted(telemetry: Telemetry) -> None:
    flow = flow_of("GET", "/health")
    flow.response = http.Response.make(200)
    telemetry.requestheaders(flow)
    telemetry.response(flow)
    assert not telemetry.recent


@pytest.mark.parametrize("telemetry", [Log(prompts=True)], indirect=True)
@pytest.mark.parametrize("packed", [False, True])
def test_prompts_are_told_to_whoever_wants_them(
    telemetry: Telemetry, caplog: pytest.LogCaptureFixture, packed: bool
) -> None:
    caplog.set_level("INFO")
    flow = chat(telemetry)
    if packed:
        flow.request.encode("gzip")
    finish(telemetry, flow)
    assert caplog.messages[-1].splitlines()[1:] == ["  > Привет", "  < Да"]


def test_nothing_that_was_said_is_told_else(
    telemetry: Telemetry, caplog: pytest.LogCaptureFixture
) -> None:
    from mitmproxy import ctx

    caplog.set_level("INFO")
    ctx.options.update(**{VERBOSE: True})
    finish(telemetry, chat(telemetry))
    assert "GigaChat-2-Max" in caplog.text
    assert "Привет" not in caplog.text


def test_a_fault_of_ours_fails_no_request(
    telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*more: object) -> None:
        raise ValueError

    monkeypatch.setattr(telemetry, "finished", fails)
    flow = chat(telemetry)
    telemetry.requestheaders(flow)
    telemetry.response(flow)
    assert "A request is not accounted for" in caplog.text


async def test_sums_are_saved_and_a_store_that_fails_stops_nothing(
    telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves: list[None] = []

    def fails() -> None:
        saves.append(None)
        raise StoreError("away")

    monkeypatch.setattr(telemetry.stats, "save", fails)
    telemetry.running()
    await telemetry.save()
    telemetry.done()
    assert len(saves) == 2


async def test_the_savers_task_survives_whatever_goes_wrong(
    telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(telemetry.stats, "save", lambda: 1 / 0)
    await telemetry.save()
    assert "The statistics are not saved" in caplog.text


class TermLog:
    name = "termlog"

    def __init__(self) -> None:
        self.logger = logging.StreamHandler()
        self.logger.formatter = logging.Formatter("%(message)s")


def test_the_logs_form_changes_while_it_runs(tmp_path: Path, budgets: Budgets) -> None:
    ours = Telemetry(runtime(tmp_path), Traffic(), budgets)  # type: ignore[arg-type]
    termlog = TermLog()
    as_text = termlog.logger.formatter
    with taddons.context(termlog, ours):
        for form, formatter in (("json", JsonLines), ("text", type(as_text)), ("json", JsonLines)):
            ours.take(replace(ours.settings, log=Log(format=form)))  # type: ignore[arg-type]
            assert type(termlog.logger.formatter) is formatter


def test_a_changed_webhook_ends_the_one_before(tmp_path: Path, budgets: Budgets) -> None:
    ours = Telemetry(runtime(tmp_path), Traffic(), budgets)  # type: ignore[arg-type]
    ours.take(replace(ours.settings, webhook="http://127.0.0.1:1/a"))
    first = ours.webhook
    assert first is not None
    ours.take(replace(ours.settings, webhook="http://127.0.0.1:1/b"))
    assert ours.webhook is not first
    first._work()  # ends at once: there is nothing to deliver


@pytest.mark.parametrize(("asked_for", "logged"), [(False, False), (True, False), (False, True)])
def test_a_stream_is_kept_for_whoever_looks_at_it_or_logs_it(asked_for: bool, logged: bool) -> None:
    stream: Any = SimpleNamespace(
        context=SimpleNamespace(options=SimpleNamespace(store_streamed_bodies=asked_for)),
        shared=SimpleNamespace(
            runtime=SimpleNamespace(settings=SimpleNamespace(log=Log(prompts=logged)))
        ),
    )
    assert ClientStream.keeps_stream(stream) is (asked_for or logged)
