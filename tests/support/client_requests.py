"""What real clients send to /v1/chat/completions: the shape of each, with short texts.

Shapes were captured on loopback: Cline 3 and classic Cline (XML and native tools), aider, llm,
Continue, opencode, Kilo, Qwen Code, langchain, pydantic-ai, instructor, the openai packages.
"""

from collections.abc import Mapping
from typing import Any

PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhg"
    "GAWjR9awAAAABJRU5ErkJggg=="
)
TASK = "Create a file named hello.txt containing exactly the text: hi"
SAFE_INTEGER = 9007199254740991
DRAFT = "https://json-schema.org/draft/2020-12/schema"

Message = dict[str, Any]


def system(content: Any = "You are an agent.", role: str = "system") -> Message:
    return {"role": role, "content": content}


def user(content: Any = TASK) -> Message:
    return {"role": "user", "content": content}


def parts(*texts: str) -> list[Message]:
    return [{"type": "text", "text": text} for text in texts]


def called(*names: str, content: str | None = None, arguments: str = "{}") -> Message:
    return {
        "role": "assistant",
        "content": content,
        "tool_calls": [
            {
                "id": f"call_{name}",
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for name in names
        ],
    }


def result(name: str, content: Any) -> Message:
    return {"role": "tool", "tool_call_id": f"call_{name}", "content": content}


def tool(name: str, parameters: Mapping[str, Any] | None = None, **function: Any) -> Message:
    given = {} if parameters is None else {"parameters": parameters}
    return {
        "type": "function",
        "function": {"name": name, "description": f"The {name} tool.", **given, **function},
    }


def schema(_required: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "type": "object",
        "properties": properties,
        "required": list(_required or properties),
        "additionalProperties": False,
    }


def or_null(**kind: Any) -> dict[str, Any]:
    return {"anyOf": [kind, {"type": "null"}]}


LINE = or_null(type="integer", exclusiveMinimum=0, maximum=SAFE_INTEGER)
READ_FILES = tool(
    "read_files",
    schema(
        files={
            "type": "array",
            "minItems": 1,
            "items": schema(
                path={"type": "string", "minLength": 1}, start_line=LINE, end_line=LINE
            ),
        }
    ),
)
EDITOR = tool(
    "editor",
    schema(
        ("path", "new_text"),
        path={"type": "string"},
        new_text={"type": "string"},
        old_text=or_null(type="string"),
        insert_line=LINE,
    ),
)
TEAM_STATUS = tool("team_status", {"type": "object", "properties": {}})
SPAWN_AGENT = tool(
    "spawn_agent",
    schema(title={"type": "string"}, kind={"type": "string", "enum": ["plan", "act"]}),
)
CLINE_TOOLS = [READ_FILES, EDITOR, TEAM_STATUS, SPAWN_AGENT]
ENVIRONMENT = "# Current Working Directory (/tmp/work)"

CLINE = {"tools": CLINE_TOOLS, "tool_choice": "auto", "stream_options": {"include_usage": True}}
CLASSIC_CLINE = {"temperature": 0, "stream_options": {"include_usage": True}}
USAGE = {"stream_options": {"include_usage": True}}

REQUESTS: Mapping[str, dict[str, Any]] = {
    "cline: a task": {**CLINE, "messages": [system(), user()]},
    "cline: --thinking": {**CLINE, "messages": [system(), user()], "reasoning_effort": "high"},
    "cline: after a tool": {
        **CLINE,
        "messages": [
            system(),
            user(),
            called("editor", arguments='{"path":"/tmp/work/hello.txt","new_text":"hi"}'),
            result("editor", '{"query":"edit","result":"done","success":true}'),
        ],
    },
    "cline: two tools at once, one broken": {
        **CLINE,
        "messages": [
            system(),
            user(),
            called("read_files", "editor", content="Читаю."),
            result("read_files", '[{"path":"a"}]'),
            result("editor", '{"error":"Tool call editor has invalid JSON arguments"}'),
        ],
    },
    "cline: a picture": {
        **CLINE,
        "messages": [
            system(),
            user(),
            called("read_files"),
            result("read_files", "(see following user message for image)"),
            user([{"type": "image_url", "image_url": {"url": PNG}}]),
        ],
    },
    "cline: cut off by length": {
        **CLINE,
        "messages": [
            system(),
            user(),
            {"role": "assistant", "content": "Начало"},
            user("Your previous response was cut off. Continue."),
        ],
    },
    "cline: after compaction": {**CLINE, "messages": [system(), user(parts("Summary.", "Go on."))]},
    "classic cline: XML": {
        **CLASSIC_CLINE,
        "messages": [
            system(),
            user(parts(f"<task>\n{TASK}\n</task>", "# Todo", ENVIRONMENT)),
        ],
    },
    "classic cline: XML, a later step": {
        **CLASSIC_CLINE,
        "messages": [
            system(),
            user(parts(f"<task>\n{TASK}\n</task>", "# Todo", ENVIRONMENT)),
            {"role": "assistant", "content": "<write_to_file>\n<path>hello.txt</path>"},
            user(parts("[write_to_file] Result: saved", "# Todo", ENVIRONMENT)),
        ],
    },
    "classic cline: native tools": {
        "model": "gpt-5",
        "messages": [
            system(role="developer"),
            user(parts(TASK, "# Todo", ENVIRONMENT)),
            called("editor"),
            result("editor", "saved"),
            user(parts("# Todo", ENVIRONMENT)),
        ],
        "tools": [tool("editor", schema(path={"type": "string"}), strict=False)],
        "tool_choice": "auto",
        "parallel_tool_calls": False,
        "reasoning_effort": "medium",
        **USAGE,
    },
    "aider: the diff format": {
        "temperature": 0,
        "messages": [
            system(),
            user("Change a.py."),
            {"role": "assistant", "content": "```python\nx\n```"},
            user("I switched to a new code base."),
            {"role": "assistant", "content": "Ok."},
            user(),
            system("Answer in diffs only."),
        ],
    },
    "llm": {
        "messages": [
            user(),
            called("now"),
            result("now", "12:00"),
        ],
        "tools": [tool("now", {"properties": {}, "type": "object"})],
        **USAGE,
    },
    "continue": {
        "messages": [system(), user(), called("Read", content=""), result("Read", "text")],
        "tools": [tool("Read", schema(file={"type": "string"})), tool("Exit", schema())],
    },
    "opencode: the title": {
        "max_tokens": 8192,
        "messages": [system("Write a title."), user("Write a title:"), user()],
        **USAGE,
    },
    "opencode": {
        "max_tokens": 8192,
        "messages": [system(), user(parts(TASK, "Be brief."))],
        "tools": [
            tool(
                "webfetch",
                schema(
                    url={"type": "string", "format": "uri", "pattern": "^https?://"},
                    timeout={"type": "number", "minimum": 1, "maximum": 120},
                ),
            )
        ],
        "tool_choice": "auto",
        **USAGE,
    },
    "qwen: a result in parts": {
        "max_tokens": 8000,
        "messages": [
            system(),
            user(parts("The context.")),
            {"role": "assistant", "content": "Got it. Thanks for the context!"},
            user(parts(TASK)),
            called("read"),
            result("read", parts("one", "two")),
        ],
        "tools": [tool("read", {"$schema": "http://json-schema.org/draft-07/schema#"})],
    },
    "openai-py": {
        "messages": [system(role="developer"), user(parts("Привет"))],
        "max_completion_tokens": 500,
        "n": 1,
        "seed": 1,
        "user": "u1",
        "temperature": 0,
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [tool("f", schema(a=or_null(type="string")), strict=True)],
    },
    "openai-py: stop and penalties": {
        "messages": [user("Привет")],
        "frequency_penalty": 0.1,
        "top_p": 0.9,
        "stop": ["STOP"],
        **USAGE,
    },
    "openai-js: helper's history": {
        "messages": [
            user(),
            called("f") | {"refusal": None, "parsed": None},
            result("f", "7"),
        ],
        "tools": [tool("f")],
    },
    "langchain": {
        "temperature": 0.1,
        "messages": [system(), user("Погода в Москве?")],
        "tools": [tool("get_weather", schema(city={"type": "string"}))],
        **USAGE,
    },
    "langchain: structured output": {
        "messages": [user("Имя: Аня")],
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "Person",
                "schema": {
                    "type": "object",
                    "title": "Person",
                    "properties": {
                        "name": {"title": "Name", "type": "string"},
                        "age": or_null(type="integer") | {"default": None},
                    },
                    "required": ["name"],
                },
            },
        },
    },
    "instructor: a forced function": {
        "messages": [user("Имя: Аня")],
        "tools": [tool("Person", schema(name={"type": "string"}))],
        "tool_choice": {"type": "function", "function": {"name": "Person"}},
    },
    "pydantic-ai: a required tool": {
        "messages": [user("Имя: Аня")],
        "tools": [tool("final_result", schema(name={"type": "string"}), strict=True)],
        "tool_choice": "required",
    },
    "claude code's schemas": {
        "messages": [system(), user(), system("A reminder in the middle."), user("Go on.")],
        "tools": [
            tool(
                "Workflow",
                {
                    "type": "object",
                    "properties": {
                        "args": {"description": "Anything."},
                        "env": {
                            "type": "object",
                            "propertyNames": {"type": "string"},
                            "additionalProperties": {"type": "string"},
                        },
                        "mode": {"const": "fast"},
                    },
                },
            ),
            {"type": "web_search"},
        ],
    },
}
"""Who sends it -> the request, without `stream` and, where it is any, without `model`."""
