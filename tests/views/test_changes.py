import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.views.test_conversation import ANY_JSON

from gigagate.views import changes, pretty_json
from gigagate.views.facts import Facts


def render(client: Any, upstream: Any, *notes: str) -> list[str]:
    bodies = [json.dumps(body, ensure_ascii=False).encode() for body in (client, upstream)]
    return changes.render(*bodies, Facts(notes=list(notes))).splitlines()


def test_every_rewrite_is_a_sentence() -> None:
    lines = render({}, {"a": 1}, "model 'x' -> GigaChat-2-Max", "tools -> 2 functions")
    assert lines[:3] == [
        "2 things were changed on the way to GigaChat:",
        "  • model 'x' -> GigaChat-2-Max",
        "  • tools -> 2 functions",
    ]


def test_the_api_that_was_asked_is_named() -> None:
    told = changes.render(b"{}", b"{}", Facts(api="v2", notes=["a search"]))
    assert told.splitlines()[:3] == [
        "GigaChat's API v2 was asked.",
        "1 thing was changed on the way to GigaChat:",
        "  • a search",
    ]


def test_the_difference_shows_what_differs() -> None:
    parts = [{"type": "text", "text": "раз"}, {"type": "text", "text": "два"}]
    client = {"model": "x", "stream": True, "messages": [{"role": "user", "content": parts}]}
    upstream = {"model": "G", "stream": True, "messages": [{"content": "раз\nдва", "role": "user"}]}
    lines = render(client, upstream)
    assert '-   "model": "x"' in lines
    assert '+   "model": "G"' in lines
    assert '    "stream": true' in lines
    assert r'+   "messages": [{"role": "user", "content": "раз\nдва"}]' in lines


def test_tools_differ_only_where_their_schemas_do() -> None:
    def function(**schema: object) -> dict[str, Any]:
        return {"name": "f", "parameters": {"type": "object", "properties": {}, **schema}}

    client = {"tools": [{"type": "function", "function": function(additionalProperties=False)}]}
    upstream = {"functions": [function()]}
    lines = "\n".join(render(client, upstream))
    assert "additionalProperties" in lines
    assert '"tools"' not in lines
    same = {"functions": [function()]}
    assert render({"tools": [{"function": function()}]}, same)[-1].startswith("GigaChat got what")


def test_what_gigachats_second_api_wraps_is_no_change() -> None:
    client = {
        "model": "G",
        "temperature": 0.5,
        "messages": [{"role": "user", "content": "раз"}],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
    }
    upstream = {
        "model": "G",
        "model_options": {"temperature": 0.5},
        "messages": [{"role": "user", "content": [{"text": "раз"}]}],
        "tools": [{"functions": {"specifications": [{"name": "f", "parameters": {}}]}}],
    }
    assert render(client, upstream)[-1] == changes.SAME


def test_long_texts_that_differ_in_the_middle_still_differ() -> None:
    a, b = "x" * 5000, "x" * 2500 + "y" + "x" * 2499
    one, other = ("\n".join(pretty_json.lines({"text": text})) for text in (a, b))
    assert one != other
    assert max(len(one), len(other)) < 400


def test_what_is_no_json_is_compared_as_text() -> None:
    shown = changes.render(b"one\ntwo", b"one\nthree", Facts())
    assert "- two" in shown
    assert "+ three" in shown


def test_very_different_bodies_are_compared_up_to_a_bound() -> None:
    client = {"messages": [{"role": "user", "content": f"{i}" * 200} for i in range(9000)]}
    upstream = {"messages": [{"role": "user", "content": f"-{i}" * 200} for i in range(9000)]}
    lines = render(client, upstream)
    assert "too much to be compared" in lines[-1]
    assert len(lines) < 20_000


@given(ANY_JSON, ANY_JSON)
def test_no_json_makes_it_fail(client: Any, upstream: Any) -> None:
    assert render({"tools": client, "x": upstream}, {"functions": upstream, "x": client})


@given(st.dictionaries(st.text(), ANY_JSON))
def test_equal_values_have_equal_lines_whatever_their_order(value: dict[str, Any]) -> None:
    reordered = dict(reversed(value.items()))
    assert list(pretty_json.lines(value)) == list(pretty_json.lines(reordered))
