import json
from typing import Any

import pytest
from tests.dialects.openai.responses.conftest import Asking
from tests.support.open_responses import check_compacted, check_response

from gigagate.core import model_list
from gigagate.core.pivot import Usage
from gigagate.core.policy import Policy
from gigagate.dialects.openai.responses import catalogue, chat_form
from gigagate.errors import ClientError

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
FORMAT = {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True}


@pytest.mark.parametrize(
    ("fields", "chat"),
    [
        ({"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5, "top_p": 0.9}),
        ({"max_output_tokens": 5}, {"max_completion_tokens": 5}),
        ({"reasoning": {"effort": "low", "summary": "auto"}}, {"reasoning_effort": "low"}),
        ({"reasoning": {"effort": None}}, {}),
        ({"text": {"format": {"type": "text"}, "verbosity": "low"}}, {}),
        (
            {"text": {"format": {"type": "json_object"}}},
            {"response_format": {"type": "json_object"}},
        ),
        (
            {"text": {"format": FORMAT}},
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "n", "schema": SCHEMA, "strict": True},
                }
            },
        ),
        ({"stream": True, "user": "u", "service_tier": "auto"},) * 2,
        ({"background": False, "truncation": "auto", "include": ["x"], "new": 1}, {}),
    ],
)
def test_parameters_are_those_of_a_chat(
    asking: Asking, fields: dict[str, Any], chat: dict[str, Any]
) -> None:
    asked = asking(**fields)
    rest = {k: v for k, v in asked.chat.items() if k not in ("model", "messages")}
    assert rest == chat
    check_response(asked.echo.ended(1, [], "stop", Usage(1, 1, 0)))


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"model": None}, "model"),
        ({"stream": 1}, "stream"),
        ({"store": "yes"}, "store"),
        ({"metadata": 7}, "metadata"),
        ({"instructions": 7}, "instructions"),
        ({"reasoning": "low"}, "reasoning"),
        ({"text": "json"}, "text"),
        ({"text": {"format": "json"}}, "text.format"),
        ({"max_output_tokens": "many"}, "max_output_tokens"),
        ({"background": True}, "background"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"prompt": {"id": "p"}}, "prompt"),
    ],
)
def test_what_cannot_be_is_refused_by_name(asking: Asking, fields: dict[str, Any], at: str) -> None:
    with pytest.raises(ClientError) as caught:
        asking(**fields)
    assert caught.value.param == at


def test_a_compacted_conversation_keeps_what_the_user_said(asking: Asking) -> None:
    asked = asking(
        [{"role": "user", "content": "Раз"}, {"role": "assistant", "content": "два"}],
        client="anna",
    )
    choice = {"message": {"content": "Кратко."}, "finish_reason": "stop"}
    completion = {"model": "m", "created": 1, "choices": [choice]}
    content = chat_form.compacted(asked, completion, None)
    compacted = json.loads(content.body)
    check_compacted(compacted)
    assert [item["type"] for item in compacted["output"]] == ["message", "compaction"]


def test_codex_is_told_what_a_model_holds() -> None:
    policy = Policy(aliases={})
    shown = model_list.shown(policy, [{"id": "GigaChat-2-Max"}, {"id": "Embeddings"}])
    one, *_ = catalogue.models(shown, policy)["models"]
    assert one["slug"] == "GigaChat-2-Max"
    assert one["context_window"] == 131_072
    assert len(one["base_instructions"]) < 2000
