"""A large body is read and translated in a thread; what goes wrong there goes wrong here."""

import threading
from pathlib import Path

import pytest
from tests.support.plays import says
from tests.support.proxy_in_memory import proxy_in_memory
from tests.support.virtual_time import virtual_time

from gigagate.dialects.openai import token_ids
from gigagate.hooks.wire.beside import Beside, BesideHook, beside


async def test_the_work_is_done_in_a_thread_and_its_outcome_is_handed_on() -> None:
    layer = beside(threading.current_thread)
    hook = next(layer)
    assert isinstance(hook, BesideHook)
    await Beside().gigagate_beside(hook.work)
    with pytest.raises(StopIteration) as ended:
        next(layer)
    assert ended.value.value is not threading.current_thread()


async def test_its_error_is_raised() -> None:
    def fails() -> None:
        raise KeyError("a")

    layer = beside(fails)
    hook = next(layer)
    assert isinstance(hook, BesideHook)
    await Beside().gigagate_beside(hook.work)
    with pytest.raises(KeyError):
        next(layer)


@virtual_time
async def test_what_must_be_loaded_first_is_loaded_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = {"data": [{"embedding": [0.5], "index": 0, "usage": {"prompt_tokens": 1}}]}
    token_ids._encoding.cache_clear()
    async with proxy_in_memory(tmp_path, monkeypatch, says(200, vectors)) as proxy:
        for _ in range(2):
            heard = await proxy.ask("/embeddings", model="Embeddings", input=[15339])
            assert heard.status == 200
        assert proxy.beside.count("large body") == 1  # of the first


@pytest.mark.parametrize(("count", "beside"), [(10, 0), (100_000, 1)])
@virtual_time
async def test_a_large_answer_is_translated_beside(
    count: int, beside: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_ids._encoding()
    vectors = {"data": [{"embedding": [0.123456789012] * count, "usage": {"prompt_tokens": 1}}]}
    async with proxy_in_memory(tmp_path, monkeypatch, says(200, vectors)) as proxy:
        heard = await proxy.ask("/embeddings", model="Embeddings", input="x")
        assert heard.status == 200
        assert proxy.beside.count("large body") == beside
