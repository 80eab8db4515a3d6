"""The gate in front of GigaChat's API: User-Agent, token, route, concurrency."""

import re
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing

from gigagate.emulator import chat_routes, files, logins, other, v2_routes
from gigagate.emulator.config import Credential, EmulatorConfig
from gigagate.emulator.faults import DONE
from gigagate.emulator.log import Received
from gigagate.emulator.reply import Reply, error, gateway_headers, no_user_agent
from gigagate.emulator.state import Call, Handler, State
from gigagate.emulator.v2_answer import DONE_EVENT

BASES = ("/api/v1", "/v1")
"""The base paths of the older host and of api.giga.chat."""

V2_CHAT, V2_BASES = "/v2/chat/completions", ("", "/api")

_ROUTES: tuple[tuple[str, re.Pattern[str], Handler], ...] = tuple(
    (method, re.compile(pattern), handler)
    for method, pattern, handler in (
        *chat_routes.ROUTES,
        *v2_routes.ROUTES,
        *files.ROUTES,
        *other.ROUTES,
    )
)
_GENERATIONS = ("/chat/completions", "/v2/chat/completions", "/embeddings")


async def answer(state: State, received: Received) -> Reply:
    session_id = received.header("x-session-id") or str(uuid.uuid4())
    reply = await _answer(state, received, session_id)
    around = gateway_headers(
        reply.status,
        received.header("x-request-id"),
        session_id,
        state.config.response_headers,
    )
    return Reply(reply.status, (*around, *reply.headers), reply.body, reply.events)


async def _answer(state: State, received: Received, session_id: str) -> Reply:
    config = state.config
    if config.user_agent == "required" and not received.header("user-agent"):
        return no_user_agent()
    if (refused := logins.without_certificate(received, config)) is not None:
        return refused
    path = _below_base(received.path)
    if path == logins.TOKEN_PATH:
        return logins.token(received, state.office, config)
    holder: Credential | str | None = logins.of_certificate(received, config)
    holder = holder or state.office.holder(received.header("authorization"))
    if isinstance(holder, str):
        return error(401, holder)
    found = _route(received.method, path)
    if isinstance(found, Reply):
        return found
    handler, parameters = found
    if path in _GENERATIONS and not _take_slot(state, received.connection, holder):
        return _too_many(config)
    reply = await handler(state, Call(received, holder, session_id, parameters))
    if reply.events is None:
        release_slot(state, received)
        return reply
    events = _releasing(state, received, reply.events)
    return Reply(reply.status, reply.headers, events=events)


def _below_base(path: str) -> str:
    """v2's paths keep their version: only chat is there."""
    if path.endswith(V2_CHAT) and path.removesuffix(V2_CHAT) in V2_BASES:
        return V2_CHAT
    base = next((b for b in BASES if path.startswith(b + "/")), path)
    return path.removeprefix(base)


def _route(method: str, path: str) -> tuple[Handler, tuple[str, ...]] | Reply:
    others = False
    for known, pattern, handler in _ROUTES:
        if found := pattern.fullmatch(path):
            if known == method:
                return handler, found.groups()
            others = True
    return error(405, "Method Not Allowed") if others else error(404, "Not Found")


def release_slot(state: State, received: Received) -> None:
    state.generating.pop(received.connection, None)


async def _releasing(
    state: State, received: Received, events: AsyncGenerator[bytes]
) -> AsyncGenerator[bytes]:
    """Frees the slot before the last event: a client may ask again as soon as it has read that."""
    async with aclosing(events):
        async for event in events:
            if event.startswith((DONE, DONE_EVENT)):
                release_slot(state, received)
            yield event


def _take_slot(state: State, connection: int, credential: Credential) -> bool:
    """Takes one for the connection, if the account has one left."""
    limit = state.config.concurrency
    if limit < 0:
        limit = 1 if credential.scope == "GIGACHAT_API_PERS" else 10
    busy = sum(client == credential.client_id for client in state.generating.values())
    if limit and busy >= limit:
        return False
    state.generating[connection] = credential.client_id
    return True


def _too_many(config: EmulatorConfig) -> Reply:
    reply = error(429, "Too many requests")
    if not config.retry_after:
        return reply
    headers = (*reply.headers, ("Retry-After", str(config.retry_after)))
    return Reply(429, headers, reply.body)
