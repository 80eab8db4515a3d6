"""The log's line about one request, for a person's eyes and for a machine's."""

from typing import Any

from gigagate.core.http import ANONYMOUS
from gigagate.plural import counted
from gigagate.telemetry.finished import CLIENT_GONE, Finished

LONGEST = 200
"""Characters of an error's message on the line of its request."""
NOTICED = 0.1
"""Seconds in the queue that are worth a word."""


def text(finished: Finished) -> str:
    """`200 POST /v1/chat/completions GigaChat-2-Max stop, 1200+45 tokens (1000 cached), 812 ms`"""
    status = "gone" if finished.status == CLIENT_GONE else f"{finished.status:<4}"
    words = [status, finished.method, finished.path, finished.model or "", finished.outcome]
    parts = [" ".join(word for word in words if word)]
    if usage := finished.usage:
        cached = f" ({usage.cached} cached)" if usage.cached else ""
        parts.append(f"{usage.prompt}+{usage.completion} tokens{cached}")
    if finished.api not in ("", "v1"):
        parts.append(f"API {finished.api}")
    parts.append(duration(finished.seconds))
    if finished.retries:
        parts.append(f"repeated {finished.retries} times" if finished.retries > 1 else "repeated")
    if finished.notes:
        parts.append(counted(len(finished.notes), "rewrite"))
    if finished.client != ANONYMOUS:
        parts.append(f"for {finished.client}")
    line = ", ".join(parts)
    told = [word for word in (finished.away, short(finished.message or "")) if word]
    return ": ".join([line, *told])


def detail(finished: Finished) -> list[str]:
    """What --verbose adds: every rewrite, and of a failure all that is known."""
    lines = [note.text for note in finished.notes]
    if finished.message and short(finished.message) != finished.message:
        lines.append(finished.message)
    if finished.tried:
        lines.append(f"failed before: {', '.join(finished.tried)}")
    if finished.queue_seconds >= NOTICED:
        lines.append(f"waited {duration(finished.queue_seconds)} for a slot")
    return lines


def fields(finished: Finished, *, rewrites: bool) -> dict[str, Any]:
    """The same for JSON."""
    told: dict[str, Any] = {
        "client": finished.client,
        "method": finished.method,
        "path": finished.path,
        "dialect": finished.dialect,
        "api": finished.api,
        "model": finished.model,
        "status": finished.status,
        "finish_reason": finished.finish_reason,
        "error": finished.error,
        "error_message": finished.message,
        "ms": round(finished.seconds * 1000),
        "retries": finished.retries,
        "queue_ms": round(finished.queue_seconds * 1000),
        "notes": len(finished.notes),
        "tokens": finished.usage._asdict() if finished.usage else None,
    }
    if rewrites:
        told["rewrites"] = [note.text for note in finished.notes]
    return told


def duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def short(message: str) -> str:
    """On one line, and no longer than a person reads in passing."""
    line = " ".join(message.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
