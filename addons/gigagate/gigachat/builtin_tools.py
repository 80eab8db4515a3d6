"""The tools that GigaChat v2 runs itself, and by what names clients' APIs ask for such.

In the pivot a builtin tool is {"type": KIND}; OpenAI's own words for it, which have a date or
"preview" behind them, mean the same.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.core.pivot import RunKind

TOOLS: Mapping[str, str] = {
    "web_search": "web_search",
    "web_fetch": "url_content_extraction",
    "code_interpreter": "code_interpreter",
    "image_generation": "image_generate",
}
"""The pivot's kind -> GigaChat's name of the tool."""

KINDS: Mapping[str, RunKind] = {
    "web_search": "web_search",
    "url_content_extraction": "web_fetch",
    "code_interpreter": "code_interpreter",
    "image_generate": "image_generation",
    "image_generation": "image_generation",
}
"""GigaChat's name, in an answer -> the pivot's kind."""


def kind_of(asked: object) -> str:
    """The pivot's kind of a tool by its type; "" for one that GigaChat does not run."""
    if not isinstance(asked, str) or asked == "function":
        return ""
    return next((kind for kind in TOOLS if asked == kind or asked.startswith(f"{kind}_")), "")


def wanted(chat: Mapping[str, Any]) -> Iterator[str]:
    """The kinds that a chat asks for."""
    given = chat.get("tools")
    for tool in given if isinstance(given, list) else ():
        if isinstance(tool, dict) and (kind := kind_of(tool.get("type"))) and may_run(tool):
            yield kind
    if isinstance(chat.get("web_search_options"), dict):
        yield "web_search"


def may_run(tool: Mapping[str, Any]) -> bool:
    """Codex asks for a search of what is stored at OpenAI only: GigaChat's is always live."""
    return tool.get("external_web_access") is not False
