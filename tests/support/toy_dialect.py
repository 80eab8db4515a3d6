"""An API that nobody has: how much a further dialect is, and that it touches nothing else.

A request is {"mind", "words", "drip"}; an answer {"said", "cost"}, or lines of events if it drips.
"""

import json
from collections.abc import Iterator
from typing import Any

from gigagate.core.http import Content, Head
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerWriter, Chat, Completion, Finish, ToolCall, Usage
from gigagate.core.validation import text_at
from gigagate.dialects import chat as any_chat
from gigagate.dialects import keys
from gigagate.dialects.dialect import Dialect, Endpoint, Translation
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.reading import Said
from gigagate.errors import GigaGateError

TOY_JSON, DRIPS = "application/toy+json", "application/toy-drips"


def _drip(kind: str, **fields: object) -> bytes:
    return json.dumps({"drip": kind, **fields}, ensure_ascii=False).encode() + b"\n"


class _Envelope:
    id_header, stream_type = "toy-number", DRIPS

    def error(self, error: GigaGateError, request_id: str) -> Content:
        told = {"oops": error.message, "why": error.code, "where": getattr(error, "param", None)}
        return Content(TOY_JSON, json.dumps(told, ensure_ascii=False).encode())

    def error_headers(self, error: GigaGateError) -> dict[str, str]:
        return {"toy-oops": str(error.code)}


class _Writer:
    def start(self, model: str, created: int) -> bytes:
        return _drip("begin", mind=model)

    def text(self, text: str) -> bytes:
        return _drip("word", word=text)

    def reasoning(self, text: str) -> bytes:
        return b""

    def tool_call(self, call: ToolCall, index: int) -> bytes:
        return b""

    def working(self) -> bytes:
        return _drip("hm")

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes:
        return _drip("end", cost=tokens.completion if tokens else None)

    def broken(self, error: GigaGateError) -> bytes:
        return _drip("oops", oops=error.message, why=error.code)


class _Form:
    takes_pictures = False

    def __init__(self, asked: dict[str, Any]) -> None:
        self._asked = asked

    def chat(self) -> Chat:
        words = text_at("words", self._asked.get("words"))
        said: Any = {"role": "user", "content": words}
        stream = self._asked.get("drip") is True
        return {"model": self._asked.get("mind", ""), "messages": [said], "stream": stream}

    def whole(self, completion: Completion, tokens: Usage | None) -> Content:
        said = completion["choices"][0]["message"]["content"]
        told = {"said": said, "cost": tokens.completion if tokens else None}
        return Content(TOY_JSON, json.dumps(told, ensure_ascii=False).encode())

    def writer(self) -> AnswerWriter:
        return _Writer()

    def path_of(self, pivot_path: str) -> str:
        return {"model": "mind"}.get(pivot_path, "words")


class _Reader:
    def chat(self, body: bytes, path: str) -> Chat:
        try:
            return _Form(parse_object(body)).chat()
        except GigaGateError as error:
            raise ValueError(error.message) from None

    def answer(self, body: bytes) -> Said:
        said = Said(complete=False)
        for line in filter(None, body.split(b"\n")):
            told = json.loads(line)
            said.choice().text.append(told.get("said") or told.get("word") or "")
            said.events += "drip" in told
            said.complete |= "cost" in told
            if "oops" in told:
                said.error, said.error_code = told["oops"], told["why"]
        return said


def _translate(call: InHand) -> Translation:
    return any_chat.translate(_Form(parse_object(call.request.body)), call, DRIPS)


def _claims(head: Head, canonical: str) -> bool:
    return canonical.startswith("/toy/")


def _keys(head: Head) -> Iterator[str]:
    return keys.headers(head, "x-toy-key")


TOY = Dialect(
    "toy",
    _Envelope(),
    (Endpoint("POST", "/toy/say", "Whole and dripping.", "chat", _translate),),
    _claims,
    _keys,
    _Reader(),
    key_headers=("x-toy-key",),
)
