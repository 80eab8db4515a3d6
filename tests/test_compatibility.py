"""docs/compatibility.md is current, and every row of its tables is true."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from anthropic.types import message_create_params
from anthropic.types.beta import message_create_params as beta_create_params
from openai.types import completion_create_params, embedding_create_params
from openai.types.chat import completion_create_params as chat_create_params
from openai.types.responses import response_create_params
from tests.generate_compatibility import DOCUMENT, RUSSIAN, SAMPLES, TABLES, current, own_errors
from tests.support.gigachat_wire import deltas, events, text_of, text_stream

from gigagate import errors
from gigagate.core.http import Head
from gigagate.core.parameter_table import Row
from gigagate.core.policy import Policy
from gigagate.core.value_types import (
    Anything,
    Boolean,
    Number,
    Object,
    OneOf,
    StringOrStrings,
    Strings,
)
from gigagate.dialects.anthropic import parameters as anthropic
from gigagate.dialects.openai import completions, embeddings
from gigagate.dialects.openai.responses import parameters as responses
from gigagate.errors import UnsupportedFeature
from gigagate.exchange import ClientRequest, Exchange
from gigagate.gigachat.v1 import parameters
from gigagate.routes import DIALECTS, find

OF_THE_SDK = {"betas", "user_profile_id", "workspace_id"}
"""Sent as headers."""
SAMPLE: Mapping[type, Any] = {
    Anything: "x",
    Boolean: True,
    Object: {"a": 1},
    Strings: ["a"],
    StringOrStrings: "END",
}
"""A value that asks for something."""

BASE: Mapping[str, dict[str, Any]] = {
    "/chat/completions": {"model": "gigachat", "messages": [{"role": "user", "content": "hi"}]},
    "/completions": {"model": "gigachat", "prompt": "hi"},
    "/embeddings": {"model": "Embeddings", "input": "hi"},
    "/messages": {
        "model": "gigachat",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "hi"}],
    },
    "/responses": {"model": "gigachat", "input": "hi"},
}
OF_OTHER_APIS = ("/messages", "/responses")
"""What they translate into the pivot is proved in tests/dialects."""
ROWS = [
    pytest.param(path, row, id=f"{path} {row.name}")
    for path, table in (
        ("/chat/completions", parameters.TABLE),
        ("/completions", completions.TABLE),
        ("/embeddings", embeddings.TABLE),
        ("/messages", anthropic.TABLE),
        ("/responses", responses.TABLE),
    )
    for row in table
    if path not in OF_OTHER_APIS or row.fate in ("kept", "clamped", "dropped", "refused")
]


def exchange(path: str, *, strict: bool = False, **fields: Any) -> Exchange:
    body = json.dumps(BASE[path] | fields).encode()
    request = ClientRequest("POST", f"/v1{path}", {}, body)
    return Exchange(request, Policy(strict=strict, api="v1"), request_id="ab" * 16, now=1)


def sent(path: str, *, strict: bool = False, **fields: Any) -> dict[str, Any]:
    upstream = exchange(path, strict=strict, **fields).upstream_request()
    body: dict[str, Any] = json.loads(upstream.body)
    return body


def sample(row: Row) -> Any:
    match row.accepts:
        case OneOf(values):
            return values[0]
        case Number(low=low, high=high):
            value = high if high is not None else (low or 0) + 1
            assert value not in row.neutral
            return value
        case kind:
            return SAMPLE[type(kind)]


@pytest.mark.parametrize("page", [DOCUMENT, RUSSIAN], ids=["English", "Russian"])
def test_the_page_is_current(page: Path) -> None:
    """If not: PYTHONPATH=addons python -m tests.generate_compatibility."""
    document = page.read_text()
    assert set(re.findall(r"<!-- table: (\w+) -->", document)) == set(TABLES)
    assert document == current(document, russian=page == RUSSIAN)


@pytest.mark.parametrize(
    ("type_", "tables"),
    [
        (chat_create_params.CompletionCreateParamsNonStreaming, [parameters.TABLE]),
        (chat_create_params.CompletionCreateParamsStreaming, [parameters.TABLE]),
        (
            completion_create_params.CompletionCreateParamsStreaming,
            [completions.TABLE, parameters.TABLE],
        ),
        (embedding_create_params.EmbeddingCreateParams, [embeddings.TABLE]),
        (
            response_create_params.ResponseCreateParamsStreaming,
            [responses.TABLE, [Row(name, "kept") for name in responses.AS_IN_CHAT]],
        ),
        (message_create_params.MessageCreateParamsStreaming, [anthropic.TABLE]),
        (beta_create_params.MessageCreateParamsStreaming, [anthropic.TABLE]),
    ],
)
def test_every_parameter_of_an_sdk_has_a_row(type_: type, tables: list[Any]) -> None:
    names = {row.name for table in tables for row in table} | OF_THE_SDK
    assert set(get_type_hints(type_)) - names == set()


# The parameters


@pytest.mark.parametrize(("path", "row"), ROWS)
def test_a_parameter_meets_its_fate(path: str, row: Row) -> None:
    PROOFS[row.fate](path, row)


def kept(path: str, row: Row) -> None:
    value = sample(row)
    assert sent(path, **{row.name: value})[row.name] == value


def clamped(path: str, row: Row) -> None:
    kept(path, row)
    assert isinstance(row.accepts, Number)
    assert row.accepts.high is not None
    assert sent(path, **{row.name: row.accepts.high + 1})[row.name] == row.accepts.high


def renamed(path: str, row: Row) -> None:
    value = sample(row)
    body = sent(path, **{row.name: value})
    assert body[str(row.target)] == value
    assert row.name not in body


def mapped(path: str, row: Row) -> None:
    for value, becomes in row.values.items():
        assert sent(path, **{row.name: value}).get(row.name) == becomes


def dropped(path: str, row: Row) -> None:
    value = sample(row)
    asking = exchange(path, **{row.name: value})
    assert json.loads(asking.upstream_request().body) == sent(path)
    if value not in row.neutral:
        assert row.name in " ".join(note.text for note in asking.notes)
    for neutral in (*row.neutral, None):
        assert sent(path, strict=True, **{row.name: neutral}) == sent(path)
    if row.meaning_changes:
        with pytest.raises(UnsupportedFeature) as refused:
            sent(path, strict=True, **{row.name: value})
        assert refused.value.param == row.name
    else:
        assert sent(path, strict=True, **{row.name: value}) == sent(path)


def refused(path: str, row: Row) -> None:
    with pytest.raises(UnsupportedFeature, match=row.name) as raised:
        sent(path, **{row.name: sample(row)})
    assert raised.value.status == 400
    for neutral in row.neutral:
        assert sent(path, **{row.name: neutral}) == sent(path)


def emulated(path: str, row: Row) -> None:
    assert row.name not in sent(path, **{row.name: sample(row)})
    EMULATED[row.name](path)


def translated(path: str, row: Row) -> None:
    TRANSLATED[row.name](path)


PROOFS: Mapping[str, Callable[[str, Row], None]] = {
    proof.__name__: proof
    for proof in (kept, clamped, renamed, mapped, dropped, refused, emulated, translated)
}


def cuts_at_stop(path: str) -> None:
    asking = exchange(path, stream=True, stop="два")
    asking.upstream_request()
    assert text_of(b"".join(asking.feed(text_stream("раз д", "ва три")))) == "раз "


def passes_usage_on(path: str) -> None:
    for wanted in (True, False):
        asking = exchange(path, stream=True, stream_options={"include_usage": wanted})
        asking.upstream_request()
        chunks = events(b"".join(asking.feed(text_stream("раз"))))
        assert any("usage" in chunk for chunk in chunks if chunk != "[DONE]") is wanted


def embedded(path: str, **fields: Any) -> Any:
    asking = exchange(path, **fields)
    asking.upstream_request()
    answer = asking.answer(200, {}, b'{"data":[{"embedding":[1.0,0.0],"index":0}]}')
    return answer.status, json.loads(answer.body)


def encodes(path: str) -> None:
    _, body = embedded(path, encoding_format="base64")
    assert body["data"][0]["embedding"] == "AACAPwAAAAA="


def checks_dimensions(path: str) -> None:
    assert embedded(path, dimensions=2)[0] == 200
    assert embedded(path, dimensions=3)[0] == 400


EMULATED: Mapping[str, Callable[[str], None]] = {
    "stop": cuts_at_stop,
    "stream_options": passes_usage_on,
    "encoding_format": encodes,
    "dimensions": checks_dimensions,
}

FUNCTION = {"name": "f", "parameters": {"type": "object", "properties": {}}}
TOOLS: Any = [{"type": "function", "function": FUNCTION}]


def through_aliases(path: str) -> None:
    model = "GigaChat-2-Pro" if path == "/chat/completions" else "EmbeddingsGigaR"
    asked = "gigachat-pro" if path == "/chat/completions" else "embeddingsgigar"
    assert sent(path, model=asked)["model"] == model


def as_messages(path: str) -> None:
    given = [{"role": "user", "content": "a"}, {"role": "developer", "content": "b"}]
    assert [m["role"] for m in sent(path, messages=given)["messages"]] == ["system", "user"]


def as_functions(path: str) -> None:
    assert sent(path, tools=TOOLS)["functions"] == [FUNCTION]
    assert sent(path, functions=[FUNCTION])["functions"] == [FUNCTION]


def as_function_call(path: str) -> None:
    forced = {"name": "f"}
    assert sent(path, tools=TOOLS, tool_choice="required")["function_call"] == forced
    assert sent(path, functions=[FUNCTION], function_call=forced)["function_call"] == forced
    several = sent(path, functions=[FUNCTION, FUNCTION | {"name": "g"}], tool_choice="required")
    assert several["function_call"] == "auto"
    assert "f, g" in several["messages"][0]["content"]


def as_json(path: str) -> None:
    inner = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}
    assert "response_format" in sent(path, model="GigaChat-3-Ultra", response_format=inner)
    assert "functions" in sent(path, response_format=inner)
    instructed = sent(path, response_format={"type": "json_object"})
    assert "JSON" in instructed["messages"][0]["content"]


def as_a_user_message(path: str) -> None:
    assert sent(path)["messages"] == [{"role": "user", "content": "hi"}]


def as_texts(path: str) -> None:
    assert sent(path, input=["a", "b"])["input"] == ["a", "b"]
    assert sent(path, input=[0])["input"] == ["!"]


def as_log_probabilities(path: str) -> None:
    """Of v2: here v1 is asked, which has none."""
    assert sent(path, logprobs=2) == sent(path)
    with pytest.raises(errors.UnsupportedFeature, match="logprobs"):
        sent(path, strict=True, logprobs=2)


TRANSLATED: Mapping[str, Callable[[str], None]] = {
    "model": through_aliases,
    "messages": as_messages,
    "tools": as_functions,
    "functions": as_functions,
    "tool_choice": as_function_call,
    "function_call": as_function_call,
    "response_format": as_json,
    "prompt": as_a_user_message,
    "input": as_texts,
    "logprobs": as_log_probabilities,
}


@pytest.mark.parametrize("path", BASE)
def test_anything_else_is_dropped(path: str) -> None:
    assert sent(path, strict=True, no_such_parameter=1) == sent(path)


@pytest.mark.parametrize("name", ["max_tokens", "repetition_penalty"])
def test_below_its_range_a_kept_parameter_is_a_400(name: str) -> None:
    with pytest.raises(errors.InvalidRequest, match=name):
        sent("/chat/completions", **{name: -1})


# The other tables


@pytest.mark.parametrize("endpoint", DIALECTS[-1].endpoints, ids=lambda e: f"{e.method} {e.path}")
def test_an_endpoint_is_there(endpoint: Any) -> None:
    path = f"/v1{endpoint.path.replace('{id}', 'x')}"
    assert find(Head(endpoint.method, path, {})).endpoint is endpoint
    assert endpoint.about.endswith(".")


@pytest.mark.parametrize(("kind", "about"), list(own_errors()))
def test_the_tree_of_errors_tells_each_ones_status(
    kind: type[errors.GigaGateError], about: str
) -> None:
    (line,) = re.findall(rf"── {kind.__name__} .*", errors.__doc__ or "")
    status = re.search(r"\d{3}", line)
    assert about
    if status:
        assert kind.status == int(status[0])


def test_no_error_is_missing_from_the_tree() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    raised = {kind for kind in kinds if issubclass(kind, errors.GigaGateError)}
    assert raised - {kind for kind, _ in own_errors()} == {errors.GigaGateError}


@pytest.mark.parametrize(("status", "words"), SAMPLES)
def test_an_upstream_error_arrives_as_its_row_says(status: int, words: str) -> None:
    asking = exchange("/chat/completions")
    asking.upstream_request()
    body = json.dumps({"status": status, "message": words}).encode()
    answer = asking.answer(status, {}, body)
    said = f"{status} {words}".strip()
    code = json.loads(answer.body)["error"]["code"]
    assert f"| {said} | {answer.status} | `{code}` |" in DOCUMENT.read_text()


@pytest.mark.parametrize(
    ("theirs", "ours"), [("stop", "stop"), ("length", "length"), ("blacklist", "content_filter")]
)
def test_a_finish_reason_arrives_as_its_row_says(theirs: str, ours: str) -> None:
    asking = exchange("/chat/completions", stream=True)
    asking.upstream_request()
    stream = b"".join(asking.feed(text_stream("раз", finish=theirs)))
    assert deltas(stream)
    assert asking.report.finish_reason == ours
    assert f"| `{theirs}` | `{ours}` |" in DOCUMENT.read_text()
