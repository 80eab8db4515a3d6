"""How much memory a JSON text takes once it is read, told before it is read.

Three bytes, `{},`, become a hundred: what is bounded in bytes is not bounded in memory, nor in the
time of the one call that makes it all, during which nothing else goes on.
"""

from gigagate.core.sample import sample

OF_A_CLIENT = 32 * 1024 * 1024
"""The bound of memory; the estimate is high.  An agent's largest requests take a few megabytes;
what fits is read in a twentieth of a second."""
OF_GIGACHAT = 128 * 1024 * 1024
"""Vectors are numbers by the million."""

_OBJECT, _ARRAY, _VALUE, _NAME = 232, 72, 56, 80
_MOST_A_BYTE = (_OBJECT + _VALUE) / 3
"""The bytes for each one of a list of `{},`: nothing else takes more for its length."""
_COUNTED = (b"{", b"[", b",", b":")
_UNCOUNTED = bytes(set(range(256)) - set(b"".join(_COUNTED)))
_MAX_QUOTES = 200_000
"""In a text that may be too much: it is taken apart at them."""


def is_too_much(text: str | bytes, most: int = OF_A_CLIENT) -> bool:
    """Whether it would take more bytes than `most`, however it is meant."""
    if len(text) * _MOST_A_BYTE <= most:
        return False
    content = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    part, stride = sample(content)
    if _estimate(part) * stride <= most / 2:
        return False
    return _estimate(content) > most and _is_too_much_outside_of_texts(content, most)


def _estimate(content: bytes) -> int:
    """High: brackets, commas and colons in texts count too."""
    marks = content.translate(None, _UNCOUNTED)  # in one pass, twice as fast as four counts
    objects, arrays, commas, names = map(marks.count, _COUNTED)
    return objects * _OBJECT + arrays * _ARRAY + commas * _VALUE + names * _NAME


def _is_too_much_outside_of_texts(content: bytes, most: int) -> bool:
    plain = content.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') > _MAX_QUOTES:
        return True
    return _estimate(b"".join(plain.split(b'"')[::2])) > most
