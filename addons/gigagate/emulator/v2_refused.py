"""A request that GigaChat v2 does not take."""

from typing import Any

from gigagate.emulator.chat_rules import INVALID_JSON, Refusal


class Refused(Exception):
    """The request is not taken: `refusal` says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(status, message)


def invalid() -> Refused:
    return Refused(400, INVALID_JSON)


def list_at(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise invalid()
    return given
