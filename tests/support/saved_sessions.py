"""Sessions of real clients, found among the flows that the proxy has saved as they came."""

from pathlib import Path

from tests.support.waiting import until

from gigagate.cli import saved
from gigagate.sessions.finder import Finder
from gigagate.sessions.seen import Seen
from gigagate.sessions.session import Session, gathered


class SavedSessions:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._before = len(self._seen())

    def of(self, requests: int) -> list[Session]:
        """Those since the test began, once so many requests are saved; no more may be."""
        until(lambda: len(self._seen()) >= self._before + requests, seconds=10)
        fresh = self._seen()[self._before :]
        assert len(fresh) == requests
        finder = Finder()
        for seen in fresh:
            finder.add(seen)
        return gathered(finder.sessions)

    def _seen(self) -> list[Seen]:
        try:
            return list(saved.read(self._file)) if self._file.exists() else []
        except ValueError:  # one is being written
            return []


def hows(session: Session) -> list[str]:
    return [step.how for step in session.steps]


def called(session: Session) -> list[str]:
    """The tools, each with a result."""
    calls = [call for step in session.steps for call in step.calls]
    assert all(call.result for call in calls)
    return [call.name for call in calls]
