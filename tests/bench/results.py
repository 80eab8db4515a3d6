"""All that was measured, and when, where and with what; as a JSON file it can be drawn again."""

import datetime
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Of one call of the bench; `versions` has every target that took part."""

    command: str
    rounds: int
    versions: Mapping[str, str]
    date: str
    machine: str

    @classmethod
    def now(cls, command: str, rounds: int, versions: Mapping[str, str]) -> "Circumstances":
        date = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
        python = f"Python {platform.python_version()}, {platform.system()}"
        return cls(command, rounds, versions, date, f"{_processor()}; {python}")


@dataclass(frozen=True, slots=True)
class Results:
    circumstances: Circumstances
    values: dict[str, dict[str, dict[int, float]]] = field(default_factory=dict)
    """Target -> key of a metric -> round -> value."""
    failures: dict[str, str] = field(default_factory=dict)
    """Target and scenario -> the first error; such values are left out."""

    def add(self, target: str, key: str, round_number: int, value: float) -> None:
        self.values.setdefault(target, {}).setdefault(key, {})[round_number] = value

    def of(self, target: str, key: str) -> dict[int, float]:
        """Round -> value; empty when it was not measured."""
        return self.values.get(target, {}).get(key, {})

    def median(self, target: str, key: str) -> float | None:
        """None when it was not measured."""
        values = self.of(target, key)
        return median(values.values()) if values else None

    def ratio(self, target: str, key: str, baseline: str, other: str = "") -> float | None:
        """The median of each round's own ratio; None when no round has both.

        other: the baseline's key where it is not the same.
        """
        base = self.of(baseline, other or key)
        ratios = [value / base[r] for r, value in self.of(target, key).items() if base.get(r)]
        return median(ratios) if ratios else None

    def has(self, key: str) -> bool:
        return any(key in keys for keys in self.values.values())

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Results":
        """What `save` wrote."""
        saved = json.loads(path.read_text())
        values = {
            target: {
                key: {int(number): value for number, value in rounds.items()}
                for key, rounds in keys.items()
            }
            for target, keys in saved["values"].items()
        }
        return cls(Circumstances(**saved["circumstances"]), values, saved["failures"])


def _processor() -> str:
    """Model and number of cores of the machine."""
    models = [
        line.split(":", 1)[1].strip()
        for line in _lines(Path("/proc/cpuinfo"))
        if line.startswith("model name")
    ]
    return f"{len(models)} × {models[0]}" if models else platform.processor() or "unknown CPU"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
