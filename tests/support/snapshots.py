"""What a worker might have left, for tests."""

import os
from typing import Any

from gigagate.workers.snapshot import Snapshot

NO_TOKEN = {"seconds_left": None, "last_error": None, "oauth_calls": 0}


def snapshot(*, requests: int = 1, in_progress: int = 0, **changes: Any) -> Snapshot:
    name = "gigagate_requests"
    lines = (
        f"# HELP {name}_total Requests.",
        f"# TYPE {name}_total counter",
        f"{name}_total {requests}.0",
        f"# HELP {name}_in_progress Now.",
        f"# TYPE {name}_in_progress gauge",
        f"{name}_in_progress {in_progress}.0",
    )
    told: dict[str, Any] = {
        "index": 1,
        "pid": os.getpid(),
        "made": 100.0,
        "url": "http://127.0.0.1:4000",
        "reasons": [],
        "numbers": {"in_progress": in_progress, "slots_in_use": 1, "queue_length": 0},
        "token": NO_TOKEN,
        "credentials": [],
        "outages": [],
        "recent": [],
        "metrics": "\n".join((*lines, "")),
        "past": "",
    }
    return Snapshot(**told | changes)
