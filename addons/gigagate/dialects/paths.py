"""Where a field of the chat stands in the request: errors name what the client knows."""

from collections.abc import Mapping, Sequence

_TOOL = "tools["


def in_request(
    pivot_path: str,
    renamed: Mapping[str, str],
    tools: Sequence[str],
    parameters: str = "parameters",
) -> str:
    """ "tools[1].function.parameters.type" -> "tools[2].input_schema.type".

    renamed: how a path in the chat begins -> how it begins in the request.  tools: where each tool
    of the chat stands.  parameters: what the request calls those of a function.
    """
    if pivot_path.startswith(_TOOL):
        number, _, rest = pivot_path.removeprefix(_TOOL).partition("]")
        if number.isdigit() and int(number) < len(tools):
            rest = rest.replace(".function.parameters", f".{parameters}", 1)
            return tools[int(number)] + rest.removeprefix(".function")
    for chat, own in renamed.items():
        if pivot_path.startswith(chat):
            return own + pivot_path.removeprefix(chat)
    return pivot_path
