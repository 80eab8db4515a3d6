"""The endpoints of the Gemini API."""

from typing import cast
from urllib.parse import parse_qs

from gigagate.core import compact_json
from gigagate.core.http import JSON, Content
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerWriter, Chat, Completion, Usage
from gigagate.dialects import chat as any_chat
from gigagate.dialects import counting, listing
from gigagate.dialects.dialect import Translation
from gigagate.dialects.gemini import candidate, models, names, web_search
from gigagate.dialects.gemini.asked import Asked
from gigagate.dialects.gemini.fields import fields_at, spelt
from gigagate.dialects.gemini.web_search import Lookup
from gigagate.dialects.gemini.writer import ARRAY, EVENTS, CandidateWriter, Form
from gigagate.dialects.json_body import parse_object
from gigagate.gigachat import apis


def generate(call: InHand) -> Translation | Content:
    """Raises ClientError."""
    return _answered(call, None)


def stream(call: InHand) -> Translation | Content:
    """A stream of events with ?alt=sse, else of a JSON array.  Raises ClientError."""
    query = parse_qs(call.request.path.partition("?")[2], max_num_fields=100)
    wanted = (query.get("alt") or query.get("$alt") or [""])[0]
    return _answered(call, EVENTS if wanted.lower() == "sse" else ARRAY)


def _answered(call: InHand, form: Form | None) -> Translation | Content:
    asked = Asked(parse_object(call.request.body), call.item, call.policy, call.notes)
    call.report.model_asked = asked.model
    media_type = JSON if form is None else form.media_type
    content = _Content(call, asked, form)
    if (lookup := web_search.only_lookup(asked.body)) is None:
        return any_chat.translate(content, call, media_type)
    if not apis.has_tool(lookup, content.chat(), call):
        return content.not_found(lookup)
    asked.chat["tool_choice"] = {"type": lookup}
    translation = any_chat.translate(content, call, media_type)
    return _unless_missing(translation, lookup, content, call)


def _unless_missing(
    translation: Translation, lookup: Lookup, content: "_Content", call: InHand
) -> Translation:
    """A look-up that turns out not to be open to the account is told as one that found nothing."""
    refused = translation.otherwise

    def otherwise(status: int, body: bytes) -> Translation | Content | None:
        other = refused(status, body) if refused else None
        if not isinstance(other, Translation):
            return other
        if not apis.has_tool(lookup, content.chat(), call):
            return content.not_found(lookup)
        return _unless_missing(other, lookup, content, call)

    return translation._replace(otherwise=otherwise)


class _Content:
    """Implements dialects.dialect.ChatForm."""

    takes_pictures = False

    def __init__(self, call: InHand, asked: Asked, form: Form | None) -> None:
        """form: the stream's; None for a whole answer."""
        self._call = call
        self._asked = asked
        self._form = form

    def chat(self) -> Chat:
        streams = {} if self._form is None else {"stream": True}
        return cast(Chat, {**streams, **self._asked.chat})

    def not_found(self, lookup: Lookup) -> Content:
        """The answer to a search, where GigaChat has none.  A page: raises UnsupportedFeature."""
        if lookup != "web_search":
            raise web_search.not_read()
        asked, call = self._asked, self._call
        return web_search.answer(self._form, request_id=call.request_id, model=asked.model)

    def whole(self, completion: Completion, tokens: Usage | None) -> Content:
        told = candidate.whole(
            completion,
            tokens,
            request_id=self._call.request_id,
            model=self._asked.model,
            shows_thoughts=self._asked.shows_thoughts,
        )
        return Content(JSON, told)

    def writer(self) -> AnswerWriter:
        return CandidateWriter(
            self._form or EVENTS,
            request_id=self._call.request_id,
            model=self._asked.model,
            shows_thoughts=self._asked.shows_thoughts,
        )

    def path_of(self, pivot_path: str) -> str:
        return self._asked.path_of(pivot_path)


def count(call: InHand) -> Translation:
    """How many tokens a request would be; an estimate where GigaChat fails.  Raises ClientError."""
    body = spelt(parse_object(call.request.body))
    inner = fields_at("generateContentRequest", body.get("generateContentRequest"))
    asked = Asked(inner or body, call.item, call.policy, call.notes)
    call.report.model_asked = asked.model
    return counting.ask(
        asked.chat,
        call,
        lambda tokens: Content(JSON, compact_json.dumps({"totalTokens": tokens})),
    )


def listed(call: InHand) -> Translation | Content:
    return listing.ask(call, models.listing)


def one_model(call: InHand) -> Translation | Content:
    """A model by the proxy's alias, GigaChat's name, or a name of Google's that stands for one."""
    call.item = names.asked_for(call.item)
    meant = names.pivot_name(call.item, call.policy, call.notes)
    return listing.ask_one(call, models.one, meant)
