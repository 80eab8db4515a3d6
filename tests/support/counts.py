"""An addon for tests: GET /counts tells what lives in the proxy, to see whether anything grows."""

import asyncio
import contextlib
import ctypes
import gc
import json
from collections import Counter

import psutil
from mitmproxy import http


def request(flow: http.HTTPFlow) -> None:
    if flow.request.path == "/counts":
        while gc.collect():  # what one round frees may leave cycles for the next
            pass
        _give_back_freed_memory()
        counts = {
            "rss": psutil.Process().memory_info().rss,
            "tasks": Counter(_name(task) for task in asyncio.all_tasks()),
            "objects": Counter(_type(each) for each in gc.get_objects()),
        }
        flow.response = http.Response.make(200, json.dumps(counts))


def _give_back_freed_memory() -> None:
    """glibc keeps what is freed for the next request; that is not held by us."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _name(task: asyncio.Task[object]) -> str:
    return getattr(task.get_coro(), "__qualname__", "")


def _type(each: object) -> str:
    return f"{type(each).__module__}.{type(each).__qualname__}"
