"""The endpoints of Anthropic's API."""

from typing import Any, cast

from gigagate.core import compact_json
from gigagate.core.http import Content
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerWriter, Chat, Completion, Usage
from gigagate.dialects import chat as any_chat
from gigagate.dialects import counting, estimate, listing
from gigagate.dialects.anthropic import asked as asking
from gigagate.dialects.anthropic import (
    message,
    models,
    names,
    web_search,
)
from gigagate.dialects.anthropic.asked import Asked
from gigagate.dialects.anthropic.envelope import ENVELOPE
from gigagate.dialects.anthropic.writer import MessageWriter
from gigagate.dialects.dialect import Translation
from gigagate.dialects.json_body import parse_object

_JSON = "application/json"


def make(call: InHand) -> Translation | Content:
    """A message, or the word that nothing was looked up.  Raises ClientError."""
    form = _Message(call, parse_object(call.request.body))
    return form.without_gigachat() or any_chat.translate(form, call, ENVELOPE.stream_type)


class _Message:
    """Implements dialects.dialect.ChatForm."""

    def __init__(self, call: InHand, body: dict[str, Any]) -> None:
        """Raises ClientError."""
        self._call = call
        self._body = body
        self._asked = Asked(body, call.policy, call.notes)
        call.session = asking.session(call.request, body)

    def without_gigachat(self) -> Content | None:
        """The answer to a request that is a search and nothing else."""
        lookup = web_search.only_lookup(self._body)
        if lookup is None:
            return None
        self._call.report.model_asked = self._asked.model
        said = self._asked.chat["messages"][-1].get("content")
        return web_search.answer(
            lookup,
            said if isinstance(said, str) else "",
            request_id=self._call.request_id,
            model=self._asked.model,
            stream=bool(self._body.get("stream")),
        )

    def chat(self) -> Chat:
        return cast(Chat, self._asked.chat)

    def whole(self, completion: Completion, tokens: Usage | None) -> Content:
        told = message.whole(
            completion,
            tokens,
            request_id=self._call.request_id,
            model=self._asked.model,
            shows_thinking=self._asked.shows_thinking,
            stop_sequence=self._call.report.stop_sequence,
        )
        return Content(_JSON, told)

    def writer(self) -> AnswerWriter:
        return MessageWriter(
            request_id=self._call.request_id,
            model=self._asked.model,
            shows_thinking=self._asked.shows_thinking,
            estimate=lambda: estimate.tokens(self._asked.chat),
            stop_sequence=lambda: self._call.report.stop_sequence,
        )

    def path_of(self, pivot_path: str) -> str:
        return self._asked.path_of(pivot_path)


def count(call: InHand) -> Translation:
    """How many tokens a request would be; an estimate where GigaChat fails.  Raises ClientError."""
    asked = Asked(parse_object(call.request.body), call.policy, call.notes)
    call.report.model_asked = asked.model
    return counting.ask(
        asked.chat,
        call,
        lambda tokens: Content(_JSON, compact_json.dumps({"input_tokens": tokens})),
    )


def listed(call: InHand) -> Translation | Content:
    return listing.ask(call, models.listing)


def one_model(call: InHand) -> Translation | Content:
    """By the proxy's alias, GigaChat's name, or a name of Anthropic's that stands for one."""
    meant = names.pivot_name(call.item, call.policy, call.notes)
    return listing.ask_one(call, models.one, meant)
