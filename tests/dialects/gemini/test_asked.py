"""What Gemini CLI and Google's SDKs send, as a chat."""

from typing import Any

import pytest

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.dialects.gemini import web_search
from gigagate.dialects.gemini.asked import Asked
from gigagate.errors import ClientError

HELLO = {"role": "user", "parts": [{"text": "Привет"}]}
USER = {"role": "user", "content": "Привет"}
PIXEL = {"mimeType": "image/png", "data": "iVBORw0KGgo="}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
PLAIN = {"name": "f", "description": "d", "parameters": {"type": "OBJECT"}}
RESULT_IS_TEXT = {"type": "object", "properties": {"result": {"type": "string"}}}
OTHER = {"name": "g", "parametersJsonSchema": {"type": "object"}}


def asked(policy: Policy | None = None, model: str = "gigachat", **body: Any) -> Asked:
    return Asked({"contents": [HELLO], **body}, model, policy or Policy(), Notes())


def messages(*contents: Any, **body: Any) -> list[Any]:
    found: list[Any] = asked(contents=list(contents), **body).chat["messages"]
    return found


def user(*parts: Any) -> dict[str, Any]:
    return {"role": "user", "parts": list(parts)}


def model(*parts: Any) -> dict[str, Any]:
    return {"role": "model", "parts": list(parts)}


def called(name: str = "f", **fields: Any) -> dict[str, Any]:
    return {"functionCall": {"name": name, **fields}}


def result(name: str = "f", **fields: Any) -> dict[str, Any]:
    return {"functionResponse": {"name": name, "response": {"output": "1"}, **fields}}


def call(call_id: str, arguments: str = "{}", name: str = "f") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


def calls(*made: dict[str, Any], said: str | None = None) -> dict[str, Any]:
    return {"role": "assistant", "content": said, "tool_calls": list(made)}


def tool(call_id: str, content: Any = "1") -> dict[str, Any]:
    return {"role": "tool", "content": content, "tool_call_id": call_id}


FIRST, SECOND = "call_0_without_id", "call_1_without_id"

CASES: dict[str, tuple[list[Any], list[Any]]] = {
    "a text": ([HELLO], [USER]),
    "without a role": ([{"parts": [{"text": "Привет"}]}], [USER]),
    "a lone part, a lone content": ([{"parts": {"text": "Привет"}}], [USER]),
    "texts in place of contents": (["Привет"], [USER]),
    "several parts": (
        [user({"text": "a"}, {"text": ""}, {"text": "b"})],
        [
            {
                "role": "user",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            }
        ],
    ),
    "an answer in the pieces in which it came": (
        [HELLO, model({"text": "Д"}), model({"text": "а"}, {"text": ""}), model(), HELLO],
        [USER, {"role": "assistant", "content": "Да"}, USER],
    ),
    "a picture": ([user({"inlineData": PIXEL})], [{"role": "user", "content": [IMAGE]}]),
    "a picture, spelt otherwise, in the alphabet for addresses": (
        [user({"inline_data": {"mime_type": "image/png", "data": "-_-_aQ"}})],
        [
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,+/+/aQ=="}}
                ],
            }
        ],
    ),
    "files": (
        [
            user(
                {"inlineData": {"mimeType": "application/pdf", "data": "aQ==", "displayName": "n"}},
                {"fileData": {"mimeType": "image/png", "fileUri": "https://a/b.png"}},
                {"fileData": {"fileUri": "https://a/b.pdf"}},
                {"fileData": {"fileUri": "files/f-1"}},
            )
        ],
        [
            {
                "role": "user",
                "content": [
                    {
                        "type": "file",
                        "file": {"file_data": "data:application/pdf;base64,aQ==", "filename": "n"},
                    },
                    {"type": "image_url", "image_url": {"url": "https://a/b.png"}},
                    {"type": "file", "file": {"file_url": "https://a/b.pdf"}},
                    {"type": "file", "file": {"file_id": "f-1"}},
                ],
            }
        ],
    ),
    "calls and results with ids, in another order": (
        [
            HELLO,
            model({"text": "Так"}, called(id="a", args={"x_y": 1}), called(id="b")),
            user({"text": "Дальше"}, result(id="b"), result(id="a")),
        ],
        [
            USER,
            calls(call("a", '{"x_y":1}'), call("b"), said="Так"),
            tool("b"),
            tool("a"),
            {"role": "user", "content": "Дальше"},
        ],
    ),
    "calls and results without ids": (
        [
            HELLO,
            model(called("f"), called("g"), called("f")),
            {"role": "function", "parts": [result("f"), result("f"), result("g")]},
        ],
        [
            USER,
            calls(call(FIRST), call(SECOND, name="g"), call("call_2_without_id")),
            tool(FIRST),
            tool("call_2_without_id"),
            tool(SECOND),
        ],
    ),
    "a result whose id its call has not": (
        [HELLO, model(called()), user(result(id="x"))],
        [USER, calls(call(FIRST)), tool(FIRST)],
    ),
    "a result without a call": (
        [HELLO, user(result()), user(result(id="x"))],
        [USER, {"role": "tool", "content": "1", "name": "f"}, tool("x")],
    ),
    "what results say": (
        [
            HELLO,
            model(*[called(id=str(i)) for i in range(8)]),
            user(
                result(id="0", response={"output": "a"}),
                result(id="1", response={"result": "b"}),
                result(id="2", response={"name": "f", "content": "c"}),
                result(id="3", response={"error": "d"}),
                result(id="4", response={"output": {"x_y": 1}}),
                result(id="5", response=None),
                result(id="6", parts=[{"inlineData": PIXEL}]),
                result(id="7", response={"name": "f", "content": {"t": 25}}),
            ),
        ],
        [
            USER,
            calls(*[call(str(i)) for i in range(8)]),
            tool("0", "a"),
            tool("1", "b"),
            tool("2", "c"),
            tool("3", '{"error":"d"}'),
            tool("4", '{"output":{"x_y":1}}'),
            tool("5", "{}"),
            tool("6", [{"type": "text", "text": "1"}, IMAGE]),
            tool("7", '{"t":25}'),
        ],
    ),
    "a picture beside a result": (
        [HELLO, model(called(id="a")), user(result(id="a"), {"inlineData": PIXEL})],
        [USER, calls(call("a")), tool("a"), {"role": "user", "content": [IMAGE]}],
    ),
    "thoughts, and what nobody knows": (
        [
            HELLO,
            model(
                {"text": "Хм", "thought": True},
                {"executableCode": {"code": "1"}},
                {"codeExecutionResult": {"output": "1"}},
                {"thought_signature": "x"},
                {"hologram": {}},
                {"text": "Да", "thoughtSignature": "x"},
            ),
            HELLO,
        ],
        [USER, {"role": "assistant", "content": "Да"}, USER],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_contents(case: str) -> None:
    given, wanted = CASES[case]
    assert messages(*given) == wanted


@pytest.mark.parametrize("spelling", ["systemInstruction", "system_instruction"])
@pytest.mark.parametrize(
    ("system", "told"),
    [
        ("Ты помощник", ["Ты помощник"]),
        ({"role": "user", "parts": [{"text": "A"}, {"text": "B"}]}, ["A\n\nB"]),
        ({"parts": {"text": "A"}}, ["A"]),
        ({"parts": []}, []),
        ("", []),
        (None, []),
    ],
)
def test_the_system_instruction(spelling: str, system: object, told: list[str]) -> None:
    found = messages(HELLO, **{spelling: system})
    assert [one["content"] for one in found if one["role"] == "system"] == told
    assert found[-1] == USER


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"contents": None}, "contents"),
        ({"contents": []}, "contents"),
        ({"contents": [user()]}, "contents"),
        ({"contents": [7]}, "contents[0]"),
        ({"contents": [{"role": "system", "parts": []}]}, "contents[0].role"),
        ({"contents": [{"role": 7, "parts": []}]}, "contents[0].role"),
        ({"contents": [{"parts": 7}]}, "contents[0].parts"),
        ({"contents": [user({"text": 7})]}, "contents[0].parts[0].text"),
        ({"contents": [user({"inlineData": {}})]}, "contents[0].parts[0].inlineData.mimeType"),
        ({"contents": [user({"fileData": {}})]}, "contents[0].parts[0].fileData.fileUri"),
        ({"contents": [model(called(name=7))]}, "contents[0].parts[0].functionCall.name"),
        ({"contents": [model(called(args=[]))]}, "contents[0].parts[0].functionCall.args"),
        (
            {"contents": [user(result(response=7))]},
            "contents[0].parts[0].functionResponse.response",
        ),
        ({"systemInstruction": 7}, "systemInstruction"),
        ({"tools": 7}, "tools"),
        ({"tools": [{"functionDeclarations": [{}]}]}, "tools[0].functionDeclarations[0].name"),
        (
            {"tools": [{"functionDeclarations": [{"name": "f", "parameters": 7}]}]},
            "tools[0].functionDeclarations[0].parameters",
        ),
        ({"tools": [PLAIN], "toolConfig": 7}, None),
        (
            {
                "tools": {"functionDeclarations": PLAIN},
                "toolConfig": {"functionCallingConfig": {"mode": "MAYBE"}},
            },
            "toolConfig.functionCallingConfig.mode",
        ),
        (
            {
                "tools": {"functionDeclarations": PLAIN},
                "toolConfig": {"functionCallingConfig": {"allowedFunctionNames": ["g"]}},
            },
            "toolConfig.functionCallingConfig.allowedFunctionNames",
        ),
        ({"cachedContent": "c"}, "cachedContent"),
        ({"generationConfig": 7}, "generationConfig"),
        ({"generationConfig": {"topP": "x"}}, "generationConfig.topP"),
        ({"generation_config": {"stop_sequences": "x"}}, "generationConfig.stopSequences"),
        (
            {"generationConfig": {"responseMimeType": "text/x.enum"}},
            "generationConfig.responseMimeType",
        ),
        ({"generationConfig": {"responseSchema": 7}}, "generationConfig.responseSchema"),
        (
            {"generationConfig": {"responseModalities": ["AUDIO"]}},
            "generationConfig.responseModalities",
        ),
        (
            {"generationConfig": {"thinkingConfig": {"thinkingLevel": "deep"}}},
            "generationConfig.thinkingConfig.thinkingLevel",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_path(body: dict[str, Any], param: str | None) -> None:
    if param is None:
        asked(**body)
        return
    with pytest.raises(ClientError) as raised:
        asked(**body)
    assert raised.value.param == param
    assert param in raised.value.message


SCHEMA = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}


@pytest.mark.parametrize(
    ("config", "chat"),
    [
        ({"temperature": 0.5, "topP": 1, "top_k": 64}, {"temperature": 0.5, "top_p": 1}),
        ({"maxOutputTokens": 65_536}, {"max_tokens": 8192}),
        ({"max_output_tokens": 50}, {"max_tokens": 50}),
        ({"stopSequences": ["END"]}, {"stop": ["END"]}),
        ({"stopSequences": []}, {}),
        ({"responseMimeType": "text/plain"}, {}),
        ({"responseMimeType": "application/json"}, {"response_format": {"type": "json_object"}}),
        ({"responseSchema": {"type": "OBJECT"}}, {"response_format": SCHEMA}),
        (
            {"responseMimeType": "application/json", "response_json_schema": {"type": "object"}},
            {"response_format": SCHEMA},
        ),
        ({"_responseJsonSchema": {"type": "object"}}, {"response_format": SCHEMA}),
        (
            {"responseFormat": [{"audio": {}}, {"text": {"mimeType": "APPLICATION_JSON"}}]},
            {"response_format": {"type": "json_object"}},
        ),
        (
            {"response_format": {"text": {"schema": {"type": "object"}}}},
            {"response_format": SCHEMA},
        ),
        ({"thinkingConfig": {}}, {}),
        ({"thinkingConfig": {"thinkingBudget": -1}}, {}),
        ({"thinkingConfig": {"thinkingBudget": 0}}, {"reasoning_effort": "none"}),
        ({"thinkingConfig": {"thinking_budget": 1024}}, {"reasoning_effort": "low"}),
        ({"thinkingConfig": {"thinkingBudget": 8192}}, {"reasoning_effort": "medium"}),
        ({"thinkingConfig": {"thinkingBudget": 24576}}, {"reasoning_effort": "high"}),
        ({"thinkingConfig": {"thinkingLevel": "HIGH"}}, {"reasoning_effort": "high"}),
        ({"thinkingConfig": {"thinkingLevel": "THINKING_LEVEL_UNSPECIFIED"}}, {}),
        ({"candidateCount": 1, "responseModalities": ["TEXT"], "unknown": 1}, {}),
    ],
)
def test_parameters(config: dict[str, Any], chat: dict[str, Any]) -> None:
    found = asked(generationConfig=config).chat
    assert found == {"model": "gigachat", "messages": [USER]} | chat


@pytest.mark.parametrize(
    ("thinking", "shown"),
    [
        (None, False),
        ({}, False),
        ({"includeThoughts": True}, True),
        ({"include_thoughts": True}, True),
    ],
)
def test_thoughts_are_shown_to_those_who_asked(thinking: object, shown: bool) -> None:
    assert asked(generationConfig={"thinkingConfig": thinking}).shows_thoughts is shown


def test_tools() -> None:
    found = asked(
        tools=[
            {"function_declarations": [PLAIN, {**OTHER, "response": {"type": "STRING"}}]},
            {"googleSearch": {}},
        ]
    ).chat["tools"]
    assert found.pop() == {"type": "web_search"}
    assert [one["function"] for one in found] == [
        {"name": "f", "description": "d", "parameters": {"type": "object"}},
        {
            "name": "g",
            "parameters": {"type": "object"},
            "return_parameters": RESULT_IS_TEXT,
        },
    ]


ONE = {"type": "function", "function": {"name": "f"}}
TWO = {"type": "function", "function": {"name": "g"}}


@pytest.mark.parametrize(
    ("config", "choice"),
    [
        ({}, None),
        ({"mode": "AUTO"}, "auto"),
        ({"mode": "VALIDATED"}, "auto"),
        ({"mode": "any"}, "required"),
        ({"mode": "NONE"}, "none"),
        ({"mode": "ANY", "allowedFunctionNames": ["f"]}, ONE),
        (
            {"mode": "ANY", "allowed_function_names": ["f", "g"]},
            {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [ONE, TWO]}},
        ),
        (
            {"mode": "VALIDATED", "allowedFunctionNames": ["g"]},
            {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [TWO]}},
        ),
    ],
)
def test_tool_config(config: dict[str, Any], choice: object) -> None:
    tools = [{"functionDeclarations": [PLAIN, OTHER]}]
    chat = asked(tools=tools, toolConfig={"functionCallingConfig": config}).chat
    assert chat.get("tool_choice") == choice


@pytest.mark.parametrize(
    ("told", "returned"),
    [
        ({"response": {"type": "OBJECT"}}, {"type": "object"}),
        ({"response": {"type": "STRING"}}, RESULT_IS_TEXT),
        ({"responseJsonSchema": {"type": "string"}}, RESULT_IS_TEXT),
        ({"responseJsonSchema": {"type": ["object", "null"]}}, {"type": ["object", "null"]}),
        ({"responseJsonSchema": {}}, {}),
    ],
)
def test_what_a_function_returns_is_told_as_an_object(
    told: dict[str, Any], returned: dict[str, Any]
) -> None:
    """Google's SDK tells it of each Python function, and most return a text."""
    tools = [{"functionDeclarations": [{"name": "f"} | told]}]
    (tool,) = asked(tools=tools).chat["tools"]
    assert tool["function"]["return_parameters"] == returned


@pytest.mark.parametrize(
    "body",
    [
        {"tools": [{"googleMaps": {}, "functionDeclarations": [PLAIN]}]},
        {"generationConfig": {"topK": 3}},
        {"generationConfig": {"seed": 3}},
        {"contents": [user({"hologram": {}}, {"text": "x"})]},
    ],
)
def test_a_strict_proxy_refuses_what_it_would_drop(body: dict[str, Any]) -> None:
    asked(**body)
    with pytest.raises(ClientError):
        asked(Policy(strict=True), **body)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gemini-3-flash-preview", Policy().light_model),
        ("gemini-2.5-flash-lite", Policy().light_model),
        ("gemini-3-pro-preview", "GigaChat-2-Max"),
        ("gemini-3-gigachat-2-pro", "gigachat-2-pro"),
        ("GigaChat-2-Pro", "GigaChat-2-Pro"),
        ("gigachat", "gigachat"),
        ("gemini-3-mine", "gemini-3-mine"),
    ],
)
def test_names_of_models(name: str, meant: str) -> None:
    policy = Policy(aliases={"gemini-3-mine": "GigaChat-2-Pro", "gigachat": "GigaChat-2-Max"})
    for path in (name, f"models/{name}"):
        found = asked(policy, path)
        assert (found.model, found.chat["model"]) == (name, meant)


@pytest.mark.parametrize(
    ("tools", "lookup"),
    [
        (None, None),
        ([], None),
        ([{"googleSearch": {}}], "web_search"),
        ([{"google_search": {}}, {"urlContext": {}}], "web_search"),
        ([{"url_context": {}}], "web_fetch"),
        ([{"codeExecution": {}}], None),
        ([{"googleSearch": {}}, {"functionDeclarations": [PLAIN]}], None),
        ([{"urlContext": {}, "functionDeclarations": [PLAIN]}], None),
    ],
)
def test_a_look_up_and_nothing_else_is_known(tools: object, lookup: str | None) -> None:
    assert web_search.only_lookup(asked(tools=tools).body) == lookup


@pytest.mark.parametrize(
    ("pivot", "own"),
    [
        ("messages[0].content", "systemInstruction"),
        ("messages[1].content[0].image_url", "contents[0]"),
        ("messages[2].tool_calls[0]", "contents[1].parts[0]"),
        ("messages[3]", "contents[2].parts[0]"),
        ("messages[9].content", "messages[9].content"),
        ("tools[0].function.parameters", "tools.functionDeclarations.parameters"),
        ("tools[9].function", "tools[9].function"),
        ("tool_choice.function", "toolConfig.functionCallingConfig.function"),
        ("response_format.json_schema.schema", "generationConfig.responseSchema.schema"),
        ("temperature", "generationConfig.temperature"),
        ("model", "model"),
    ],
)
def test_a_path_of_the_chat_is_one_of_the_request(pivot: str, own: str) -> None:
    found = asked(
        systemInstruction="S",
        contents=[HELLO, model(called()), user(result())],
        tools={"functionDeclarations": PLAIN},
    )
    assert found.path_of(pivot) == own
