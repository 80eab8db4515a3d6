"""Which releases of mitmproxy the tests ran with.

Ours reaches into mitmproxy where no public API does the work (docs/architecture.md), so a release
that nobody has tried is used with a word of warning.
"""

TESTED = ("12.2.3", "12.3.1")
"""The oldest that requirements.txt allows and the newest that pip offers; CI runs with both."""


def doubt(version: str) -> str | None:
    """The warning for a release outside the range, without a full stop; None for one inside.

    version: as mitmproxy tells its own, "12.3.1" or "13.0.0.dev".
    """
    oldest, newest = TESTED
    if _numbers(oldest) <= _numbers(version) <= _numbers(newest) and "dev" not in version:
        return None
    return f"mitmproxy {version} has not been tested with GigaGate; {oldest} to {newest} have been"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
