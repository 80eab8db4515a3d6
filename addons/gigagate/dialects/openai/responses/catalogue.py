"""What Codex is told of GigaChat's models: how much they hold, and how it is to speak to them.

Without it Codex takes an unknown model to hold twice what GigaChat's does, so that a conversation
would not be made shorter in time, and sends a prompt of its own that is as long as a short book.
"""

from collections.abc import Sequence
from typing import Any

from gigagate.core import model_list
from gigagate.core.model_list import ShownModel
from gigagate.core.models import KNOWN
from gigagate.core.name_patterns import among
from gigagate.core.policy import Policy

INSTRUCTIONS = """You are a coding agent. You work in a person's terminal, in the folder they have \
opened, with the tools you are given.

- Do what was asked, all of it, and nothing beside it. Find out what you need with the tools \
before you ask.
- Look at a file before you change it. Keep to the style of the code that is there, and make the \
smallest change that does the work.
- Run commands in the shell; prefer rg for searching. Never undo changes that are not yours, and \
never run what destroys data unless you were asked to.
- Write files in the shell, or with apply_patch where you have it. One tool call at a time; read \
its result before the next.
- When you are done, check your work if it can be checked (tests, a build, a run), then say in a \
few sentences what you did and what is left. Answer in the language of the person.
"""


def models(listed: Sequence[ShownModel], policy: Policy) -> dict[str, Any]:
    """listed: aliases and GigaChat's own, the best first.

    What is not listed, as all of GigaChat's own in an outage, Codex knows too and does not offer.
    """
    names = {shown.name for shown in listed}
    others = dict.fromkeys((policy.default_model, policy.light_model, *KNOWN))
    hidden = [
        model_list.named(name, None, name, policy)
        for name in others
        if name not in names and among(name, policy.may_use)
    ]
    told = [(shown, "list") for shown in listed] + [(shown, "hide") for shown in hidden]
    talking = [(shown, visibility) for shown, visibility in told if not shown.model.embeds]
    return {
        "models": [_model(shown, rank, seen) for rank, (shown, seen) in enumerate(talking)],
    }


def _model(shown: ShownModel, rank: int, visibility: str) -> dict[str, Any]:
    return {
        "slug": shown.name,
        "display_name": shown.name,
        "description": "GigaChat, through this proxy.",
        "base_instructions": INSTRUCTIONS,
        "context_window": shown.model.context_window,
        "input_modalities": ["text", "image"] if shown.model.pictures else ["text"],
        "default_reasoning_level": None,
        "supported_reasoning_levels": [],
        "supports_reasoning_summaries": False,
        "support_verbosity": False,
        "supports_parallel_tool_calls": False,
        "supports_search_tool": False,
        "apply_patch_tool_type": None,
        "shell_type": "shell_command",
        "experimental_supported_tools": [],
        "truncation_policy": {"mode": "tokens", "limit": 10_000},
        "supported_in_api": True,
        "visibility": visibility,
        "priority": rank,
    }
