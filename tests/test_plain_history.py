"""What is text and no more, as most of a history is, is told GigaChat as if it were looked at."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.core.policy import Policy
from gigagate.dialects.anthropic import conversation as anthropic
from gigagate.dialects.gemini import conversation as gemini
from gigagate.dialects.openai.responses import parts as responses
from gigagate.exchange import Answer, ClientRequest, Exchange
from gigagate.gigachat.v1 import messages as v1

Said = list[tuple[bool, list[str]]]
"""Whether it is the assistant's, and its texts."""
SAID: st.SearchStrategy[Said] = st.lists(
    st.tuples(
        st.booleans(),
        st.lists(
            st.sampled_from(["", "a", "б\n", "![image f](/v1/files/f/content?x)"]), max_size=3
        ),
    ),
    max_size=6,
)


def _chat(said: Said) -> dict[str, Any]:
    return {
        "model": "GigaChat",
        "messages": [
            {
                "role": "assistant" if assistant else "user",
                "content": [{"type": "text", "text": text} for text in texts],
            }
            for assistant, texts in said
        ],
    }


def _responses(said: Said) -> dict[str, Any]:
    items = [
        {
            "type": "message",
            "role": "assistant" if assistant else "user",
            "content": [
                {"type": "output_text" if assistant else "input_text", "text": text}
                for text in texts
            ],
        }
        for assistant, texts in said
    ]
    return {"model": "GigaChat", "input": items}


def _gemini(said: Said) -> dict[str, Any]:
    contents = [
        {"role": "model" if assistant else "user", "parts": [{"text": text} for text in texts]}
        for assistant, texts in said
    ]
    return {"contents": contents}


FORMS: Mapping[str, Callable[[Said], dict[str, Any]]] = {
    "/v1/chat/completions": _chat,
    "/v1/responses": _responses,
    "/v1/messages": lambda said: _chat(said) | {"max_tokens": 9},
    "/v1beta/models/GigaChat:generateContent": _gemini,
}


def asked(path: str, said: Said) -> bytes | str:
    """GigaChat's request, or the error."""
    body = json.dumps(FORMS[path](said)).encode()
    request = ClientRequest("POST", path, {"content-type": "application/json"}, body)
    exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
    try:
        wanted = exchange.upstream_request()
    except Exception as error:
        return str(error)
    assert not isinstance(wanted, Answer)
    return wanted.body


def never(*_: object) -> None:
    """Everything is looked at."""


@pytest.mark.parametrize("path", FORMS)
@given(said=SAID)
def test_it_is_told_alike(path: str, said: Said) -> None:
    quickly = asked(path, said)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(v1._Conversation, "says_plainly", never)
        patched.setattr(anthropic.Conversation, "_says_plainly", never)
        patched.setattr(gemini.Conversation, "_says_plainly", never)
        patched.setattr(responses, "only_texts", never)
        assert asked(path, said) == quickly
