"""The endpoints of the Responses API."""

from collections.abc import Mapping
from typing import Any

from gigagate.core import compact_json, model_map
from gigagate.core.http import Content, UpstreamRequest
from gigagate.dialects import upstream_json
from gigagate.dialects.handler import AnswerStream, Call, WholeAnswers
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.openai.responses import catalogue, chat_form, count, stored
from gigagate.dialects.openai.responses.asked import Asked
from gigagate.dialects.openai.responses.writer import ResponseWriter
from gigagate.errors import GigaGateError, UpgradeRefused
from gigagate.gigachat.errors import unexpected
from gigagate.gigachat.v1 import response, upstream_chat
from gigagate.gigachat.v1.stream import ChatStream


class Responses:
    """Handler of the endpoint that makes them."""

    wants_stream = False

    def __init__(self, call: Call) -> None:
        self._call = call
        self._writer: ResponseWriter | None = None

    def upstream_request(self) -> UpstreamRequest:
        body = parse_object(self._call.request.body)
        self._call.report.model_asked = body.get("model")
        self._asked = _asked(self._call, body)
        self.wants_stream = bool(self._asked.chat.get("stream"))
        upstream, self._expected = upstream_chat.ask(self._asked.chat, self._call)
        return upstream

    def stream(self) -> AnswerStream:
        self._writer = chat_form.writer(self._asked)
        shown = self._call.pictures.written_by(self._writer)
        return ChatStream(shown, self._expected, self._call.report)

    def answer(self, body: bytes) -> bytes | Content:
        completion = self._completion(body)
        if self.wants_stream:
            return chat_form.in_pieces(self._asked, completion, self._call.report.usage)
        return chat_form.whole(self._asked, completion, self._call.report.usage)

    def failed(self, error: GigaGateError) -> bytes:
        """The last events of a stream that breaks off."""
        writer = self._writer or chat_form.writer(self._asked)
        return writer.failed(error, self._call.now)

    def _completion(self, body: bytes) -> dict[str, Any]:
        answer = upstream_json.parsed(body)
        completion = response.chat_completion(answer, self._expected, self._call.report)
        for choice in completion["choices"]:
            message = choice["message"]
            message["content"] = self._call.pictures.shown(message["content"])
        return completion


class Compact(Responses):
    """Handler of the endpoint that makes a conversation shorter."""

    def upstream_request(self) -> UpstreamRequest:
        body = parse_object(self._call.request.body)
        self._call.report.model_asked = body.get("model")
        given = {"store": False, **body, "stream": False}
        self._asked = _asked(self._call, given, compacts=True)
        upstream, self._expected = upstream_chat.ask(self._asked.chat, self._call)
        return upstream

    def answer(self, body: bytes) -> Content:
        completion = self._completion(body)
        return chat_form.compacted(self._asked, completion, self._call.report.usage)


class InputTokens(WholeAnswers):
    """Handler: how many tokens a request would be."""

    def upstream_request(self) -> UpstreamRequest:
        body = parse_object(self._call.request.body)
        self._call.report.model_asked = body.get("model")
        asked = _asked(self._call, body)
        model = model_map.resolve(asked.chat["model"], self._call.policy, self._call.notes)
        self._call.report.model_sent = model
        self._texts = count.texts(asked.chat)
        sent = compact_json.dumps({"model": model, "input": self._texts})
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return UpstreamRequest("POST", "/tokens/count", headers, sent)

    def answer(self, body: bytes) -> bytes:
        counted = upstream_json.parsed(body)
        if not isinstance(counted, list):
            raise unexpected("a count of tokens that is no list", body)
        return compact_json.dumps(count.answer(count.total(counted)))

    def instead(self, error: GigaGateError) -> bytes:
        """In an error's place: clients only want to know about how many."""
        return compact_json.dumps(count.answer(count.estimate(self._texts)))


class _AnsweredHere(WholeAnswers):
    """What is known without GigaChat."""

    def upstream_request(self) -> Content:
        query = self._call.request.path.partition("?")[2]
        return Content(chat_form.JSON, compact_json.dumps(self._told(query)))

    def answer(self, body: bytes) -> bytes:
        raise NotImplementedError

    def _told(self, query: str) -> Mapping[str, Any]:
        raise NotImplementedError


class Kept(_AnsweredHere):
    """Handler: a response that is kept."""

    def _told(self, query: str) -> Mapping[str, Any]:
        return stored.response(self._call.shelf, self._call.item, query)


class Forget(_AnsweredHere):
    """Handler: it is kept no longer."""

    def _told(self, query: str) -> Mapping[str, Any]:
        return stored.deleted(self._call.shelf, self._call.item)


class InputItems(_AnsweredHere):
    """Handler: what it answers."""

    def _told(self, query: str) -> Mapping[str, Any]:
        return stored.input_items(self._call.shelf, self._call.item, query)


class Cancel(_AnsweredHere):
    """Handler."""

    def _told(self, query: str) -> Mapping[str, Any]:
        return stored.cancelled(self._call.item)


class NoSocket(_AnsweredHere):
    """Handler: Codex asks for a WebSocket first, and by this status goes on without at once."""

    def _told(self, query: str) -> Mapping[str, Any]:
        raise UpgradeRefused("Responses do not come over a WebSocket here: send POST requests.")


class CodexModels(WholeAnswers):
    """Handler: what Codex is told of the models."""

    def upstream_request(self) -> UpstreamRequest:
        return upstream_json.get("/models")

    def answer(self, body: bytes) -> bytes:
        data = upstream_json.parsed_object(body).get("data")
        upstream = [model for model in data if isinstance(model, dict)] if data else []
        listed = model_map.listed(self._call.policy, upstream)
        names = [model["id"] for model in listed if catalogue.is_chat(model["id"])]
        return compact_json.dumps(catalogue.models(names))


def _asked(call: Call, body: dict[str, Any], *, compacts: bool = False) -> Asked:
    return Asked(
        body,
        call.policy,
        call.notes,
        call.shelf,
        client=call.request.client,
        request_id=call.request_id,
        compacts=compacts,
    )
