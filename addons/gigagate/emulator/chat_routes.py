"""POST /chat/completions: refuse, think, answer."""

import asyncio
import base64
import dataclasses
import uuid

from gigagate.emulator.chat import Completion
from gigagate.emulator.chat_rules import ChatRequest, refuse
from gigagate.emulator.file_store import StoredFile
from gigagate.emulator.model import Answer, count_tokens
from gigagate.emulator.players import FILE_ID_MARK, play
from gigagate.emulator.prompt_cache import render
from gigagate.emulator.reply import Reply, error
from gigagate.emulator.state import Call, Handler, State

_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def complete(state: State, call: Call) -> Reply:
    body, config = call.received.json, state.config
    request = ChatRequest(body, config, state.files.facts(call.owner))
    refusal = refuse(request)
    if refusal:
        return error(*refusal)
    prompt = render(body)
    tokens = count_tokens(prompt)
    if tokens > config.context_tokens:
        too_long = {"413": "Payload too large", "422": "CONTEXT_TOO_LONG"}
        return error(int(config.context_overflow), too_long[config.context_overflow])
    session = (call.session_id, body["model"])
    answer = state.script.next() or play(body)
    limit = min(body.get("max_tokens") or config.max_output_tokens, config.max_output_tokens)
    completion = Completion(
        answer=_with_picture(answer.cut(limit), state, call),
        model=body["model"],
        created=int(state.clock()),
        prompt_tokens=tokens,
        cached_tokens=state.cache.cached_tokens(
            session, prompt, state.clock(), config.cache_seconds
        ),
        functions_state_id=str(uuid.uuid4()),
    )
    if config.first_token_delay:
        await asyncio.sleep(config.first_token_delay)
    return completion.stream(config) if body.get("stream") else completion.whole()


def _with_picture(answer: Answer, state: State, call: Call) -> Answer:
    if FILE_ID_MARK not in answer.text:
        return answer
    file = StoredFile(call.owner, "picture.png", "image/png", "general", _PICTURE)
    file_id = state.files.add(file).id
    return dataclasses.replace(answer, text=answer.text.replace(FILE_ID_MARK, file_id))


ROUTES: tuple[tuple[str, str, Handler], ...] = (("POST", r"/chat/completions", complete),)
