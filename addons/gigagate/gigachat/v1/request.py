"""An OpenAI chat completion request -> the body of GigaChat's POST /chat/completions, v1."""

from typing import Any

from gigagate.core import model_map
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import text_at
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat import tools
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1 import messages, parameters
from gigagate.gigachat.v1.structured import WantedJson
from gigagate.gigachat.v1.tool_choice import ToolChoice


def chat_completion(
    chat: dict[str, Any],
    policy: Policy,
    notes: Notes,
    names: ToolNames | None = None,
    *,
    together: bool = False,
) -> dict[str, Any]:
    """`chat` is parsed JSON and not modified; the result shares its strings and objects.

    names: those of this chat's functions, where they are known already.
    together: as in messages.translate.

    Raises a ClientError whose `param` is the path of the field at fault.
    """
    model = text_at("model", chat.get("model"))
    if not model:
        raise InvalidRequest("model must not be empty.", param="model")
    names = ToolNames.of(chat) if names is None else names
    body: dict[str, Any] = {
        "model": model_map.resolve(model, policy, notes),
        "messages": messages.translate(
            chat.get("messages"), names, policy, notes, together=together
        ),
    }
    _add_tools(body, chat, names, policy, notes)
    body |= parameters.translate(chat, policy, notes)
    wanted = WantedJson.of(chat.get("response_format"))
    if wanted and (instruction := wanted.ask(body, policy, notes)):
        instruct(body["messages"], instruction)
    return body


def _add_tools(
    body: dict[str, Any], chat: dict[str, Any], names: ToolNames, policy: Policy, notes: Notes
) -> None:
    """GigaChat v1 answers 422 to functions unless a user or a function spoke last."""
    choice = ToolChoice.of(chat)
    functions = tools.functions(chat, choice.allowed, policy, notes, names)
    function_call, instruction = choice.function_call(list(functions), names, notes)
    if function_call is None:
        return
    if body["messages"][-1]["role"] not in ("user", "function"):
        if policy.strict:
            raise UnsupportedFeature(
                "GigaChat takes tools only where the last message is a user's or a tool's.",
                param="messages",
            )
        notes.add("tools", "tools dropped: the last message is the assistant's")
        return
    if functions:
        body["functions"] = list(functions.values())
    body["function_call"] = function_call
    if instruction:
        instruct(body["messages"], instruction)


def instruct(translated: list[dict[str, Any]], instruction: str) -> None:
    system = translated[0]
    if system["role"] == "system":
        system["content"] += "\n\n" + instruction
    else:
        translated.insert(0, {"role": "system", "content": instruction})
