"""An addon for tests: writes which hooks were called with which flow, and does what a client asks.

The file named by WATCH_FILE gets a line of JSON for each call.  A request with the header
`X-Script: kill response` has its flow killed in the hook `response`; ACTIONS are the others.
"""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from mitmproxy import http

WATCH_FILE = Path(os.environ.get("WATCH_FILE", os.devnull))
HOOKS = ("requestheaders", "request", "responseheaders", "response", "error")
PAUSE = 0.02
"""Seconds."""


def look_of(flow: http.HTTPFlow) -> dict[str, object]:
    """Not whether GigaChat's connection is still open: it may be about to be closed, and mitmproxy
    closes it before a hook is called or just after it."""
    return {
        "request": message(flow.request),
        "line": f"{flow.request.method} {flow.request.path} {flow.request.http_version}",
        "response": None if flow.response is None else message(flow.response),
        "status": None if flow.response is None else flow.response.status_code,
        "metadata": sorted(flow.metadata),
        "error": None if flow.error is None else flow.error.msg,
        "state": [flow.live, flow.intercepted, flow.modified(), flow.comment, flow.marked],
        "connected": flow.client_conn.connected,
    }


def message(message: http.Message) -> list[object]:
    content = message.raw_content
    fields = [
        [key.decode("latin1"), value.decode("latin1")] for key, value in message.headers.fields
    ]
    return [fields, None if content is None else content.decode("latin1")]


class Watch:
    """Who stands before the one that acts, or behind it."""

    def __init__(self, name: str) -> None:
        self.name = name
        for hook in HOOKS:
            setattr(self, hook, self.watcher(hook))

    def watcher(self, hook: str) -> Callable[[http.HTTPFlow], None]:
        return lambda flow: self.write(hook, flow)

    def update(self, flows: list[http.HTTPFlow]) -> None:
        for flow in flows:
            self.write("update", flow)

    def write(self, hook: str, flow: http.HTTPFlow) -> None:
        line = {"case": flow.request.headers.get("x-case"), "by": self.name, "hook": hook}
        with WATCH_FILE.open("a") as file:
            file.write(json.dumps(line | look_of(flow)) + "\n")


def edit(flow: http.HTTPFlow) -> None:
    for message in (flow.request, flow.response):
        if message is not None:
            message.headers["X-Edited"] = "yes"
            if message.raw_content:
                message.raw_content = message.raw_content.replace(b"Hello", b"Howdy")


def pause(flow: http.HTTPFlow) -> None:
    def go_on() -> None:
        edit(flow)
        flow.resume()

    flow.intercept()
    asyncio.get_running_loop().call_later(PAUSE, go_on)


async def sleep(flow: http.HTTPFlow) -> None:
    await asyncio.sleep(PAUSE)
    edit(flow)


def fail(flow: http.HTTPFlow) -> None:
    raise RuntimeError("asked for by the client")


async def fail_later(flow: http.HTTPFlow) -> None:
    await asyncio.sleep(0)
    raise RuntimeError("asked for by the client")


def answer(flow: http.HTTPFlow) -> None:
    flow.response = http.Response.make(418, b"Hello from a script", {"X-Answer": "script"})


def answer_wrongly(flow: http.HTTPFlow) -> None:
    flow.response = http.Response.make("200")  # type: ignore[arg-type]


held: list[http.HTTPFlow] = []
left = asyncio.Event()


def hold(flow: http.HTTPFlow) -> None:
    flow.intercept()
    held.append(flow)


async def wait(flow: http.HTTPFlow) -> None:
    left.clear()
    await left.wait()


type Action = Callable[[http.HTTPFlow], Coroutine[Any, Any, None] | None]

ACTIONS: dict[str, Action] = {
    "edit": edit,
    "pause": pause,
    "sleep": sleep,
    "fail": fail,
    "fail_later": fail_later,
    "kill": http.HTTPFlow.kill,
    "answer": answer,
    "answer_wrongly": answer_wrongly,
}
UNTIL_THE_CLIENT_LEAVES: dict[str, Action] = {"hold": hold, "wait": wait}


class Act:
    def __init__(self) -> None:
        for hook in HOOKS:
            setattr(self, hook, self.actor(hook))

    def actor(self, hook: str) -> Action:
        def act(flow: http.HTTPFlow) -> Coroutine[Any, Any, None] | None:
            action, _, when = flow.request.headers.get("x-script", "").partition(" ")
            return (ACTIONS | UNTIL_THE_CLIENT_LEAVES)[action](flow) if when == hook else None

        return act

    def client_disconnected(self, client: object) -> None:
        left.set()
        while held:
            held.pop().resume()


addons = [Watch("first"), Act(), Watch("last")]
