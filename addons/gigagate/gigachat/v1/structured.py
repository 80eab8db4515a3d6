"""response_format: how GigaChat is brought to answer in JSON.

GigaChat v1 takes {"type":"json_schema","schema":{…},"strict":bool}, one level flatter than OpenAI's
and with its newer models only. The others are made to call a function that has the schema for its
parameters, and the arguments are the answer. What neither can express (json_object, which has no
schema; functions of the request's own; a schema of no object) the system message asks for.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from gigagate.core import compact_json
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import object_at, text_at
from gigagate.core.value_types import Boolean
from gigagate.errors import InvalidRequest
from gigagate.gigachat.schema import cleaned
from gigagate.gigachat.tools import ToolNames

FUNCTION = "answer_in_json"
_DESCRIPTION = "Takes the whole answer, as its arguments."
_INSTRUCTION = (
    "Where you answer with text, it must be one JSON value and nothing else: "
    "no words around it and no code fence."
)
_AN_OBJECT: Mapping[str, Any] = {"type": "object"}
_INNER = "response_format.json_schema"


class WantedJson(NamedTuple):
    """What a client's response_format asks for."""

    schema: Mapping[str, Any] | None
    strict: bool | None
    description: str

    @classmethod
    def of(cls, response_format: object) -> "WantedJson | None":
        """None for text.  Takes GigaChat's flat form too.  Raises InvalidRequest."""
        if response_format is None:
            return None
        wanted = object_at("response_format", response_format)
        kind = text_at("response_format.type", wanted.get("type"))
        if kind == "text":
            return None
        if kind == "json_object":
            return cls(None, None, "")
        if kind != "json_schema":
            raise InvalidRequest(
                "response_format.type must be text, json_schema or json_object.",
                param="response_format.type",
            )
        inner = object_at(_INNER, wanted.get("json_schema", wanted))
        schema, strict = inner.get("schema"), inner.get("strict")
        description = inner.get("description")
        return cls(
            None if schema is None else object_at(f"{_INNER}.schema", schema),
            None if strict is None else Boolean().check(f"{_INNER}.strict", strict),
            "" if description is None else text_at(f"{_INNER}.description", description),
        )

    @property
    def opening(self) -> str:
        """The first character of the answer; "" if it is neither object nor array."""
        kind = cleaned(self.schema or _AN_OBJECT)["type"]
        return {"object": "{", "array": "["}.get(kind, "")

    def ask(self, body: dict[str, Any], policy: Policy, notes: Notes) -> str | None:
        """Asks for it in GigaChat's request, and returns an instruction for the system message."""
        if self.schema and _mode(body["model"], policy) == "native":
            notes.add("parameter", "response_format json_schema flattened")
            strict = {} if self.strict is None else {"strict": self.strict}
            body["response_format"] = {"type": "json_schema", "schema": self.schema, **strict}
            return None
        if self.schema and self.opening == "{" and _may_be_forced(body):
            notes.add("parameter", "response_format -> a call of a function with that schema")
            description = f"{_DESCRIPTION} {self.description}".rstrip()
            body["functions"] = [
                {
                    "name": FUNCTION,
                    "description": description,
                    "parameters": cleaned(self.schema),
                }
            ]
            body["function_call"] = {"name": FUNCTION}
            return None
        notes.add("parameter", "response_format -> an instruction")
        schema = compact_json.dumps_whole(self.schema or _AN_OBJECT).decode()
        return f"{_INSTRUCTION} It must fit this JSON schema: {schema}"


def is_asked_by_function(body: Mapping[str, Any], names: ToolNames) -> bool:
    """Whether a function call in the answer is the JSON.  body: GigaChat's request."""
    return body.get("function_call") == {"name": FUNCTION} and FUNCTION not in names


def _mode(model: str, policy: Policy) -> str:
    return next(mode for name, mode in policy.json_modes.items() if fnmatchcase(model, name))


def _may_be_forced(body: Mapping[str, Any]) -> bool:
    """GigaChat v1 forces a function only behind a user's or a function's message."""
    return "function_call" not in body and body["messages"][-1]["role"] in ("user", "function")
