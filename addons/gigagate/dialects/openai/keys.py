"""Where the clients of OpenAI's APIs, and of those that copy it, put their key."""

from collections.abc import Iterator

from gigagate.core.http import Head
from gigagate.dialects import keys

HEADERS = ("x-api-key", "api-key", "x-goog-api-key")


def presented(head: Head) -> Iterator[str]:
    yield from keys.authorization(head)
    yield from keys.headers(head, *HEADERS)
