"""The prefix cache: what counts as cached, for how long, and how much is kept."""

import pytest

from gigagate.emulator.prompt_cache import MAX_SESSIONS, PromptCache, render

ONE = ("session", "GigaChat-2")


@pytest.mark.parametrize(
    ("before", "now", "tokens"),
    [
        ("а" * 100, "а" * 100, 20),
        ("а" * 100, "а" * 100 + "б" * 50, 20),
        ("а" * 100 + "в" * 50, "а" * 100 + "б" * 50, 20),
        ("в" + "а" * 100, "а" * 100, 0),
        ("", "а", 0),
    ],
)
def test_the_common_prefix_is_cached(before: str, now: str, tokens: int) -> None:
    cache = PromptCache()
    assert cache.cached_tokens(ONE, before, 0, 30) == 0
    assert cache.cached_tokens(ONE, now, 29, 30) == tokens


def test_it_is_forgotten_after_a_while_and_kept_by_use() -> None:
    cache = PromptCache()
    hits = [cache.cached_tokens(ONE, "а" * 10, now, 30) for now in (0, 29, 58, 88)]
    assert hits == [0, 2, 2, 0]


def test_sessions_and_models_are_apart() -> None:
    cache = PromptCache()
    cache.cached_tokens(ONE, "а" * 10, 0, 30)
    assert cache.cached_tokens(("other", "GigaChat-2"), "а" * 10, 0, 30) == 0
    assert cache.cached_tokens(("session", "GigaChat-2-Max"), "а" * 10, 0, 30) == 0


def test_only_so_many_sessions_are_kept() -> None:
    cache = PromptCache()
    for number in range(MAX_SESSIONS + 1):
        cache.cached_tokens((str(number), "GigaChat-2"), "а" * 10, 0, 30)
    assert cache.cached_tokens(("0", "GigaChat-2"), "а" * 10, 0, 30) == 0
    assert cache.cached_tokens(("2", "GigaChat-2"), "а" * 10, 0, 30) == 2


def test_functions_and_calls_are_part_of_the_prompt() -> None:
    message = {"role": "user", "content": "x"}
    call = message | {"function_call": {"name": "f", "arguments": {}}}
    prompts = {
        render({"messages": [message]}),
        render({"messages": [call]}),
        render({"messages": [message], "functions": [{"name": "f"}]}),
    }
    assert len(prompts) == 3
