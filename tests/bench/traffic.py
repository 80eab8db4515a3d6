"""What goes over the wire in a measurement: the requests a client sends and the answers it counts.

Upstream and client must agree on it, and it must survive every translation.  So an answer is
chosen by `max_tokens`, the one field each proxy hands on unchanged, and its pieces are counted by
a marker word in the text, which no JSON writer escapes.
"""

import json
from dataclasses import dataclass
from typing import Any

MODEL = "GigaChat-2-Max"
PATH = "/v1/chat/completions"
MARKER = b"w0rd"
"""Stands once in every whole answer and once in every chunk of a streamed one."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A streamed answer: how many chunks, and the pause before each, in seconds."""

    chunks: int
    pause: float


STREAMS = {
    500: Stream(500, 0.0),
    150: Stream(150, 0.010),
    30: Stream(30, 0.100),
    50: Stream(50, 0.100),
    40: Stream(40, 0.010),
}
"""`max_tokens` -> the streamed answer it asks for; any other request is answered whole."""

_PROSE = (
    "Открой файл src/server.ts и исправь обработку ошибок. Не трогай тесты. "
    "The build prints: \"TypeError: Cannot read properties of undefined (reading 'port')\"\n"
    "<read_file>\n<path>src/server.ts</path>\n</read_file>\n"
    "export const port = Number(process.env.PORT ?? 3000);\n"
    "if (!Number.isInteger(port)) {\n\tthrow new Error(`bad port ${port} \\u2026`);\n}\n"
)
_ENVIRONMENT = (
    "<environment_details>\n# Visual Studio Code Visible Files\nsrc/server.ts\n\n"
    "# Current Time\n10/8/2026, 12:00:00 PM (Europe/Moscow, UTC+3:00)\n\n"
    "# Current Mode\nACT MODE\n</environment_details>"
)


def small() -> bytes:
    """The cheapest chat a client can have."""
    return _dump({"model": MODEL, "messages": [{"role": "user", "content": "Привет! Как дела?"}]})


def streamed(max_tokens: int) -> bytes:
    """A short question that is answered by `STREAMS[max_tokens]`."""
    return _dump(
        {
            "model": MODEL,
            "messages": [{"role": "user", "content": "Расскажи сказку."}],
            "stream": True,
            "max_tokens": max_tokens,
        }
    )


def conversation(messages: int, *, parts: bool) -> bytes:
    """So many messages with 200 bytes of text each: the system's, then user and assistant in turn.

    The last one is the user's, so the number is even; `parts` as in `cline`.
    """
    text = _text(200)
    user = {"role": "user", "content": _content([text], parts)}
    assistant = {"role": "assistant", "content": text}
    turns = [user, assistant] * (messages // 2)
    history = [{"role": "system", "content": text}, *turns[: messages - 1]]
    return _dump({"model": MODEL, "messages": history})


def cline(size: int, *, parts: bool, tools: int = 0, turns: int = 30) -> bytes:
    """A coding agent's request of exactly `size` bytes: long system prompt, `turns` steps of work.

    With `parts` the user's content is an array of text parts, as Cline sends it; without, a
    string, for targets that hand the body on as it is.
    """
    bare = len(_dump(_cline(0, parts, tools, turns)))
    share = max(0, size - bare) // (turns + 10)
    body = _cline(share, parts, tools, turns)
    body["messages"][0]["content"] = _text(size - len(_dump(body)))
    return _dump(body)


def steps(
    count: int, *, native: bool, prompt: int, tools: int, about: int = 1, result: int
) -> list[bytes]:
    """The requests of an agent's task of `count` steps, each with all that was said before.

    native: it calls tools and gets their results; else it writes XML and a person answers,
    as Cline does.  prompt, result: bytes of the system prompt and of what each step reads.
    about: how many times 500 bytes describe each tool.
    """
    head: dict[str, Any] = {"model": MODEL, "stream": True, "max_tokens": 40}
    if tools:
        head["tools"] = [_tool(number, about) for number in range(tools)]
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": _text(prompt)},
        {"role": "user", "content": [{"type": "text", "text": "Исправь сервер."}]},
    ]
    asked = [_dump(head | {"messages": messages})]
    for step in range(1, count):
        messages += _native_step(step, result) if native else _xml_step(step, result)
        asked.append(_dump(head | {"messages": messages}))
    return asked


def _native_step(step: int, result: int) -> list[dict[str, Any]]:
    function = {"name": f"tool_{step % 5}", "arguments": f'{{"path":"src/part{step}.ts"}}'}
    call = {"id": f"call_{step}", "type": "function", "function": function}
    return [
        {"role": "assistant", "content": f"Шаг {step}.", "tool_calls": [call]},
        {
            "role": "tool",
            "tool_call_id": call["id"],
            "name": function["name"],
            "content": _text(result),
        },
    ]


def _xml_step(step: int, result: int) -> list[dict[str, Any]]:
    path = f"src/part{step}.ts"
    read = f"[read_file for '{path}'] Result:\n{_text(result)}"
    return [
        {"role": "assistant", "content": f"<read_file>\n<path>{path}</path>\n</read_file>"},
        {"role": "user", "content": _content([read, _ENVIRONMENT], parts=True)},
    ]


def _cline(share: int, parts: bool, tools: int, turns: int) -> dict[str, Any]:
    """Each step reads `share` bytes of source; the system prompt is still empty."""
    messages: list[dict[str, object]] = [{"role": "system", "content": ""}]
    for turn in range(turns):
        result = f"[read_file for 'src/part{turn}.ts'] Result:\n{_text(share)}"
        messages.append({"role": "user", "content": _content([result, _ENVIRONMENT], parts)})
        messages.append({"role": "assistant", "content": f"Шаг {turn}: читаю следующий файл.\n"})
    messages.append({"role": "user", "content": _content(["Продолжай.", _ENVIRONMENT], parts)})
    body: dict[str, Any] = {"model": MODEL, "messages": messages}
    return body | {"tools": [_tool(number) for number in range(tools)]} if tools else body


def _tool(number: int, about: int = 1) -> dict[str, object]:
    text = {"type": "string", "description": "Путь относительно рабочей папки. " + _PROSE[:200]}
    return {
        "type": "function",
        "function": {
            "name": f"tool_{number}",
            "description": _PROSE * about,
            "parameters": {
                "type": "object",
                "properties": {"path": text, "pattern": text, "recursive": {"type": "boolean"}},
                "required": ["path"],
            },
        },
    }


def _content(texts: list[str], parts: bool) -> object:
    if parts:
        return [{"type": "text", "text": text} for text in texts]
    return "\n".join(texts)


def _text(size: int) -> str:
    """Text that takes `size` bytes as JSON; none when `size` is negative."""
    unit = len(_dump(_PROSE)) - 2
    return _PROSE * (size // unit) + "." * (size % unit) if size > 0 else ""


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
