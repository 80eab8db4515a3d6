"""The proxy's state as text: each credential in a line that says what an admin needs."""

import pytest
from tests.support.told_credential import credential

from gigagate.telemetry import summary

REJECTED = {"seconds_left": None, "source": None, "last_error": "GigaChat rejects it."}


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({}, "used; 4 of 10 slots in use; token: valid for 28 min (from oauth)"),
        (
            {"usable": False, "problem": "GigaChat rejects it.", "again_in_seconds": 9}
            | {"token": REJECTED},
            "NOT USED: GigaChat rejects it. Tried again in 9 s; 4 of 10 slots in use",
        ),
        (
            {"lacks_models": ["GigaChat-2-Max"], "certificate_days": 80}
            | {"token": {"seconds_left": None, "source": "certificate", "last_error": None}},
            "used; 4 of 10 slots in use; token: none needed: the client certificate opens "
            "GigaChat; without GigaChat-2-Max for now; certificate: 80 days left",
        ),
        (
            {"token": {"seconds_left": None, "source": None, "last_error": None}},
            f"used; 4 of 10 slots in use; token: {summary.NONE_YET}",
        ),
    ],
)
def test_a_credential_in_a_line(told: dict[str, object], line: str) -> None:
    assert summary.credential(credential(**told)) == line
