"""How much memory a JSON text takes once it is read, told before it is read.

Three bytes, `{},`, become a hundred: what is bounded in bytes is not bounded in memory.
"""

MAX_BYTES = 256 * 1024 * 1024
"""The bound of memory; the estimate is high.  An agent's largest requests take a few megabytes."""

_OBJECT, _ARRAY, _VALUE = 232, 72, 56
_MAX_QUOTES = 200_000
"""In a text that may be too much: it is taken apart at them."""


def is_too_much(text: str | bytes) -> bool:
    """Whether it would take more than MAX_BYTES, however it is meant."""
    if len(text) * _OBJECT <= MAX_BYTES:
        return False
    content = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    return _estimate(content) > MAX_BYTES and _is_too_much_outside_of_texts(content)


def _estimate(content: bytes) -> int:
    """High: brackets and commas in texts count too."""
    objects, arrays, commas = map(content.count, (b"{", b"[", b","))
    return objects * _OBJECT + arrays * _ARRAY + commas * _VALUE


def _is_too_much_outside_of_texts(content: bytes) -> bool:
    plain = content.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') > _MAX_QUOTES:
        return True
    return _estimate(b"".join(plain.split(b'"')[::2])) > MAX_BYTES
