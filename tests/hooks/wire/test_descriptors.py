"""What is held back of file descriptors, and what the log says when there are none."""

import asyncio
import errno
import logging
import os
import sys
from typing import Any

import pytest

from gigagate.hooks.log_rarely import Rarely
from gigagate.hooks.wire import descriptors
from gigagate.hooks.wire.descriptors import Descriptors

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")


def failed_accept(number: int = errno.EMFILE) -> dict[str, Any]:
    error = OSError(number, os.strerror(number))
    return {"message": "socket.accept() out of system resource", "exception": error, "socket": 1}


def test_a_hundred_failed_accepts_are_one_line_and_one_shedding(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, shed = Descriptors(), []
    one.make_room = lambda: shed.append(1)
    one.hold()
    held = list(one.held)
    assert held
    handle = one.quietly(None)
    loop = asyncio.new_event_loop()
    for _ in range(100):
        handle(loop, failed_accept())
    loop.close()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "Too many open files" in caplog.text
    assert shed == [1]
    assert one.scarce
    assert one.held == []
    for descriptor in held:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


@pytest.mark.parametrize(
    "context",
    [
        {"message": "Task exception was never retrieved", "exception": ValueError()},
        {"message": "no exception"},
        failed_accept(errno.EBADF),
        {"message": "a task's", "exception": OSError(errno.EMFILE, "")},
    ],
)
def test_every_other_error_goes_where_it_went(context: dict[str, Any]) -> None:
    told: list[object] = []
    loop = asyncio.new_event_loop()
    one = Descriptors()
    one.quietly(lambda loop, context: told.append(context))(loop, context)
    loop.close()
    assert told == [context]
    assert not one.scarce


def test_the_limit_is_raised_as_far_as_it_goes() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (500, before[1]))
        assert descriptors.most_connections() == (500 - descriptors.SPARE) // 2
        descriptors.raise_limit()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert hard == before[1]
        assert soft == min(hard, descriptors.ENOUGH) or hard == resource.RLIM_INFINITY
        assert soft > 500
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_asyncio_still_has_what_is_set() -> None:
    from asyncio import constants

    assert constants.ACCEPT_RETRY_DELAY > 0


def test_a_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    rarely = Rarely(logging.getLogger("test"), lambda: now)
    for now in range(0, 180, 10):
        rarely.warn("at %s", now)
    assert [record.getMessage() for record in caplog.records] == ["at 0", "at 60", "at 120"]


async def test_nobody_looks_until_they_are_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptors, "_TICK", 0)
    one = Descriptors()
    one.running()
    assert one.ticking is None
    one.used_up(OSError(errno.EMFILE, "used up"))
    ticking = one.ticking
    assert ticking is not None
    await ticking
    assert not one.scarce
    assert one.held
    one.done()
    asyncio.get_running_loop().set_exception_handler(None)
