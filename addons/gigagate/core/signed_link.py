"""Links to generated pictures: whoever has one may see the picture, for a time, without a key.

A markdown viewer sends no API key when it loads a picture.  The signature covers the file, the
client it was made for and the end of its life, so no part of a link opens anything else.
"""

import hmac
from urllib.parse import parse_qs, quote, urlencode

from gigagate.errors import LinkRefused

LIFE = 7 * 86400
"""Seconds."""


def make(base_url: str, file_id: str, *, client: str, key: bytes, now: int) -> str:
    """base_url: ours, as the client reaches us.  now: unix seconds."""
    expires = now + LIFE
    query = {"expires": expires, "client": client} if client else {"expires": expires}
    signature = _signature(key, file_id, client, expires)
    path = f"/files/{quote(file_id, safe='')}/content"
    return f"{base_url}{path}?{urlencode(query)}&signature={signature}"


def client_of(file_id: str, query: str, *, key: bytes, now: int) -> str | None:
    """The client a link was made for; None if the query has no signature.

    Raises LinkRefused.
    """
    fields = {name: values[0] for name, values in parse_qs(query).items()}
    if "signature" not in fields:
        return None
    client, expires = fields.get("client", ""), fields.get("expires", "")
    if not (expires.isascii() and expires.isdecimal() and len(expires) < 12):
        raise _refused("is not one of this proxy's")
    signature = _signature(key, file_id, client, int(expires))
    if not hmac.compare_digest(signature.encode(), fields["signature"].encode(errors="replace")):
        raise _refused("is not one of this proxy's")
    if int(expires) < now:
        raise _refused("has expired")
    return client


def _signature(key: bytes, file_id: str, client: str, expires: int) -> str:
    message = f"{expires}\n{file_id}\n{client}".encode(errors="replace")
    return hmac.new(key, message, "sha256").hexdigest()


def _refused(what: str) -> LinkRefused:
    return LinkRefused(f"This link to a picture {what}. Ask for the file with your key instead.")
