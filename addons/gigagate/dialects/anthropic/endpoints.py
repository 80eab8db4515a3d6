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
from gigagate.dialects.anthropic.web_search import Lookup
from gigagate.dialects.anthropic.writer import MessageWriter
from gigagate.dialects.dialect import Translation
from gigagate.dialects.json_body import parse_object
from gigagate.gigachat import apis

_JSON = "application/json"


def make(call: InHand) -> Translation | Content:
    """A message, or the word that nothing was looked up.  Raises ClientError."""
    form = _Message(call, parse_object(call.request.body))
    lookup = web_search.only_lookup(form.body)
    if lookup is None:
        return any_chat.translate(form, call, ENVELOPE.stream_type)
    if not apis.has_tool(lookup.tool, form.chat(), call):
        return form.not_found(lookup)
    form.force(lookup.tool)
    translation = any_chat.translate(form, call, ENVELOPE.stream_type)
    return _unless_missing(translation, form, lookup, call)


def _unless_missing(
    translation: Translation, form: "_Message", lookup: Lookup, call: InHand
) -> Translation:
    """A search that turns out not to be open to the account is told as one that found nothing."""
    refused = translation.otherwise

    def otherwise(status: int, body: bytes) -> Translation | Content | None:
        other = refused(status, body) if refused else None
        if not isinstance(other, Translation):
            return other
        if not apis.has_tool(lookup.tool, form.chat(), call):
            return form.not_found(lookup)
        return _unless_missing(other, form, lookup, call)

    return translation._replace(otherwise=otherwise)


class _Message:
    """Implements dialects.dialect.ChatForm."""

    takes_pictures = False

    def __init__(self, call: InHand, body: dict[str, Any]) -> None:
        """Raises ClientError."""
        self._call = call
        self.body = body
        self._asked = Asked(body, call.policy, call.notes)
        call.session = asking.session(call.request, body)

    def force(self, tool: str) -> None:
        """A request for a look-up and nothing else must not be answered without one."""
        self._asked.chat.setdefault("tool_choice", {"type": tool})

    def not_found(self, lookup: Lookup) -> Content:
        """The answer to a request that is a search and nothing else."""
        self._call.report.model_asked = self._asked.model
        said = self._asked.chat["messages"][-1].get("content")
        return web_search.answer(
            lookup,
            said if isinstance(said, str) else "",
            request_id=self._call.request_id,
            model=self._asked.model,
            stream=bool(self.body.get("stream")),
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
    """A model by the proxy's alias, GigaChat's name, or Anthropic's that stands for one."""
    meant = names.pivot_name(call.item, call.policy, call.notes)
    return listing.ask_one(call, models.one, meant)
