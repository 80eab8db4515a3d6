"""One agent's conversation in four APIs: GigaChat gets the same bytes, whichever its client speaks.

A system prompt, a picture, a call that was made and its result, another that failed, Cyrillic, and
tools to go on with.  Ids of calls differ; GigaChat's first API has none.
"""

import base64
import json
from typing import Any

import pytest
from tests.support import samples

from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange

SYSTEM = "Ты помощник «по делам»"
TASK, SEEN, LAST = "Что на картинке? 🖼", "Смотрю…", "А теперь коротко"
DONE = "Готово ✅"
ARGUMENTS = {"file_path": "заметки.md", "lines": 2}
RESULT = "- хлеб 🍞\n- молоко 🥛\n"
DESCRIPTION = "Читает файл"
SCHEMA = {
    "type": "object",
    "properties": {"file_path": {"type": "string"}, "lines": {"type": "integer"}},
    "required": ["file_path"],
}
PICTURE = base64.b64encode(samples.png(1)).decode()
PICTURE_URL = f"data:image/png;base64,{PICTURE}"
MODEL = "GigaChat-2-Max"


def in_chat() -> tuple[str, dict[str, Any]]:
    function = {"name": "read_file", "arguments": json.dumps(ARGUMENTS)}
    called = [{"id": "call_1", "type": "function", "function": function}]
    return "/v1/chat/completions", {
        "model": MODEL,
        "stream": True,
        "temperature": 0.5,
        "max_tokens": 100,
        "messages": [
            {"role": "system", "content": SYSTEM},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": TASK},
                    {"type": "image_url", "image_url": {"url": PICTURE_URL}},
                ],
            },
            {"role": "assistant", "content": SEEN, "tool_calls": called},
            {"role": "tool", "tool_call_id": "call_1", "content": RESULT},
            {"role": "assistant", "content": DONE},
            {"role": "user", "content": LAST},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "read_file",
                    "description": DESCRIPTION,
                    "parameters": SCHEMA,
                },
            }
        ],
    }


def in_responses() -> tuple[str, dict[str, Any]]:
    def message(role: str, *content: dict[str, Any]) -> dict[str, Any]:
        return {"type": "message", "role": role, "content": list(content)}

    return "/v1/responses", {
        "model": MODEL,
        "stream": True,
        "store": False,
        "temperature": 0.5,
        "max_output_tokens": 100,
        "instructions": SYSTEM,
        "input": [
            message(
                "user",
                {"type": "input_text", "text": TASK},
                {"type": "input_image", "image_url": PICTURE_URL},
            ),
            message("assistant", {"type": "output_text", "text": SEEN, "annotations": []}),
            {
                "type": "function_call",
                "call_id": "call_2",
                "name": "read_file",
                "arguments": json.dumps(ARGUMENTS),
            },
            {"type": "function_call_output", "call_id": "call_2", "output": RESULT},
            message("assistant", {"type": "output_text", "text": DONE, "annotations": []}),
            message("user", {"type": "input_text", "text": LAST}),
        ],
        "tools": [
            {
                "type": "function",
                "name": "read_file",
                "description": DESCRIPTION,
                "parameters": SCHEMA,
            }
        ],
    }


def in_messages() -> tuple[str, dict[str, Any]]:
    return "/v1/messages", {
        "model": MODEL,
        "stream": True,
        "temperature": 0.5,
        "max_tokens": 100,
        "system": SYSTEM,
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": TASK},
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": PICTURE},
                    },
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": SEEN},
                    {"type": "tool_use", "id": "toolu_3", "name": "read_file", "input": ARGUMENTS},
                ],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "toolu_3", "content": RESULT}],
            },
            {"role": "assistant", "content": DONE},
            {"role": "user", "content": LAST},
        ],
        "tools": [{"name": "read_file", "description": DESCRIPTION, "input_schema": SCHEMA}],
    }


def in_gemini() -> tuple[str, dict[str, Any]]:
    call = {"name": "read_file", "args": ARGUMENTS}
    parameters = {
        "type": "OBJECT",
        "properties": {"file_path": {"type": "STRING"}, "lines": {"type": "INTEGER"}},
        "required": ["file_path"],
    }
    return f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse", {
        "systemInstruction": {"parts": [{"text": SYSTEM}]},
        "generationConfig": {"temperature": 0.5, "maxOutputTokens": 100},
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": TASK},
                    {"inlineData": {"mimeType": "image/png", "data": PICTURE}},
                ],
            },
            {"role": "model", "parts": [{"text": SEEN}, {"functionCall": call}]},
            {
                "role": "user",
                "parts": [
                    {"functionResponse": {"name": "read_file", "response": {"output": RESULT}}}
                ],
            },
            {"role": "model", "parts": [{"text": DONE}]},
            {"role": "user", "parts": [{"text": LAST}]},
        ],
        "tools": [
            {
                "functionDeclarations": [
                    {"name": "read_file", "description": DESCRIPTION, "parameters": parameters}
                ]
            }
        ],
    }


def sent(asked: tuple[str, dict[str, Any]]) -> bytes:
    path, body = asked
    request = ClientRequest("POST", path, {}, json.dumps(body).encode())
    asking = Exchange(request, Policy(), request_id="ab" * 16, now=1)
    upstream = asking.upstream_request()
    upstream = upstream.with_files({file.key: f"file-{file.key}" for file in upstream.files})
    assert asking.wants_stream
    return b"%s %s\n" % (upstream.path.encode(), str(upstream.headers).encode()) + upstream.body


CHAT = sent(in_chat())


@pytest.mark.parametrize("asked", [in_responses, in_messages, in_gemini])
def test_gigachat_gets_the_same_bytes(asked: Any) -> None:
    assert sent(asked()).decode() == CHAT.decode()


def test_what_it_gets_has_all_of_it() -> None:
    for text in (SYSTEM, TASK, SEEN, DONE, LAST, DESCRIPTION, "хлеб 🍞", "заметки.md", "file-"):
        assert text in CHAT.decode()
