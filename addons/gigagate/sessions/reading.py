"""A request and its answer as bytes, in whatever API, as a step's plain values."""

from gigagate import routes
from gigagate.core.http import Head
from gigagate.dialects.dialect import Dialect
from gigagate.dialects.reading import Said
from gigagate.errors import GigaGateError
from gigagate.sessions.seen import Seen
from gigagate.views.facts import Facts


def seen(
    head: Head,
    asked: bytes,
    answered: bytes | None,
    facts: Facts,
    *,
    client: str,
    began: float | None = None,
    status: int | None = None,
) -> Seen | None:
    """None: no chat.  client: what it is called where the facts do not say."""
    dialect = routes.dialect_of(head)
    try:
        if routes.find(head, dialect).endpoint.operation != "chat":
            return None
        chat = dialect.reader.chat(asked, head.path)
    except (GigaGateError, ValueError):
        return None
    said = None if answered is None else _said(dialect, answered)
    by = facts.client or client
    return Seen(chat, said, facts, client=by, began=began, status=status, dialect=dialect.name)


def _said(dialect: Dialect, answered: bytes) -> Said | None:
    try:
        return dialect.reader.answer(answered)
    except ValueError:
        return None
