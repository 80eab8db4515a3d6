import copy
from typing import Any

import pytest

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.tool_name import MAX_NAME, upstream_name
from gigagate.gigachat.tools import MAX_REMEMBERED, ToolNames, functions


def tool(name: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, **fields}}


def translated(chat: dict[str, Any], policy: Policy | None = None) -> list[dict[str, Any]]:
    return list(functions(chat, None, policy or Policy(), Notes()).values())


EMPTY = {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("name", "upstream"),
    [
        ("read_files", "read_files"),
        ("a-b.c_D9", "a-b.c_D9"),
        ("mcp:read file", "mcp_read_file"),
        ("9lives", "_9lives"),
        ("", "_"),
        ("поиск", "poisk"),
        ("Найти_съёмку", "Nayti_semku"),
        ("чтение: файл №1", "chtenie__fayl_No1"),
        ("поиск-🔎", "poisk-_mag_right_"),
        ("2_шага", "_2_shaga"),
        ("search_" + "x" * 80, "search_" + "x" * 57),
        ("щ" * 60, ("shch" * 16)),
        ("9" * 64, "_" + "9" * 63),
        ("web_search", "web_search_tool"),
        ("text2image", "text2image_tool"),
    ],
)
def test_a_name_becomes_one_gigachat_takes(name: str, upstream: str) -> None:
    assert upstream_name(name) == upstream
    assert upstream_name(upstream) == upstream


def test_names_come_back_however_much_they_clash() -> None:
    given = ["a b", "a_b", "a:b", "поиск", "читай", "web_search", "web_search_tool", "ok"]
    names = ToolNames.of({"tools": [tool(name) for name in given]})
    sent = [names.to_upstream(name) for name in given]
    assert len(set(sent)) == len(given)
    assert [names.to_client(name) for name in sent] == given
    assert names.to_upstream("a_b") == "a_b"
    assert names.to_upstream("web_search_tool") == "web_search_tool"


def test_many_names_that_clash_stay_distinct_short_and_come_back() -> None:
    given = [f"{'щука_' * 20}{i}" for i in range(300)] + ["поиск", "poisk", "пои ск", "poi_sk"]
    names = ToolNames.of({"tools": [tool(name) for name in given]})
    sent = [names.to_upstream(name) for name in given]
    assert len(set(sent)) == len(given)
    assert max(map(len, sent)) <= MAX_NAME
    assert [names.to_client(name) for name in sent] == given


def test_a_changed_name_is_told_in_the_description() -> None:
    chat = {"tools": [tool("поиск"), tool("найти файл", description="Ищет.")]}
    assert [(f["name"], f["description"]) for f in translated(chat)] == [
        ("poisk", "called поиск in the conversation"),
        ("nayti_fayl", "Ищет. (called найти файл in the conversation)"),
    ]


def test_names_the_request_does_not_define_are_mapped_by_themselves() -> None:
    names = ToolNames.of({})
    assert names.to_upstream("old tool") == "old_tool"
    assert names.to_client("invented") == "invented"
    assert "old tool" not in names


@pytest.mark.parametrize(
    ("chat", "wanted"),
    [
        ({}, []),
        ({"tools": None, "functions": []}, []),
        (
            {"tools": [tool("f", description="d", parameters=EMPTY, strict=True)]},
            [{"name": "f", "description": "d", "parameters": EMPTY}],
        ),
        ({"tools": [tool("f")]}, [{"name": "f", "parameters": EMPTY}]),
        ({"tools": [tool("f", parameters={})]}, [{"name": "f", "parameters": EMPTY}]),
        (
            {"tools": [tool("f", parameters={"type": "object", "additionalProperties": False})]},
            [{"name": "f", "parameters": EMPTY}],
        ),
        ({"functions": [{"name": "f"}]}, [{"name": "f", "parameters": EMPTY}]),
        (
            {
                "functions": [
                    {
                        "name": "f",
                        "few_shot_examples": [{"request": "r", "params": {}}],
                        "return_parameters": {"properties": {"a": {"type": ["string", "null"]}}},
                    }
                ]
            },
            [
                {
                    "name": "f",
                    "parameters": EMPTY,
                    "few_shot_examples": [{"request": "r", "params": {}}],
                    "return_parameters": {
                        "type": "object",
                        "properties": {"a": {"type": "string", "description": "may be null"}},
                    },
                }
            ],
        ),
        ({"functions": [{"name": "text2image"}]}, [{"name": "text2image"}]),
        ({"tools": [tool("text2image")]}, [{"name": "text2image"}]),
        (
            {"tools": [tool("text2image", description="mine")]},
            [
                {
                    "name": "text2image_tool",
                    "description": "mine (called text2image in the conversation)",
                    "parameters": EMPTY,
                }
            ],
        ),
        (
            {"tools": [tool("text2image"), tool("text2image", description="mine")]},
            [{"name": "text2image"}],
        ),
        (
            {"tools": [tool("f", description="1"), tool("f", description="2")]},
            [{"name": "f", "description": "1", "parameters": EMPTY}],
        ),
        (
            {
                "tools": [
                    {"type": "web_search"},
                    {"type": "namespace", "name": "n", "tools": []},
                    {"type": "custom", "custom": {"name": "patch"}},
                    tool("f"),
                ]
            },
            [{"name": "f", "parameters": EMPTY}],
        ),
    ],
)
def test_tools_become_functions(chat: dict[str, Any], wanted: list[dict[str, Any]]) -> None:
    assert translated(chat) == wanted


def test_a_builtin_tool_is_refused_in_strict_mode() -> None:
    with pytest.raises(UnsupportedFeature) as refused:
        translated({"tools": [tool("f"), {"type": "web_search"}]}, Policy(strict=True))
    assert refused.value.param == "tools[1].type"


@pytest.mark.parametrize(
    ("chat", "param"),
    [
        ({"tools": {}}, "tools"),
        ({"tools": "f"}, "tools"),
        ({"tools": [1]}, "tools[0]"),
        ({"tools": [{"type": 5}]}, "tools[0].type"),
        ({"tools": [{"type": "function", "name": "f"}]}, "tools[0].function"),
        ({"tools": [tool(None)]}, "tools[0].function.name"),
        ({"tools": [tool("f", description=5)]}, "tools[0].function.description"),
        ({"tools": [tool("f", parameters=[])]}, "tools[0].function.parameters"),
        ({"tools": [tool("f", parameters={"type": "array"})]}, "tools[0].function.parameters"),
        ({"functions": [{}]}, "functions[0].name"),
        ({"functions": [{"name": "f", "few_shot_examples": {}}]}, "functions[0].few_shot_examples"),
    ],
)
def test_a_wrong_definition_is_a_400_that_names_it(chat: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        translated(chat)
    assert refused.value.param == param
    assert param in refused.value.message


def noted(chat: dict[str, Any], allowed: frozenset[str] | None = None) -> list[str]:
    notes = Notes()
    functions(chat, allowed, Policy(), notes)
    return [note.text for note in notes]


def test_the_same_definitions_are_translated_once_and_noted_each_time() -> None:
    chat = {"tools": [tool("a b"), tool("c"), {"type": "web_search"}]}
    first, second = translated(chat), translated(copy.deepcopy(chat))
    assert all(one is other for one, other in zip(first, second, strict=True))
    assert (
        noted(chat)
        == noted(copy.deepcopy(chat))
        == [
            "tools[2] dropped: GigaChat has no tool of type 'web_search'",
            "tools -> 2 functions",
            "functions renamed for GigaChat: 1",
        ]
    )


def test_what_is_remembered_is_told_apart() -> None:
    maximum = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 1}}}
    narrow = {"tools": [tool("f", parameters=maximum), tool("g")]}
    wide = {"tools": [tool("f", parameters={**maximum, "description": "wide"}), tool("g")]}
    assert translated(narrow) != translated(wide)
    assert len(noted(narrow)) == len(noted(narrow, frozenset({"f"}))) == 1
    assert noted(narrow) != noted(narrow, frozenset({"f"}))
    assert noted({"functions": []}) == []


def test_what_is_large_or_deep_is_translated_each_time() -> None:
    large = {"tools": [tool("f", description="x" * MAX_REMEMBERED)]}
    assert translated(large) == translated(large)
    assert translated(large)[0] is not translated(large)[0]
    schema: dict[str, Any] = {}
    for _ in range(100_000):
        schema = {"type": "array", "items": schema}
    deep = {"tools": [tool("f", parameters={"type": "object", "properties": {"a": schema}})]}
    assert translated(deep)[0]["name"] == "f"
