"""A request for a response, read."""

from collections.abc import Mapping
from typing import Any

import pytest

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.shelf import Shelf
from gigagate.dialects.openai.responses.asked import Asked

REQUEST_ID = "0123456789abcdef" * 2


class Asking:
    def __init__(self) -> None:
        self.notes = Notes()
        self.shelf = Shelf()

    def __call__(
        self,
        given: Any = "Привет",
        *,
        policy: Policy | None = None,
        found: Mapping[str, bytes] = {},
        client: str = "",
        request_id: str = REQUEST_ID,
        **fields: Any,
    ) -> Asked:
        body = {"model": "gigachat", "input": given, **fields}
        self.notes, self.shelf = Notes(), Shelf(found)
        return Asked(
            body, policy or Policy(), self.notes, self.shelf, client=client, request_id=request_id
        )

    def told(self) -> str:
        return "\n".join(note.text for note in self.notes)


@pytest.fixture
def asking() -> Asking:
    return Asking()
