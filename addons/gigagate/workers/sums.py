"""What the workers have left, as one answer of one proxy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nlargest
from typing import Any

from gigagate.telemetry import metrics_sum
from gigagate.workers.folder import Left
from gigagate.workers.snapshot import Snapshot

SILENCE = 5.0
"""Seconds without a word after which a worker that lives is taken to hang."""


def metrics(left: Left) -> bytes:
    past = [worker.past for worker in (*left.living, *left.dead)]
    return metrics_sum.add_up(
        [worker.metrics for worker in left.living],
        [*(worker.metrics for worker in left.dead), *past],
    )


def state(own: Mapping[str, Any], left: Left, wanted: int, most_recent: int) -> dict[str, Any]:
    """`own`: what the worker that was asked would tell alone."""
    numbers: Counter[str] = Counter()
    for worker in left.living:
        numbers.update(worker.numbers)
    recent = [request for worker in (*left.living, *left.dead) for request in worker.recent]
    return {
        **own,
        **numbers,
        "token": _token([worker.token for worker in left.living] or [own["token"]]),
        "credentials": _credentials([one for worker in left.living for one in worker.credentials]),
        "outages": _outages([outage for worker in left.living for outage in worker.outages]),
        "problems": list(dict.fromkeys(p for worker in left.living for p in worker.reasons)),
        "recent": nlargest(most_recent, recent, key=lambda request: request["time"]),
        "workers": workers(left.living, wanted),
    }


def readiness(left: Left, wanted: int, now: float) -> dict[str, Any]:
    """`now`: time.monotonic().  A worker that has died is no reason: the others have its port."""
    reasons = [
        f"Worker {worker.index}: {reason}"
        for worker in left.living
        for reason in (*worker.reasons, *_silence(now - worker.made))
    ]
    told = {"status": "not ready", "reasons": reasons} if reasons else {"status": "ready"}
    return {**told, "workers": workers(left.living, wanted)}


def workers(living: Sequence[Snapshot], wanted: int) -> dict[str, int]:
    return {"running": len(living), "wanted": wanted}


def _token(told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The token that lasts longest; if no worker has one, the reason of one that knows it."""

    def worth(token: Mapping[str, Any]) -> tuple[int, bool]:
        left = token["seconds_left"]
        return -1 if left is None else left, token["last_error"] is not None

    best = sorted(told, key=worth)[-1]
    return {**best, "oauth_calls": sum(token["oauth_calls"] for token in told)}


def _credentials(told: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each once: slots in use and queues add up, and a problem of one worker is one."""
    of_names: dict[str, list[Mapping[str, Any]]] = {}
    for one in told:
        of_names.setdefault(one["name"], []).append(one)
    return [
        {
            **min(each, key=lambda one: (one["usable"], not one["problem"])),
            "lacks_models": sorted({model for one in each for model in one["lacks_models"]}),
            **{name: sum(one[name] for one in each) for name in ("slots_in_use", "queue_length")},
            "token": _token([one["token"] for one in each]),
        }
        for each in of_names.values()
    ]


def _outages(told: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The outage of each upstream, as the worker tells it that has known it for longest."""
    longest = {one["upstream"]: one for one in sorted(told, key=lambda one: one["seconds"])}
    return [longest[upstream] for upstream in sorted(longest)]


def _silence(seconds: float) -> list[str]:
    return [f"It has not been heard of for {seconds:.0f} s."] if seconds > SILENCE else []
