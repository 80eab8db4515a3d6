"""The requests of `traffic` in the words of the other APIs, as their clients write them."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Chat = dict[str, Any]


class Dialect(NamedTuple):
    path: str
    """{model} stands for the model."""
    streaming_path: str
    translate: Callable[[Chat], dict[str, Any]]

    def request(self, chat: bytes) -> tuple[str, bytes]:
        """Path and body for this chat completion."""
        asked: Chat = json.loads(chat)
        path = self.streaming_path if asked.get("stream") else self.path
        body = json.dumps(self.translate(asked), ensure_ascii=False, separators=(",", ":"))
        return path.format(model=asked["model"]), body.encode()


def _responses(chat: Chat) -> dict[str, Any]:
    system, messages = _parted(chat)
    return {
        "model": chat["model"],
        "instructions": system,
        "input": [item for message in messages for item in _items(message)],
        "tools": [{"type": "function", **tool["function"]} for tool in chat.get("tools", ())],
        "store": False,
        "stream": chat.get("stream", False),
        **({"max_output_tokens": chat["max_tokens"]} if "max_tokens" in chat else {}),
    }


def _items(message: Chat) -> Iterator[dict[str, Any]]:
    if message["role"] == "tool":
        yield {
            "type": "function_call_output",
            "call_id": message["tool_call_id"],
            "output": message["content"],
        }
        return
    kind = "output_text" if message["role"] == "assistant" else "input_text"
    content = [{"type": kind, "text": text} for text in _texts(message)]
    if content:
        yield {"type": "message", "role": message["role"], "content": content}
    for call in message.get("tool_calls", ()):
        yield {"type": "function_call", "call_id": call["id"], **call["function"]}


def _messages(chat: Chat) -> dict[str, Any]:
    system, messages = _parted(chat)
    return {
        "model": chat["model"],
        "max_tokens": chat.get("max_tokens", 4096),
        "system": [{"type": "text", "text": system}],
        "messages": [_message(message) for message in messages],
        "tools": [
            {
                "name": tool["function"]["name"],
                "description": tool["function"]["description"],
                "input_schema": tool["function"]["parameters"],
            }
            for tool in chat.get("tools", ())
        ],
        "stream": chat.get("stream", False),
    }


def _message(message: Chat) -> dict[str, Any]:
    if message["role"] == "tool":
        result = {"type": "tool_result", "tool_use_id": message["tool_call_id"]}
        return {"role": "user", "content": [result | {"content": message["content"]}]}
    content = [{"type": "text", "text": text} for text in _texts(message)]
    content += [
        {
            "type": "tool_use",
            "id": call["id"],
            "name": call["function"]["name"],
            "input": json.loads(call["function"]["arguments"]),
        }
        for call in message.get("tool_calls", ())
    ]
    return {"role": message["role"], "content": content}


def _gemini(chat: Chat) -> dict[str, Any]:
    system, messages = _parted(chat)
    functions = [tool["function"] for tool in chat.get("tools", ())]
    limit = {"maxOutputTokens": chat["max_tokens"]} if "max_tokens" in chat else {}
    return {
        "systemInstruction": {"parts": [{"text": system}]},
        "contents": [_content(message) for message in messages],
        "tools": [{"functionDeclarations": functions}] if functions else [],
        "generationConfig": limit,
    }


def _content(message: Chat) -> dict[str, Any]:
    role = "model" if message["role"] == "assistant" else "user"
    if message["role"] == "tool":
        response = {"name": message["name"], "response": {"output": message["content"]}}
        return {"role": role, "parts": [{"functionResponse": response}]}
    parts: list[dict[str, Any]] = [{"text": text} for text in _texts(message)]
    for call in message.get("tool_calls", ()):
        function = call["function"]
        args = json.loads(function["arguments"])
        parts.append({"functionCall": {"name": function["name"], "args": args}})
    return {"role": role, "parts": parts}


def _parted(chat: Chat) -> tuple[str, list[Chat]]:
    """The system prompt, and the rest."""
    messages = chat["messages"]
    if messages[0]["role"] == "system":
        return messages[0]["content"], messages[1:]
    return "You are a helpful assistant.", messages


def _texts(message: Chat) -> list[str]:
    content = message["content"]
    if isinstance(content, str):
        return [content] if content else []
    return [part["text"] for part in content]


DIALECTS = {
    "Responses": Dialect("/v1/responses", "/v1/responses", _responses),
    "Messages": Dialect("/v1/messages", "/v1/messages", _messages),
    "Gemini": Dialect(
        "/v1beta/models/{model}:generateContent",
        "/v1beta/models/{model}:streamGenerateContent?alt=sse",
        _gemini,
    ),
}
