"""The players: which answer whom, and that they can carry real clients' tasks to the end."""

import json
from typing import Any

import pytest

from gigagate.emulator.players import play

TASK = "Create a file named hello.txt in the current directory containing exactly the text: hi"
XML = f"<task>\n{TASK}\n</task>\n# task_progress\n<environment_details>\n…</environment_details>"
WRITE = "<write_to_file>\n<path>hello.txt</path>\n<content>hi</content>\n</write_to_file>"
DONE = {"role": "function", "name": "f", "content": '{"ok":true}'}


def user(content: str) -> dict[str, Any]:
    return {"role": "user", "content": content}


def function(name: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": name, "parameters": parameters}


def called(name: str) -> dict[str, Any]:
    call = {"name": name, "arguments": {}}
    return {"role": "assistant", "content": "", "function_call": call}


STRING = {"type": "string"}
EDITOR = function("editor", path=STRING, new_text=STRING)
COMPLETE = function("attempt_completion", result=STRING)


def body(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"model": "GigaChat-2", "messages": list(messages)} | fields


def test_echo_repeats_the_user() -> None:
    assert "«Как дела?»" in play(body(user("Как дела?"))).text


def test_clines_xml_protocol_is_played_to_the_end() -> None:
    system = {"role": "system", "content": "…<write_to_file>…attempt_completion…"}
    assert play(body(system, user(XML))).text == WRITE
    said = {"role": "assistant", "content": WRITE}
    last = play(body(system, user(XML), said, user("[write_to_file …] Result: ok")))
    assert last.text.startswith("<attempt_completion>\n<result>")


WRITERS = [
    (EDITOR, {"path": "hello.txt", "new_text": "hi"}),
    (
        function("write", content=STRING, filePath=STRING),
        {"content": "hi", "filePath": "hello.txt"},
    ),
    (
        function("run_commands", commands={"type": "array", "items": STRING}),
        {"commands": ["printf %s hi > hello.txt"]},
    ),
    (
        function("apply_patch", input=STRING),
        {"input": "*** Begin Patch\n*** Add File: hello.txt\n+hi\n*** End Patch"},
    ),
]


@pytest.mark.parametrize(("writer", "arguments"), WRITERS)
@pytest.mark.parametrize("task", [TASK, f'"{TASK}"', XML])
def test_a_file_is_written_with_the_function_that_is_there(
    writer: dict[str, Any], arguments: dict[str, Any], task: str
) -> None:
    others = [function("search", query=STRING), writer, COMPLETE]
    call = play(body(user(task), functions=others)).function_call
    assert call is not None
    assert (call.name, call.arguments) == (writer["name"], arguments)


def test_a_path_is_absolute_where_the_directory_is_told() -> None:
    system = {"role": "system", "content": "Working directory: /home/user/x\n"}
    call = play(body(system, user(TASK), functions=[EDITOR])).function_call
    assert call is not None
    assert call.arguments["path"] == "/home/user/x/hello.txt"


def test_what_a_client_reminds_of_is_not_the_task() -> None:
    reminder = (
        "<system-reminder>\nUse b_tool whenever files of text are wanted. "
        "I'm currently working in the directory: /home/user/x\n</system-reminder>\n"
    )
    functions = [EDITOR, function("b_tool", x=STRING)]
    task = user(f"{reminder}{TASK}")
    call = play(body(task, functions=functions)).function_call
    assert call is not None
    assert call.arguments == {"path": "/home/user/x/hello.txt", "new_text": "hi"}
    talk = (task, called("editor"), DONE, {"role": "assistant", "content": "…"}, user(reminder))
    assert "Готово" in play(body(*talk, functions=functions)).text
    assert "«»" in play(body(user(reminder))).text


@pytest.mark.parametrize("name", ["run_commands", "run_shell_command", "bash", "Bash"])
def test_a_command_is_run_by_whatever_the_client_calls_it(name: str) -> None:
    runner = function(name, command=STRING)
    call = play(body(user("Run the command `ls -l`"), functions=[EDITOR, runner])).function_call
    assert call is not None
    assert (call.name, call.arguments) == (name, {"command": "ls -l"})


@pytest.mark.parametrize(
    "task",
    ["Создай файл hello.txt с текстом «hi»", "Сделай файл с именем hello.txt, содержимое: hi"],
)
def test_russian_tasks_are_understood(task: str) -> None:
    call = play(body(user(task), functions=[EDITOR])).function_call
    assert call is not None
    assert call.arguments == {"path": "hello.txt", "new_text": "hi"}


def test_after_a_result_the_task_is_finished() -> None:
    talk = (user(TASK), called("editor"), DONE | {"name": "editor"})
    assert "Готово" in play(body(*talk, functions=[EDITOR])).text
    finished = play(body(*talk, functions=[EDITOR, COMPLETE])).function_call
    assert finished is not None
    assert finished.name == "attempt_completion"


STEPS = (
    "Read the file notes.md, then replace `tea` with `coffee` in the file notes.md. "
    "Then run the command `wc -l notes.md`"
)
FILES = {"type": "array", "items": {"type": "object", "properties": {"path": STRING}}}
FILES["items"]["required"] = ["path"]


def test_a_task_of_several_steps_is_done_step_by_step() -> None:
    functions = [
        function("read_files", files=FILES),
        function("run_commands", commands={"type": "array", "items": STRING}),
        function("editor", path=STRING, new_text=STRING),
    ]
    functions[2]["parameters"]["properties"]["old_text"] = STRING
    talk, calls = [user(STEPS)], []
    while call := play(body(*talk, functions=functions)).function_call:
        calls.append((call.name, call.arguments))
        talk += [called(call.name), DONE | {"name": call.name}]
    assert calls == [
        ("read_files", {"files": [{"path": "notes.md"}]}),
        ("editor", {"path": "notes.md", "new_text": "coffee", "old_text": "tea"}),
        ("run_commands", {"commands": ["wc -l notes.md"]}),
    ]


def test_a_task_of_several_steps_is_done_in_clines_xml_too() -> None:
    talk, tools = [user(f"<task>{STEPS}</task>")], []
    while not tools or tools[-1] != "attempt_completion":
        said = play(body(*talk)).text
        tools.append(said[1 : said.index(">")])
        talk += [{"role": "assistant", "content": said}, user("Result: ok")]
    assert tools == ["read_file", "replace_in_file", "execute_command", "attempt_completion"]
    assert "------- SEARCH\ntea\n=======\ncoffee\n+++++++ REPLACE" in talk[3]["content"]


def test_a_second_task_in_the_dialogue_is_begun_anew() -> None:
    talk = (user(TASK), called("editor"), DONE, {"role": "assistant", "content": "Готово"})
    assert play(body(*talk, user(TASK), functions=[EDITOR])).function_call is not None


def test_a_file_is_read() -> None:
    files = {
        "type": "array",
        "items": {"type": "object", "properties": {"path": STRING}, "required": ["path"]},
    }
    functions = [EDITOR, function("read_files", files=files)]
    call = play(body(user("What is in the file notes.md?"), functions=functions)).function_call
    assert call is not None
    assert call.arguments == {"files": [{"path": "notes.md"}]}


def test_the_only_function_is_called_with_values_of_the_right_types() -> None:
    weather = function(
        "weather",
        location=STRING,
        num_days={"type": "integer"},
        units={"type": "string", "enum": ["C", "F"]},
        detailed={"type": "boolean"},
        nested={"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]},
    )
    call = play(body(user("Погода в городе Москва на 10 дней"), functions=[weather])).function_call
    assert call is not None
    assert call.arguments == {
        "location": "Москва",
        "num_days": 10,
        "units": "C",
        "detailed": False,
        "nested": {"x": 10},
    }


def test_one_of_several_functions_is_called_when_named() -> None:
    functions = [function("a_tool", x=STRING), function("b_tool", x=STRING)]
    call = play(body(user("Use b_tool, please"), functions=functions)).function_call
    assert call is not None
    assert call.name == "b_tool"
    assert play(body(user("Просто поговорим"), functions=functions)).function_call is None


def test_a_forced_function_is_called_and_none_forbids() -> None:
    offered = {"functions": [EDITOR, COMPLETE]}
    forced = play(body(user("x"), function_call={"name": "editor"}, **offered)).function_call
    assert forced is not None
    assert forced.name == "editor"
    assert play(body(user(TASK), function_call="none", **offered)).function_call is None


def test_a_schema_is_answered_with_its_value() -> None:
    schema = function("x", city=STRING, population={"type": "integer"})["parameters"]
    wanted = {"type": "json_schema", "schema": schema}
    answer = play(body(user("Город Тверь, 416"), response_format=wanted))
    assert answer.text == '{"city": "Тверь", "population": 416}'


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param({"const": "order"}, "order", id="const"),
        pytest.param(
            {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}]},
            [7, False],
            id="tuple",
        ),
        pytest.param({"type": "array"}, [], id="array of anything"),
    ],
)
def test_a_schema_as_pydantic_writes_it_is_answered(schema: dict[str, Any], value: Any) -> None:
    wanted = function("f", a=schema)["parameters"]
    answer = play(body(user("7"), response_format={"type": "json_schema", "schema": wanted}))
    assert json.loads(answer.text) == {"a": value}


def test_a_schema_that_refers_to_itself_is_answered_with_an_end() -> None:
    tree = {
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$ref": "#"}}},
        "required": ["kids"],
    }
    value = json.loads(
        play(body(user("7"), response_format={"type": "json_schema", "schema": tree})).text
    )
    while value["kids"]:
        (value,) = value["kids"]
    assert value == {"kids": []}


SCHEMA = function("f", n={"type": "integer"})["parameters"]
ASKING = [
    pytest.param(f"It must fit this JSON schema: {json.dumps(SCHEMA)}", id="in a line"),
    pytest.param(
        f"Respond with a JSON object that fits this schema:\n\n{json.dumps(SCHEMA, indent=2)}\n\n"
        'Nothing else. It must fit this JSON schema: {"type": "object"}',
        id="twice, the first in full",
    ),
]


@pytest.mark.parametrize("words", ASKING)
def test_json_that_the_system_message_asks_for_is_written(words: str) -> None:
    system = {"role": "system", "content": words}
    assert json.loads(play(body(system, user("7 гостей"))).text) == {"n": 7}


def test_json_asked_for_is_written_after_the_functions_too() -> None:
    system = {"role": "system", "content": f"JSON schema: {json.dumps(SCHEMA)}"}
    talk = body(system, user("7 гостей"), functions=[function("f")])
    assert play(talk).function_call is not None
    talk["messages"] += [called("f"), DONE]
    assert json.loads(play(talk).text) == {"n": 7}


@pytest.mark.parametrize(
    "words", ["JSON schema: {broken", "The tool wants JSON of a schema.", "Input schema: {}"]
)
def test_a_schema_that_is_not_there_is_not_answered(words: str) -> None:
    assert "Вы написали" in play(body({"role": "system", "content": words}, user("7"))).text


def test_a_picture_is_an_img_tag() -> None:
    answer = play(body(user("Нарисуй кота"), function_call="auto"))
    assert answer.text.startswith('<img src="')
    assert answer.functions_state_id
    assert "<img" not in play(body(user("Нарисуй кота"))).text
