"""The schemas of the official JSON-Schema-Test-Suite, as tools and as answers' formats.

They are those of drafts 4 to 2020-12 in the copy that jsonschema 4.26.0 carries, each once; its
licence lies beside them.  Never an exception but a 400, always within GigaChat's rules, and what
GigaChat may answer is an object.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.support.gigachat_rules import check_function, check_request, check_schema

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest
from gigagate.exchange import ClientRequest, Exchange, UpstreamRequest
from gigagate.gigachat.schema import cleaned
from gigagate.gigachat.tools import functions

FILE = Path(__file__).parent / "json_schema_test_suite" / "schemas.jsonl"
DRAFTS = ("draft4", "draft7", "draft2019-09", "draft2020-12")


@cache
def of(draft: str) -> list[tuple[str, Any]]:
    """(The suite's file, a schema of it)."""
    rows = map(json.loads, FILE.read_text().splitlines())
    found = [(name, schema) for name, schema in rows if name.startswith(f"{draft}/")]
    assert len(found) > 100
    return found


@pytest.mark.parametrize("draft", DRAFTS)
def test_any_schema_may_be_a_propertys(draft: str) -> None:
    for name, schema in of(draft):
        clean = cleaned({"type": "object", "properties": {"p": schema}})
        check_schema(clean)
        assert clean["type"] == "object", name
        assert cleaned(clean) == clean, name


@pytest.mark.parametrize("draft", DRAFTS)
def test_any_schema_may_be_a_tools_or_is_refused(draft: str) -> None:
    taken = 0
    for name, schema in of(draft):
        tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
        try:
            function = functions({"tools": [tool]}, None, Policy(), Notes())["f"]
        except InvalidRequest as refusal:
            assert "parameters" in refusal.message, name
        else:
            taken += 1
            check_function(function)
    assert taken > 0.8 * len(of(draft))


@pytest.mark.parametrize("draft", DRAFTS)
def test_any_schema_of_an_object_may_be_an_answers(draft: str) -> None:
    policy = Policy(json_modes={"*": "function"})
    by_call = 0
    for name, schema in of(draft):
        if not isinstance(schema, dict):
            continue
        wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
        asked = {
            "model": "gigachat",
            "messages": [{"role": "user", "content": "Hi"}],
            "response_format": wanted,
        }
        request = ClientRequest("POST", "/v1/chat/completions", {}, json.dumps(asked).encode())
        sent = Exchange(request, policy, request_id="ab" * 16, now=1).upstream_request()
        assert isinstance(sent, UpstreamRequest), name
        body = json.loads(sent.body)
        check_request(body)
        by_call += "function_call" in body
    assert by_call > len(of(draft)) / 2
