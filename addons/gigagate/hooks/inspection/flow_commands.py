"""Commands on flows, for the console's prompt and mitmweb's command bar."""

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from mitmproxy import command, exceptions, flow, http, types
from mitmproxy.log import ALERT

from gigagate.core.any_json import parsed
from gigagate.dialects.reading import Said
from gigagate.hooks.inspection import wire_record
from gigagate.hooks.inspection.spoken import dialect_of, reader_of
from gigagate.views import answer, changes, fixture

logger = logging.getLogger(__name__)

KEPT_HEADERS = ("content-type", "user-agent")
"""The headers of a fixture: what the client sends, and which client it is."""


class FlowCommands:
    name = "gigagate.flow_commands"

    @command.command("gigachat.explain")
    def explain(self, flows: Sequence[flow.Flow]) -> str:
        """Say in plain sentences what was asked, what was changed and how it ended."""
        told = ["\n".join(_explained(chat)) for chat in _http(flows)]
        text = "\n\n".join(told)
        logger.log(ALERT, "%s", text)
        return text

    @command.command("gigachat.fixture")
    def fixture(self, flows: Sequence[flow.Flow], path: types.Path) -> str:
        """Write a request, its prose replaced by filler, to a file for ./run.sh replay."""
        (chat,) = _http(flows, most=1)
        request, words = chat.request, dialect_of(chat).words
        try:
            body = fixture.anonymised(parsed(request.get_content(strict=False) or b""), words)
        except RecursionError:
            raise exceptions.CommandError("The request is nested too deep.") from None
        except ValueError as error:
            raise exceptions.CommandError(f"The request is no JSON: {error}") from None
        kept = (*KEPT_HEADERS, *words.headers)
        api = wire_record.facts(chat).api
        written = {
            **({"gigachat_api": api} if api else {}),
            "method": request.method,
            "path": request.path.partition("?")[0],
            "headers": {n: request.headers[n] for n in kept if n in request.headers},
            "body": body,
        }
        try:
            told = json.dumps(written, ensure_ascii=False, indent=2) + "\n"
            Path(path).write_text(told, encoding="utf-8")
        except OSError as error:
            raise exceptions.CommandError(f"{path}: {error.strerror}") from None
        return f"{path} is written. Try it with: ./run.sh replay {path}"


def _http(flows: Sequence[flow.Flow], most: int | None = None) -> list[http.HTTPFlow]:
    found = [one for one in flows if isinstance(one, http.HTTPFlow)]
    if not found or (most is not None and len(found) > most):
        wanted = "one flow" if most == 1 else "a flow"
        raise exceptions.CommandError(f"Choose {wanted}, as in @focus, @marked or ~comment stop.")
    return found


def _explained(chat: http.HTTPFlow) -> Iterator[str]:
    known = wire_record.facts(chat)
    yield f"{chat.request.method} {chat.request.path.partition('?')[0]}"
    sent = wire_record.REQUEST in chat.metadata
    yield from changes.sentences(known) if sent else [changes.NOTHING_SENT]
    if chat.response is None:
        yield "There is no answer yet." if chat.error is None else f"It failed: {chat.error.msg}"
        return
    try:
        said = reader_of(chat).answer(chat.response.get_content(strict=False) or b"")
    except ValueError:
        said = Said()
    yield f"The answer: {chat.response.status_code}"
    yield from answer.summary(said, known)
    if said.error is not None:
        yield f"Error: {said.error}"
