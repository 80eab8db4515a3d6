"""Whatever is a valid chat by OpenAI's API never fails in the proxy, nor by its fault at GigaChat.

Requests are drawn from the shapes of the openai package's types; the strict emulator judges what
becomes of them, answers, and the answer is translated back.
"""

import asyncio
import base64
import json
from itertools import chain
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gigagate.core.file_policy import FilePolicy
from gigagate.core.policy import Policy
from gigagate.emulator.chat import Completion
from gigagate.emulator.chat_rules import ChatRequest, FileFacts, refuse
from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.players import play
from gigagate.emulator.v2_answer import Completion as CompletionV2
from gigagate.emulator.v2_shape import read
from gigagate.errors import ClientError, UnsupportedFeature
from gigagate.exchange import Answer, ClientRequest, Exchange

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(16)).decode()
V2 = EmulatorConfig(
    v2_result_role="either",
    v2_forced="accept",
    v2_any="accept",
    v2_logprobs="part",
    v2_tools="all",
)
NOTHING_SAID = {"role": "user", "content": ""}
"""What is left of a chat without a word: valid by OpenAI's API, but not to be answered."""
STATE = "0199e210-2f13-744c-8fe5-c9a19fe27db7"

texts = st.text(max_size=12)
names = st.text(max_size=12) | st.sampled_from(
    ["read_file", "web_search", "text2image", "мой", "9"]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
objects = st.dictionaries(texts, scalars, max_size=3)
arguments = objects.map(json.dumps) | st.sampled_from(["", "{}", "[1]", "null", '{"a":', "plain"])
call_ids = st.sampled_from(["call_1", "call_2", "call_3", "call_g1_damaged", ""])

schemas = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "integer", "null", "object", "array"])
            | st.lists(st.sampled_from(["string", "null", "object"]), max_size=2),
            "enum": st.lists(scalars, max_size=3),
            "const": scalars,
            "description": texts,
            "format": st.sampled_from(["uuid", "email"]),
            "pattern": texts,
            "maximum": st.integers(),
            "default": scalars,
            "$ref": st.sampled_from(["#", "#/$defs/A", "#/nothing"]),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(texts | st.just("title"), inner, max_size=3),
            "required": st.lists(texts, max_size=2),
            "additionalProperties": st.booleans() | inner,
            "items": inner,
            "anyOf": st.lists(inner, max_size=3),
            "allOf": st.lists(inner, max_size=2),
            "$defs": st.fixed_dictionaries({"A": inner}),
        },
    ),
    max_leaves=6,
)
parameters = schemas.map(lambda schema: schema | {"type": "object"})
functions = st.fixed_dictionaries(
    {"name": names},
    optional={
        "description": texts,
        "parameters": parameters,
        "strict": st.none() | st.booleans(),
    },
)
tools = st.lists(
    st.builds(lambda function: {"type": "function", "function": function}, functions), max_size=3
)

text_parts = st.builds(lambda text: {"type": "text", "text": text}, texts)
image_parts = st.builds(
    lambda detail: {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": detail},
    },
    st.sampled_from(["auto", "low"]),
)
refusals = st.builds(lambda text: {"type": "refusal", "refusal": text}, texts)
calls = st.builds(
    lambda id, name, arguments: {
        "id": id,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    },
    call_ids,
    names,
    arguments,
)
messages = st.one_of(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["system", "developer"]),
            "content": texts | st.lists(text_parts, min_size=1, max_size=2),
        },
        optional={"name": texts},
    ),
    st.fixed_dictionaries(
        {
            "role": st.just("user"),
            "content": texts | st.lists(text_parts | image_parts, min_size=1, max_size=3),
        },
        optional={"name": texts},
    ),
    st.fixed_dictionaries(
        {"role": st.just("assistant")},
        optional={
            "content": st.none() | texts | st.lists(text_parts | refusals, min_size=1, max_size=2),
            "refusal": st.none() | texts,
            "name": texts,
            "tool_calls": st.lists(calls, min_size=1, max_size=3),
            "function_call": st.fixed_dictionaries({"name": names, "arguments": arguments}),
        },
    ),
    st.fixed_dictionaries(
        {
            "role": st.just("tool"),
            "tool_call_id": call_ids,
            "content": texts | arguments | st.lists(text_parts, min_size=1, max_size=2),
        }
    ),
    st.fixed_dictionaries(
        {"role": st.just("function"), "name": names, "content": st.none() | texts}
    ),
)
turns = st.one_of(
    messages.map(lambda message: [message]),
    st.lists(calls, min_size=1, max_size=3, unique_by=lambda call: call["id"]).flatmap(
        lambda made: st.tuples(
            st.just({"role": "assistant", "content": None, "tool_calls": made}),
            *(
                st.builds(
                    lambda content, id=call["id"]: {
                        "role": "tool",
                        "tool_call_id": id,
                        "content": content,
                    },
                    texts | arguments,
                )
                for call in made
            ),
        ).map(list)
    ),
)
conversations = st.lists(turns, min_size=1, max_size=5).map(
    lambda some: list(chain.from_iterable(some))
)
response_formats = st.one_of(
    st.sampled_from([{"type": "text"}, {"type": "json_object"}]),
    st.builds(
        lambda schema, strict: {
            "type": "json_schema",
            "json_schema": {"name": "n", "schema": schema, "strict": strict},
        },
        schemas,
        st.none() | st.booleans(),
    ),
)


@st.composite
def chats(draw: st.DrawFn) -> dict[str, Any]:
    chat = draw(
        st.fixed_dictionaries(
            {
                "model": st.sampled_from(["gigachat", "GigaChat-3-Ultra", "gpt-5"]),
                "messages": conversations,
            },
            optional={
                "tools": tools,
                "functions": st.lists(functions, max_size=2),
                "temperature": st.none() | st.floats(0, 2),
                "top_p": st.none() | st.floats(0, 1),
                "max_tokens": st.none() | st.integers(1, 10**10),
                "max_completion_tokens": st.none() | st.integers(1, 10**10),
                "stop": st.none() | texts | st.lists(texts, max_size=4),
                "n": st.none() | st.integers(1, 8),
                "seed": st.none() | st.integers(),
                "logprobs": st.none() | st.booleans(),
                "top_logprobs": st.none() | st.integers(0, 20),
                "presence_penalty": st.none() | st.floats(-2, 2),
                "frequency_penalty": st.none() | st.floats(-2, 2),
                "logit_bias": st.none() | st.dictionaries(texts, st.integers(-100, 100)),
                "stream": st.none() | st.booleans(),
                "stream_options": st.none() | st.just({"include_usage": True}),
                "response_format": response_formats,
                "reasoning_effort": st.sampled_from([None, "none", "minimal", "low", "xhigh"]),
                "parallel_tool_calls": st.booleans(),
                "user": texts,
                "metadata": st.none() | st.dictionaries(texts, texts),
                "store": st.none() | st.booleans(),
                "service_tier": st.sampled_from([None, "auto", "flex"]),
                "verbosity": st.sampled_from([None, "low"]),
                "modalities": st.sampled_from([None, ["text"]]),
                "prediction": st.none() | st.just({"type": "content", "content": "x"}),
                "web_search_options": st.just({}),
            },
        )
    )
    defined = [tool["function"]["name"] for tool in chat.get("tools", ())]
    choices: list[Any] = [None, "auto", "none"]
    if defined:
        choices += ["required", {"type": "function", "function": {"name": defined[0]}}]
    choice = draw(st.sampled_from(choices))
    return chat | ({} if choice is None else {"tool_choice": choice})


def exchange(chat: dict[str, Any], **policy: Any) -> Exchange:
    request = ClientRequest("POST", "/v1/chat/completions", {}, json.dumps(chat).encode())
    return Exchange(request, Policy(**policy), request_id="ab" * 16, now=1)


def sent_body(asking: Exchange) -> dict[str, Any]:
    """As v1 takes it, or what the emulator's v2 makes of what it took."""
    upstream = asking.upstream_request()
    if upstream.files:
        upstream = upstream.with_files({file.key: file.key for file in upstream.files})
    files = {file.key: FileFacts("image/png", 24) for file in upstream.files}
    body: dict[str, Any] = json.loads(upstream.body)
    if upstream.path.startswith("/v2/"):
        last = body["messages"][-1]
        assume(last["role"] != "user" or last["content"] != [{"text": " "}])
        return read(body, V2, files).body
    assume(NOTHING_SAID not in body["messages"])
    assert refuse(ChatRequest(body, EmulatorConfig(), files)) is None
    return body


async def _events(completion: Completion | CompletionV2, config: EmulatorConfig) -> list[bytes]:
    by_v1 = isinstance(completion, Completion)
    events = (completion.stream(config) if by_v1 else completion.stream()).events
    assert events is not None
    return [event async for event in events]


@settings(max_examples=400, deadline=None)
@given(
    chats(),
    st.fixed_dictionaries(
        {
            "stream_call": st.sampled_from(["object", "string", "pieces"]),
            "stream_call_finish": st.sampled_from(["with", "after", "missing"]),
            "stream_usage": st.sampled_from(["with_finish", "own_event", "none"]),
            "chunk_chars": st.integers(1, 20),
        }
    ),
    st.fixed_dictionaries(
        {
            "reasoning": st.sampled_from(["separate", "inline", "drop"]),
            "api": st.sampled_from(["auto", "v1", "v2"]),
        }
    ),
)
def test_a_valid_chat_never_fails(
    chat: dict[str, Any], switches: dict[str, Any], policy: dict[str, Any]
) -> None:
    asking = exchange(chat, files=FilePolicy(), **policy)
    try:
        body = sent_body(asking)
    except UnsupportedFeature as refused:
        assert refused.status == 400
        assert refused.param
        return
    config = EmulatorConfig().changed(switches)
    answer, model = play(body), body["model"]
    completion: Completion | CompletionV2 = Completion(answer, model, 1, 10, 0, STATE)
    if asking.report.api == "v2":
        completion = CompletionV2(answer, model, 1, 10, 0, config)
    if asking.wants_stream:
        for event in asyncio.run(_events(completion, config)):
            asking.feed(event)
        asking.feed(b"")
    else:
        assert isinstance(asking.answer(200, {}, completion.whole().body), Answer)
    assert asking.crash is None
    assert asking.ended
    assert asking.report.error in (None, "generation_failed")


@settings(max_examples=200, deadline=None)
@given(chats(), st.sampled_from(["auto", "v1", "v2"]))
def test_strict_refuses_or_sends_what_gigachat_takes(chat: dict[str, Any], api: str) -> None:
    asking = exchange(chat, strict=True, api=api)
    try:
        sent_body(asking)
    except ClientError as refused:
        assert refused.status == 400
