"""A conversation as Cline sends it: parts, native tools, a call and its result."""

from typing import Any


def _tool(name: str, description: str, **properties: str) -> dict[str, Any]:
    parameters = {
        "type": "object",
        "properties": {
            key: {"type": "string", "description": text} for key, text in properties.items()
        },
        "required": list(properties)[:1],
        "additionalProperties": False,
    }
    function = {"name": name, "description": description, "strict": False, "parameters": parameters}
    return {"type": "function", "function": function}


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


CLINE_CHAT: dict[str, Any] = {
    "model": "gigachat",
    "temperature": 0,
    "stream": True,
    "stream_options": {"include_usage": True},
    "tool_choice": "auto",
    "parallel_tool_calls": False,
    "messages": [
        {
            "role": "system",
            "content": "You are Cline, a highly skilled software engineer.\n\n"
            "====\n\nRULES\n\n- Use one tool per message.\n- Wait for its result.",
        },
        {
            "role": "user",
            "content": [
                _text("<task>\nСоздай файл привет.txt и напиши в нём «Привет, мир!»\n</task>"),
                _text("<environment_details>\n# Current Mode\nACT MODE\n</environment_details>"),
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "call_4a56096521c4",
                    "type": "function",
                    "function": {
                        "name": "write_to_file",
                        "arguments": '{"path": "привет.txt", "content": "Привет, мир!\\n"}',
                    },
                }
            ],
        },
        {
            "role": "tool",
            "tool_call_id": "call_4a56096521c4",
            "content": "The content was successfully saved to привет.txt.",
        },
        {"role": "user", "content": [_text("Теперь расскажи, что получилось.")]},
    ],
    "tools": [
        _tool(
            "write_to_file",
            "Write content to a file at the given path.",
            path="The path of the file",
            content="The whole content of the file",
        ),
        _tool("read_file", "Read a file.", path="The path of the file", range="Lines, as in 1-20"),
        _tool("attempt_completion", "Present the result to the user.", result="The result"),
    ],
}
