"""The log's line about one request, for a person's eyes and for a machine's."""

from typing import Any

from gigagate.telemetry.finished import ANONYMOUS, CLIENT_GONE, Finished


def text(finished: Finished) -> str:
    """`200 POST /v1/chat/completions GigaChat-2-Max stop, 1200+45 tokens (1000 cached), 812 ms`"""
    status = "gone" if finished.status == CLIENT_GONE else f"{finished.status:<4}"
    words = [status, finished.method, finished.path, finished.model or "", finished.outcome]
    parts = [" ".join(word for word in words if word)]
    if usage := finished.usage:
        cached = f" ({usage.cached} cached)" if usage.cached else ""
        parts.append(f"{usage.prompt}+{usage.completion} tokens{cached}")
    parts.append(duration(finished.seconds))
    if finished.retries:
        parts.append(f"repeated {finished.retries} times" if finished.retries > 1 else "repeated")
    if finished.notes:
        parts.append(f"{len(finished.notes)} rewrite{'s' * (len(finished.notes) > 1)}")
    if finished.client != ANONYMOUS:
        parts.append(f"for {finished.client}")
    return ", ".join(parts)


def fields(finished: Finished, *, rewrites: bool) -> dict[str, Any]:
    """The same for JSON."""
    told: dict[str, Any] = {
        "client": finished.client,
        "method": finished.method,
        "path": finished.path,
        "model": finished.model,
        "status": finished.status,
        "finish_reason": finished.finish_reason,
        "error": finished.error,
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
