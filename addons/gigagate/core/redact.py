"""Secrets out of texts that people will read: logs, and the words of a server that echoes ours.

Works on plain text, on JSON and on the repr of bytes.  Returns the very same string if there was
nothing to mask.
"""

import re

MASK = "[secret]"

_SECRET = re.compile(
    r"""
      (?P<scheme> \b (?: bearer | basic ) [ \t]+ ) [\w.~+/=-]{16,}
    | (?P<name>
        (?: authorization | api[_-]?key | auth[_-]?key | access[_-]?token | client[_-]?secret
          | credentials ) \b
        \\? ["']? [ \t]*
        (?: [:=] [ \t]* b? \\? ["']?
          | , [ \t]* (?: b ["'] | \\? ["']? (?= bearer | basic | \w{0,64} \d ) ) )
        (?: (?: bearer | basic ) [ \t]+ )?
      ) (?! (?: string | integer | number | boolean | object | array ) \b
          | (?-i: [a-z]{6,15} ) [ ] (?-i: [a-z] ) )
      [\w.~+/=-]{6,}
    | (?: (?<![\w-]) eyJ [\w-]{8,}+ | \b eyJ [\w-]{8,1000}+ ) (?: \.[\w-]*+ ){2,4}
    | \b sk- (?= [\w-]{0,64} \d ) [\w-]{12,}
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What looks like a key or a token.

A client chooses the path that is logged, so the time may not grow with the square of a text's
length: whatever may begin at many places, such as eyJ behind a dash, is matched up to a bound.
Names stay readable: the type or the sentence behind a parameter called api_key, or its neighbour in
a list, is no secret."""

_HINTS = (
    *("bearer", "basic", "authorization", "eyj", "sk-", "secret", "credentials"),
    *("api_key", "api-key", "apikey", "auth_key", "auth-key", "authkey"),
    *("access_token", "access-token", "accesstoken"),  # every request's line tells its tokens
)
"""One of these, in lower case, is in every match: looking for them is much faster."""


def mask(text: str) -> str:
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text
    return _SECRET.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    return (match["scheme"] or match["name"] or "") + MASK
