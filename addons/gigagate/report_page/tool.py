"""A call of a tool, folded, with its result: arguments as a person reads them, edits coloured."""

from collections.abc import Iterator, Mapping

from gigagate.core.any_json import parsed, text_of
from gigagate.report_page import differences
from gigagate.report_page.plain import code, folded, safe
from gigagate.sessions.calls import Call
from gigagate.sessions.words import t
from gigagate.views import calls
from gigagate.views.text import beginning

RESULT = 80
"""Characters of a result beside its call."""

_BEFORE_AND_AFTER: Mapping[str, str] = {
    "old_string": "new_string",
    "old_str": "new_str",
    "old_text": "new_text",
    "oldText": "newText",
    "search": "replace",
}
"""Names under which agents tell an edit."""
_PATCHES = ("*** Begin Patch", "------- SEARCH", "<<<<<<< SEARCH", "--- ", "diff --git")


def render(call: Call) -> str:
    line = safe(calls.line(call.name, call.arguments))
    result = ""
    if call.result is not None:
        words = safe(beginning(call.result, RESULT))
        line += f' <span class="quiet">← {words}</span>'
        result = f"<h5>{t('result')}</h5>{text(call.result)}"
    return folded(line, f"{''.join(_arguments(call.arguments))}{result}", "call")


def text(told: str) -> str:
    """What a tool is told, or tells: a patch in colours, all else as it is."""
    return differences.signed(told) if told.lstrip().startswith(_PATCHES) else code(told)


def _arguments(told: str) -> Iterator[str]:
    try:
        given = parsed(told.encode(errors="replace"))
    except ValueError:
        given = None
    if not isinstance(given, dict):
        yield f"<h5>{t('arguments')}</h5>{code(told)}"
        return
    edits = {old: new for old, new in _BEFORE_AND_AFTER.items() if old in given and new in given}
    for name, value in given.items():
        if new := edits.get(name):
            edit = differences.between(text_of(value), text_of(given[new]))
            yield f"<h5>{safe(name)} → {safe(new)}</h5>{edit}"
        elif name not in edits.values():
            yield f"<h5>{safe(name)}</h5>{text(text_of(value))}"
