"""An OpenAI chat completion request -> the body of GigaChat's POST /chat/completions, v1."""

from typing import Any

from gigagate.core import model_map
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat import messages, parameters, structured, tools
from gigagate.gigachat.tools import ToolNames, Tools
from gigagate.gigachat.validation import text_at


def chat_completion(chat: dict[str, Any], policy: Policy, notes: Notes) -> dict[str, Any]:
    """`chat` is parsed JSON and not modified; the result shares its strings and objects.

    Raises a ClientError whose `param` is the path of the field at fault.
    """
    model = text_at("model", chat.get("model"))
    if not model:
        raise InvalidRequest("model must not be empty.", param="model")
    names = ToolNames.of(chat)
    translated = tools.translate(chat, names, policy, notes)
    body: dict[str, Any] = {
        "model": model_map.resolve(model, policy, notes),
        "messages": messages.translate(chat.get("messages"), names, notes, translated.instruction),
    }
    _add_tools(body, translated, policy, notes)
    body |= parameters.translate(chat, policy, notes)
    wanted = structured.response_format(chat.get("response_format"), policy, notes)
    if wanted:
        body["response_format"] = wanted
    return body


def _add_tools(body: dict[str, Any], translated: Tools, policy: Policy, notes: Notes) -> None:
    """GigaChat v1 answers 422 to functions unless a user or a function spoke last."""
    if not translated.functions and not translated.function_call:
        return
    if body["messages"][-1]["role"] not in ("user", "function"):
        if policy.strict:
            raise UnsupportedFeature(
                "GigaChat takes tools only where the last message is a user's or a tool's.",
                param="messages",
            )
        notes.add("tools", "tools dropped: the last message is the assistant's")
        return
    if translated.functions:
        body["functions"] = translated.functions
    if translated.function_call:
        body["function_call"] = translated.function_call
