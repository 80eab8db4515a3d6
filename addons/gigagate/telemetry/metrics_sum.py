"""What many processes tell Prometheus, added up as if one had told it.

Counters and histograms count on when a process has died: a sum that falls is a restart to
Prometheus, and rate() would count everything again.  So their sums are exact, whatever the order,
and what is kept of the dead is rounded up.  Gauges are of the living.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from prometheus_client import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

type Combine = Callable[[Sequence[float]], float]

NO_SUMS: Mapping[str, Combine] = {
    "gigagate_slots": max,
    "gigagate_store_away": max,
    "gigagate_upstream_away": max,
    "gigagate_oauth_away": max,
    "gigagate_access_token_seconds": max,
    "gigagate_tls_verified": min,
    "gigagate_credential_usable": min,
    "gigagate_credential_token_seconds": max,
    "gigagate_info": max,
    "process_start_time_seconds": min,
}
"""Gauges that say the same in each process, or of which one process decides."""

GROWING = ("counter", "histogram")


def add_up(living: Iterable[str], past: Iterable[str] = ()) -> bytes:
    """All in the text format, sums and summands.  `past`: of processes that have died."""
    return _added(living, past, math.fsum)


def keep(past: Iterable[str]) -> str:
    """What is to be kept of processes that have died: one text in place of many."""
    return _added((), past, _rounded_up).decode()


def _added(living: Iterable[str], past: Iterable[str], add: Combine) -> bytes:
    families: dict[str, Metric] = {}
    values: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], list[float]]] = {}
    for family in chain(_families(living), _growing(past)):
        families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
        of_family = values.setdefault(family.name, {})
        for sample in family.samples:
            key = (sample.name, tuple(sample.labels.items()))
            of_family.setdefault(key, []).append(sample.value)
    for name, family in families.items():
        combine = NO_SUMS.get(name, add)
        for (sample_name, labels), numbers in values[name].items():
            family.add_sample(sample_name, dict(labels), combine(numbers))
    return generate_latest(_Ready(families.values()))


def _families(texts: Iterable[str]) -> Iterator[Metric]:
    for text in texts:
        yield from text_string_to_metric_families(text)


def _growing(texts: Iterable[str]) -> Iterator[Metric]:
    return (family for family in _families(texts) if family.type in GROWING)


def _rounded_up(numbers: Sequence[float]) -> float:
    total = math.fsum(numbers)
    exact = all(float(number).is_integer() for number in numbers)
    return total if exact or len(numbers) == 1 else math.nextafter(total, math.inf)


class _Ready(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families
