"""A finished request for tests of what keeps account of it."""

from typing import Any

from gigagate.core.notes import Note
from gigagate.core.pivot import Usage
from gigagate.telemetry.finished import Finished

NORMAL: dict[str, Any] = {
    "time": 1_700_000_000.0,
    "client": "anonymous",
    "method": "POST",
    "path": "/v1/chat/completions",
    "endpoint": "/chat/completions",
    "dialect": "openai",
    "operation": "chat",
    "model": "GigaChat-2-Max",
    "status": 200,
    "finish_reason": "stop",
    "error": None,
    "seconds": 0.812,
    "first_byte_seconds": None,
    "queue_seconds": 0.0,
    "retries": 0,
    "usage": Usage(prompt=1200, completion=45, cached=1000),
    "roubles": 0.25,
    "messages": 3,
    "messages_converted": 1,
    "notes": (Note("content", "2 text parts joined"),),
}


def finished(**changes: Any) -> Finished:
    return Finished(**NORMAL | changes)
