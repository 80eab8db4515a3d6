import json
from typing import Any

import pytest

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.messages import GO_ON, translate

STATE = "0199e210-2f13-744c-8fe5-c9a19fe27db7"
NAMES = ToolNames.of(
    {"tools": [{"type": "function", "function": {"name": n}} for n in ("read", "web_search")]}
)

Message = dict[str, Any]


def translated(*messages: Message) -> list[Message]:
    return translate(list(messages), NAMES, Policy(), Notes())


def notes_of(*messages: Message) -> list[str]:
    notes = Notes()
    translate(list(messages), NAMES, Policy(), notes)
    return [note.text for note in notes]


def system(content: Any) -> Message:
    return {"role": "system", "content": content}


def user(content: Any) -> Message:
    return {"role": "user", "content": content}


def assistant(content: Any) -> Message:
    return {"role": "assistant", "content": content}


def text(*texts: str) -> list[Message]:
    return [{"type": "text", "text": text} for text in texts]


def calling(content: Any = None, /, **calls: str) -> Message:
    """id=name"""
    return {
        "role": "assistant",
        "content": content,
        "tool_calls": [
            {
                "id": i,
                "type": "function",
                "function": {"name": name, "arguments": json.dumps({"id": i})},
            }
            for i, name in calls.items()
        ],
    }


def result(call: str, content: Any = '{"ok":true}') -> Message:
    return {"role": "tool", "tool_call_id": call, "content": content}


def call(name: str, arguments: dict[str, Any], content: str = "") -> Message:
    return {
        "role": "assistant",
        "content": content,
        "function_call": {"name": name, "arguments": arguments},
    }


def answer(name: str, content: str = '{"ok":true}') -> Message:
    return {"role": "function", "content": content, "name": name}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param([user("hi")], [user("hi")], id="as it is"),
        pytest.param([user(text("раз", "два"))], [user("раз\nдва")], id="parts are joined"),
        pytest.param(
            [
                user(
                    [
                        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
                        {"type": "input_text", "text": "b"},
                        {"type": "output_text", "text": "c"},
                        {"type": "refusal", "refusal": "d"},
                    ]
                )
            ],
            [user("a\nb\nc\nd")],
            id="every kind of text part",
        ),
        pytest.param(
            [system(text("s", "t")), user("u")], [system("s\nt"), user("u")], id="system parts"
        ),
        pytest.param(
            [{"role": "developer", "content": "d"}, user("u")],
            [system("d"), user("u")],
            id="developer",
        ),
        pytest.param(
            [system("a"), user("u"), {"role": "developer", "content": "b"}, system("c")],
            [system("a\n\nb\n\nc"), user("u")],
            id="system anywhere becomes one in front",
        ),
        pytest.param(
            [user("a"), user("b"), assistant("c"), assistant("d"), user("e")],
            [user("a\n\nb"), assistant("c\n\nd"), user("e")],
            id="neighbours of one role",
        ),
        pytest.param(
            [user("a"), system("s"), user("b")],
            [system("s"), user("a\n\nb")],
            id="neighbours once the system message is gone",
        ),
        pytest.param([system("s")], [user("s")], id="system alone becomes user"),
        pytest.param(
            [system("s"), assistant("a")], [user("s"), assistant("a")], id="no user message"
        ),
        pytest.param(
            [assistant("a")], [user(GO_ON), assistant("a")], id="neither user nor system message"
        ),
        pytest.param(
            [user("a"), assistant(None), {"role": "assistant"}, assistant([]), user("b")],
            [user("a\n\nb")],
            id="empty messages are left out",
        ),
        pytest.param([user("")], [user("")], id="nothing but an empty message"),
        pytest.param(
            [user("u"), assistant(" \n"), user("v")],
            [user("u"), assistant(" \n"), user("v")],
            id="blanks are text",
        ),
        pytest.param(
            [user("u"), {"role": "assistant", "content": None, "refusal": "no"}, user("v")],
            [user("u"), assistant("no"), user("v")],
            id="refusal of the model",
        ),
        pytest.param(
            [
                {"role": "user", "content": "u", "name": "Bob"},
                {**assistant("a"), "refusal": None, "parsed": None, "audio": None},
            ],
            [user("u"), assistant("a")],
            id="other fields are dropped",
        ),
    ],
)
def test_messages_become_gigachats(given: list[Message], wanted: list[Message]) -> None:
    assert translated(*given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param(
            [user("u"), calling(x="read"), result("x")],
            [user("u"), call("read", {"id": "x"}), answer("read")],
            id="call and result",
        ),
        pytest.param(
            [user("u"), calling("I look", x="read", y="web_search"), result("x"), result("y")],
            [
                user("u"),
                call("read", {"id": "x"}, "I look"),
                answer("read"),
                call("web_search_tool", {"id": "y"}),
                answer("web_search_tool"),
            ],
            id="parallel calls one after another, the text with the first",
        ),
        pytest.param(
            [user("u"), calling(x="read", y="write"), result("y", '{"n":2}'), result("x")],
            [
                user("u"),
                call("read", {"id": "x"}),
                answer("read"),
                call("write", {"id": "y"}),
                answer("write", '{"n":2}'),
            ],
            id="results in another order",
        ),
        pytest.param(
            [user("u"), calling(x="read"), user("wait"), result("x"), user("go")],
            [user("u"), call("read", {"id": "x"}), answer("read"), user("wait\n\ngo")],
            id="a result that does not follow its call",
        ),
        pytest.param(
            [
                user("u"),
                calling(x="read"),
                result("x", '{"n":1}'),
                calling(x="write"),
                result("x", '{"n":2}'),
            ],
            [
                user("u"),
                call("read", {"id": "x"}),
                answer("read", '{"n":1}'),
                call("write", {"id": "x"}),
                answer("write", '{"n":2}'),
            ],
            id="ids used again in each turn",
        ),
        pytest.param(
            [user("u"), assistant("I look"), calling(x="read"), result("x"), assistant("done")],
            [user("u"), call("read", {"id": "x"}, "I look"), answer("read"), assistant("done")],
            id="text of a message before joins the call",
        ),
        pytest.param(
            [user("u"), calling(x="read"), user("stop that")],
            [
                user("u"),
                call("read", {"id": "x"}),
                answer("read", '{"error":"The call gave no result."}'),
                user("stop that"),
            ],
            id="a call without a result",
        ),
        pytest.param(
            [user("u"), result("gone", "42 files")],
            [user("u\n\nResult of a function call:\n42 files")],
            id="a result of an unknown call",
        ),
        pytest.param(
            [user("u"), {"role": "function", "name": "read", "content": "{}"}],
            [user("u"), call("read", {}), answer("read", "{}")],
            id="a result without its call, of a known function",
        ),
        pytest.param(
            [
                user("u"),
                {
                    "role": "assistant",
                    "content": "",
                    "function_call": {"name": "read", "arguments": {"a": 1}},
                    "functions_state_id": STATE,
                },
                {"role": "function", "name": "read", "content": "ok"},
            ],
            [
                user("u"),
                call("read", {"a": 1}),
                answer("read", '{"result":"ok"}'),
            ],
            id="GigaChat's own form",
        ),
        pytest.param(
            [
                user("u"),
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {"id": "p", "type": "custom", "custom": {"name": "patch", "input": "+a"}}
                    ],
                },
                result("p"),
            ],
            [user("u"), call("patch", {"input": "+a"}), answer("patch")],
            id="a custom tool's call",
        ),
    ],
)
def test_calls_and_results_become_pairs(given: list[Message], wanted: list[Message]) -> None:
    assert translated(*given) == wanted


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("", {}),
        (None, {}),
        ("{}", {}),
        ('{"a":{"b":[1]}}', {"a": {"b": [1]}}),
        ({"a": 1}, {"a": 1}),
        ('{"path":"a', {"arguments": '{"path":"a'}),
        ("[1]", {"arguments": [1]}),
        ('{"n":NaN}', {"arguments": '{"n":NaN}'}),
        ("[" * 100_000, {"arguments": "[" * 100_000}),
    ],
)
def test_arguments_become_an_object(arguments: Any, wanted: Message) -> None:
    made = calling(x="read")
    made["tool_calls"][0]["function"]["arguments"] = arguments
    assert translated(user("u"), made, result("x"))[1] == call("read", wanted)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ('{"a": 1}', '{"a": 1}'),
        (' {"a": 1}\n', ' {"a": 1}\n'),
        ("plain\ntext", '{"result":"plain\\ntext"}'),
        ('Привет "мир"', '{"result":"Привет \\"мир\\""}'),
        ("[1, 2]", '{"result":[1, 2]}'),
        ("42", '{"result":"42"}'),
        ("{not json}", '{"result":"{not json}"}'),
        ("[NaN]", '{"result":"[NaN]"}'),
        ("", '{"result":""}'),
        (None, '{"result":""}'),
        (text("one", "two"), '{"result":"one\\ntwo"}'),
        (text('{"a":1}'), '{"a":1}'),
    ],
)
def test_a_result_becomes_a_json_object(content: Any, wanted: str) -> None:
    sent = translated(user("u"), calling(x="read"), result("x", content))[2]
    assert sent == answer("read", wanted)
    assert isinstance(json.loads(sent["content"]), dict)


OLDER_ID = "call_g1_73EnBxABmeIQLxN0TI_lyaGf4n23ATByZWFk"
OLDER_ID_OF_RM_RF = "call_g1_H4GaxhABmeIQLxN0TI_lyaGf4n23ATBybV9yZg"
"""Ids as proxies gave them before: with the function's name and GigaChat's state in them."""


def test_a_state_never_goes_back() -> None:
    """A reasoning model hides calls behind it, and then misses their results."""
    in_its_field = {**call("read", {}), "functions_state_id": STATE}
    assert translated(user("u"), in_its_field, answer("read"))[1] == call("read", {})
    older = calling(**{OLDER_ID: "read"})
    assert translated(user("u"), older, result(OLDER_ID)) == [
        user("u"),
        call("read", {"id": OLDER_ID}),
        answer("read"),
    ]


def test_a_result_cut_from_its_call_is_restored_by_an_older_id_if_the_name_is_known() -> None:
    assert translated(user("u"), result(OLDER_ID)) == [
        user("u"),
        call("read", {}),
        answer("read"),
    ]
    assert translated(user("u"), result(OLDER_ID_OF_RM_RF)) == [
        user('u\n\nResult of a function call:\n{"ok":true}')
    ]


def test_what_the_client_sent_is_not_modified_and_not_copied() -> None:
    long = "x" * 1000
    messages = [user(long), calling(x="read"), result("x", json.dumps({"a": long}))]
    before = json.dumps(messages)
    after = translated(*messages)
    assert json.dumps(messages) == before
    assert after[0]["content"] is long
    assert after[2]["content"] is messages[2]["content"]


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        (None, "messages"),
        ("hi", "messages"),
        ([], "messages"),
        (["hi"], "messages[0]"),
        ([{"content": "x"}], "messages[0].role"),
        ([{"role": 5}], "messages[0].role"),
        ([{"role": ["user"]}], "messages[0].role"),
        ([user("u"), {"role": "narrator", "content": "x"}], "messages[1].role"),
        ([user(5)], "messages[0].content"),
        ([user({"type": "text"})], "messages[0].content"),
        ([system(True)], "messages[0].content"),
        ([user(["hi"])], "messages[0].content[0]"),
        ([user([{"text": "hi"}])], "messages[0].content[0].type"),
        ([user([{"type": ["text"]}])], "messages[0].content[0].type"),
        ([user([{"type": "text"}])], "messages[0].content[0].text"),
        ([user([*text("a"), {"type": "hologram"}])], "messages[0].content[1].type"),
        ([user("u"), result(["x"])], "messages[1].tool_call_id"),  # type: ignore[arg-type]
        ([user("u"), {"role": "function", "content": "x"}], "messages[1].name"),
        ([user("u"), calling(x="read"), result("x", 5)], "messages[2].content"),
        ([{"role": "assistant", "tool_calls": {}}], "messages[0].tool_calls"),
        ([{"role": "assistant", "tool_calls": ["x"]}], "messages[0].tool_calls[0]"),
        ([{"role": "assistant", "tool_calls": [{}]}], "messages[0].tool_calls[0].function"),
        (
            [{"role": "assistant", "tool_calls": [{"id": ["x"]}]}],
            "messages[0].tool_calls[0].id",
        ),
        (
            [{"role": "assistant", "tool_calls": [{"id": "x"}]}],
            "messages[0].tool_calls[0].function",
        ),
        (
            [{"role": "assistant", "tool_calls": [{"id": "x", "function": {}}]}],
            "messages[0].tool_calls[0].function.name",
        ),
        (
            [{"role": "assistant", "function_call": {"name": "f", "arguments": [1]}}],
            "messages[0].function_call.arguments",
        ),
    ],
)
def test_a_wrong_type_is_a_400_that_names_the_field(messages: Any, param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        translate(messages, NAMES, Policy(), Notes())
    assert refused.value.param == param
    assert param in refused.value.message


@pytest.mark.parametrize("kind", ["image_url", "input_audio", "file"])
@pytest.mark.parametrize("role", ["system", "assistant"])
def test_a_file_of_nobody_but_a_user_is_refused_with_strict(role: str, kind: str) -> None:
    message = {"role": role, "content": [*text("look"), {"type": kind, kind: {}}]}
    with pytest.raises(UnsupportedFeature) as refused:
        translate([message], NAMES, Policy(strict=True), Notes())
    assert refused.value.param == "messages[0].content[1]"


def test_every_rewrite_leaves_a_note_without_the_prompt() -> None:
    notes = notes_of(
        {"role": "developer", "content": text("secret", "secret")},
        {"role": "user", "content": "secret", "name": "secret"},
        user("secret"),
        system("secret"),
        calling(x="read", y="read"),
        result("x", "secret"),
        result("z", "secret"),
        assistant(""),
    )
    assert notes == [
        "messages[4]: a call without a result, given an empty one",
        "messages[6]: a result without its call, made a user message",
        "content parts joined: 2 in 1 message",
        "developer -> system: 1",
        "messages joined to the one before, of the same role: 1",
        "system messages moved to the front: 1",
        "parallel calls put one after another: 2",
        "function results wrapped as a JSON object: 1",
        "empty messages left out: 1",
        "system messages joined: 2",
        "message fields dropped: name",
    ]


def test_what_needs_no_rewrite_leaves_no_note() -> None:
    assert notes_of(system("s"), user("u"), calling(x="read"), result("x"), assistant("a")) == []
