"""A chat request as the conversation it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.core.any_json import list_of, object_of, text_of
from gigagate.views import calls
from gigagate.views.text import beginning, count, digits, folded, one_line, size, wrapped

RECENT = 6
"""The last messages are shown at length; those before them, and instructions, in short."""
MAX_RECENT_TEXT = 8000
MAX_TEXT = 1200
MAX_RESULT = 300
MAX_MESSAGES = 400
MAX_PARAMETER = 200

CHARACTERS_PER_TOKEN = 3.5
"""GigaChat: "a token is three to four characters"."""

_INSTRUCTIONS = ("system", "developer")
_SHOWN_APART = ("model", "messages", "tools", "functions")


def render(chat: Mapping[str, Any]) -> str:
    """chat: in the pivot's form, of any shape below its messages, which are a list."""
    lines = [_parameters(chat), _totals(chat), ""]
    lines += _tools(chat)
    messages = chat["messages"]
    names = _names_of_calls(messages)
    gap = range(MAX_MESSAGES // 4, max(0, len(messages) - MAX_MESSAGES * 3 // 4))
    for index, message in enumerate(messages):
        if len(messages) <= MAX_MESSAGES or index not in gap:
            recent = index >= len(messages) - RECENT
            lines += _message(index, object_of(message), names, recent=recent)
        elif index == gap.start:
            lines += [f"[… messages[{gap.start}] to messages[{gap.stop - 1}] left out here …]", ""]
    return "\n".join(lines).rstrip() + "\n"


def _parameters(chat: Mapping[str, Any]) -> str:
    words = [text_of(chat.get("model")) or "no model named"]
    for name, value in chat.items():
        if name not in _SHOWN_APART:
            words.append(f"{name} {one_line(text_of(value), MAX_PARAMETER)}")
    return wrapped(" · ".join(words), "  ")


def _totals(chat: Mapping[str, Any]) -> str:
    messages = chat["messages"]
    tools = list_of(chat.get("tools")) + list_of(chat.get("functions"))
    pictures = sum(1 for message in messages for part in _parts(message) if _is_picture(part))
    characters = sum(_characters(message) for message in messages) + len(text_of(tools or None))
    words = [count(len(messages), "message")]
    if tools:
        words.append(count(len(tools), "tool"))
    if pictures:
        words.append(count(pictures, "picture"))
    words.append(count(characters, "character"))
    words.append(f"about {digits(round(characters / CHARACTERS_PER_TOKEN))} tokens")
    return " · ".join(words)


def _characters(message: object) -> int:
    texts = sum(len(text_of(p.get("text"))) for p in _parts(message) if not _is_picture(p))
    made = calls.in_message(object_of(message))
    return texts + sum(len(name) + len(text_of(arguments)) for _, name, arguments in made)


def _tools(chat: Mapping[str, Any]) -> Iterator[str]:
    given = [object_of(tool) for tool in list_of(chat.get("tools"))]
    functions = [object_of(tool.get("function")) or tool for tool in given]
    functions += [object_of(function) for function in list_of(chat.get("functions"))]
    if not functions:
        return
    yield "── tools ──"
    for function in functions:
        name = text_of(function.get("name") or function.get("type"))
        parameters = ", ".join(_signature(object_of(function.get("parameters"))))
        yield wrapped(f"{name}({parameters})", "        ")
        if description := text_of(function.get("description")):
            yield f"    {beginning(description, 76)}"
    yield ""


def _signature(schema: Mapping[str, Any]) -> Iterator[str]:
    required = {name for name in list_of(schema.get("required")) if isinstance(name, str)}
    for name, property_schema in object_of(schema.get("properties")).items():
        kind = object_of(property_schema).get("type")
        optional = "" if name in required else "?"
        yield f"{name}{optional}: {text_of(kind) or 'any'}"


def _names_of_calls(messages: list[Any]) -> dict[str, str]:
    return {
        call_id: name
        for message in messages
        for call_id, name, _ in calls.in_message(object_of(message))
        if call_id
    }


def _message(
    index: int, message: Mapping[str, Any], names: Mapping[str, str], *, recent: bool
) -> Iterator[str]:
    role = text_of(message.get("role")) or "no role"
    most = MAX_RECENT_TEXT if recent and role not in _INSTRUCTIONS else MAX_TEXT
    if role in ("tool", "function"):
        call_id = text_of(message.get("tool_call_id"))
        name = names.get(call_id) or text_of(message.get("name")) or f"call {call_id}"
        text = " ".join(_part(part, most) for part in _parts(message))
        yield f"── messages[{index}] · {role} ──"
        yield wrapped(f"← {name}: {one_line(text, MAX_RESULT)}", "    ")
    else:
        yield f"── messages[{index}] · {role} ──"
        for part in _parts(message):
            if shown := _part(part, most):
                yield shown
        for _, name, arguments in calls.in_message(message):
            yield wrapped(calls.line(name, arguments), "    ")
    yield ""


def _parts(message: object) -> list[Mapping[str, Any]]:
    content = object_of(message).get("content")
    if isinstance(content, list):
        return [
            {"type": "text", "text": part} if isinstance(part, str) else object_of(part)
            for part in content
        ]
    return [] if content is None else [{"type": "text", "text": text_of(content)}]


def _part(part: Mapping[str, Any], most: int) -> str:
    if _is_picture(part):
        return f"[picture: {_picture(part)}]"
    if "text" in part:
        return wrapped(folded(text_of(part["text"]), most))
    return (
        f"[{text_of(part.get('type')) or 'part'}: {one_line(text_of(dict(part)), MAX_PARAMETER)}]"
    )


def _is_picture(part: Mapping[str, Any]) -> bool:
    return "image_url" in part


def _picture(part: Mapping[str, Any]) -> str:
    image = part["image_url"]
    url = text_of(image.get("url") if isinstance(image, dict) else image)
    if not url.startswith("data:"):
        return one_line(url, MAX_PARAMETER)
    media_type, _, data = url[5:200].partition(",")
    length = len(url) - url.find(",") - 1
    return (
        f"{media_type.partition(';')[0]}, {size(length * 3 // 4)}" if data else "a broken data URL"
    )
