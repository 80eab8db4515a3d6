"""Token ids in place of text, as LangChain sends them for embeddings: text again, where we can.

They are OpenAI's, of the encoding that all its models for embeddings have.  GigaChat has its own.
"""

from functools import cache
from typing import Any, TypeGuard

from gigagate.errors import InvalidRequest, UnsupportedFeature

ENCODING = "cl100k_base"
MOST = 300_000
"""Tokens of a request, as OpenAI has it: a token may be a hundred bytes long."""
_LARGEST = 100_256
"""The greatest of the ids that stand for text; those above are signs of OpenAI's own."""


def are_ids(given: object) -> TypeGuard[list[Any]]:
    """One text's or several texts'."""
    return isinstance(given, list) and bool(given) and isinstance(given[0], int | list)


def loads_first() -> bool:
    """Whether the next ids wait for the encoding to be loaded."""
    return _encoding.cache_info().currsize == 0


def decoded(given: list[Any]) -> list[str]:
    """Raises ClientError."""
    texts = [given] if isinstance(given[0], int) else given
    count = 0
    for index, text in enumerate(texts):
        at = "input" if isinstance(given[0], int) else f"input[{index}]"
        if not isinstance(text, list) or not text or not all(map(_is_id, text)):
            raise InvalidRequest(f"{at} holds no token ids of OpenAI's {ENCODING}.", param="input")
        count += len(text)
        if count > MOST:
            raise InvalidRequest(f"input has more than {MOST} token ids.", param="input")
    encoding = _encoding()
    return [str(encoding.decode(text)) for text in texts]


def _is_id(given: object) -> bool:
    return type(given) is int and 0 <= given < _LARGEST


@cache
def _encoding() -> Any:
    """Raises UnsupportedFeature if there is none here.

    Takes a second and 95 MB, so it is made for the first request that needs it, not at each start.
    """
    try:
        import bpe_openai  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except ImportError:
        raise UnsupportedFeature(
            "input holds token ids, which are another model's: send text. (LangChain: "
            "OpenAIEmbeddings(check_embedding_ctx_length=False).) Or install bpe-openai beside "
            "the proxy, which then makes text of OpenAI's ids.",
            param="input",
        ) from None
    return bpe_openai.get_encoding(ENCODING)
