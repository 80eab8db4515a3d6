"""POST /v2/chat/completions: refuse, think, answer."""

import asyncio
import base64
import re

from gigagate.emulator.file_store import StoredFile
from gigagate.emulator.model import Answer, count_tokens
from gigagate.emulator.players import Conversation, play
from gigagate.emulator.prompt_cache import render
from gigagate.emulator.reply import Reply, error
from gigagate.emulator.state import Call, Handler, State
from gigagate.emulator.v2_answer import Completion
from gigagate.emulator.v2_refused import Refused
from gigagate.emulator.v2_shape import Asked, read

SOURCES = {
    "1": {"url": "https://example.com/milk", "title": "Молоко сегодня 🥛"},
    "2": {"url": "https://example.org/cats", "title": "Кошки и погода"},
    "3": {"url": "https://example.net/unused", "title": "Не пригодилось"},
}
"""What the emulator's search finds."""
FOUND = (
    "Молоко стоит 89 рублей. [sources=[1]] Кошки его любят 🐈, и в холод тоже.[sources=[1, 2]] "
    "Больше ничего не нашлось."
)
_SEARCH = re.compile(r"\b(найди|поищи|поиск|search|look up|latest|news)", re.IGNORECASE)
_DRAW = re.compile(r"\s*(нарисуй|draw|paint)\b", re.IGNORECASE)
_TOGETHER = re.compile(r"\b(одновременно|at once|in parallel)\b", re.IGNORECASE)
_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_CLOSED = (
    "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n"
    "<center><h1>403 Forbidden</h1></center>\r\n</body>\r\n</html>\r\n"
)


async def complete(state: State, call: Call) -> Reply:
    config = state.config
    if config.v2 == "closed":
        return Reply(403, (("Content-Type", "text/html"),), _CLOSED.encode())
    if config.v2 == "absent":
        return error(404, "Not Found")
    try:
        asked = read(call.received.json, config, state.files.facts(call.owner))
    except Refused as refused:
        return error(*refused.refusal)
    prompt = render(asked.body)
    tokens = count_tokens(prompt)
    if tokens > config.context_tokens:
        return error(422, "CONTEXT_TOO_LONG")
    answer = state.script.next() or _play(asked, state, call)
    session = (call.session_id, asked.body["model"])
    cached = state.cache.cached_tokens(session, prompt, state.clock(), config.cache_seconds)
    limit = min(asked.body.get("max_tokens") or config.max_output_tokens, config.max_output_tokens)
    completion = Completion(
        answer.cut(limit),
        asked.body["model"],
        int(state.clock()),
        tokens,
        cached,
        config,
        asked.options.get("top_logprobs", 0),
    )
    if config.first_token_delay:
        await asyncio.sleep(config.first_token_delay)
    return completion.stream() if asked.body.get("stream") else completion.whole()


def _play(asked: Asked, state: State, call: Call) -> Answer:
    talk = Conversation(asked.body)
    waits = talk.messages[-1]["role"] == "user"
    wanted = asked.forced == "web_search" or bool(_SEARCH.search(talk.task))
    if "web_search" in asked.tools and wanted and waits:
        return Answer(text=FOUND, tools=("web_search",), sources=SOURCES)
    if "image_generate" in asked.tools and waits and (_DRAW.match(talk.task) or asked.forced):
        file = StoredFile(call.owner, "picture.png", "image/png", "general", _PICTURE)
        made = {"id": state.files.add(file).id, "mime": "image/png", "target": "image"}
        return Answer(text="Вот что получилось 🎨", tools=("image_generate",), files=(made,))
    if "code_interpreter" in asked.tools and asked.forced == "code_interpreter":
        return Answer(text="Посчитано: 42.")
    if waits and _TOGETHER.search(talk.task):
        named = [one for one in talk.functions if one["name"] in talk.task]
        if len(named) > 1:
            calls = [play({**asked.body, "function_call": {"name": one["name"]}}) for one in named]
            made_calls = [one.function_call for one in calls if one.function_call]
            return Answer(function_calls=tuple(made_calls))
    return play(asked.body)


ROUTES: tuple[tuple[str, str, Handler], ...] = (("POST", r"/v2/chat/completions", complete),)
