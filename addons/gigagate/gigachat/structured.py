"""response_format: OpenAI's json_schema is nested one level deeper than GigaChat's.

GigaChat v1: {"type":"json_schema","schema":{…},"strict":bool}; it knows no json_object.
"""

from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.validation import object_at, text_at
from gigagate.gigachat.value_types import Boolean


def response_format(wanted: object, policy: Policy, notes: Notes) -> dict[str, Any] | None:
    """GigaChat's response_format, or None where the request must go without one."""
    if wanted is None:
        return None
    wanted = object_at("response_format", wanted)
    kind = text_at("response_format.type", wanted.get("type"))
    if kind == "text":
        return None
    if kind == "json_schema":
        return _flattened(wanted, notes)
    if kind != "json_object":
        raise InvalidRequest(
            "response_format.type must be text, json_schema or json_object.",
            param="response_format.type",
        )
    if policy.strict:
        raise UnsupportedFeature(
            "response_format json_object cannot be honoured: GigaChat has none. "
            "Send a json_schema instead.",
            param="response_format",
        )
    notes.add("parameter", "dropped: response_format json_object")
    return None


def _flattened(wanted: dict[str, Any], notes: Notes) -> dict[str, Any] | None:
    """Takes GigaChat's flat form too."""
    inner = object_at("response_format.json_schema", wanted.get("json_schema", wanted))
    schema = inner.get("schema")
    if schema is None:
        notes.add("parameter", "dropped: response_format json_schema without a schema")
        return None
    schema = object_at("response_format.json_schema.schema", schema)
    flat: dict[str, Any] = {"type": "json_schema", "schema": schema}
    strict = inner.get("strict")
    if strict is not None:
        flat["strict"] = Boolean().check("response_format.json_schema.strict", strict)
    notes.add("parameter", "response_format json_schema flattened")
    return flat
