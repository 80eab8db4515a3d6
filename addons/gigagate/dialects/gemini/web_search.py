"""Requests whose only tools Google's servers would run: Gemini CLI has one to search, one to read.

The client takes the answer's text for what was found, so a model without such a tool would make
results up.  Where GigaChat has none, a search is answered here, in words; an address to be read is
refused, for Gemini CLI then fetches it itself.
"""

from collections.abc import Mapping
from typing import Any, Literal

from gigagate.core import compact_json
from gigagate.core.http import JSON, Content
from gigagate.core.pivot import Usage
from gigagate.dialects.gemini import candidate, tools
from gigagate.dialects.gemini.writer import CandidateWriter, Form
from gigagate.errors import UnsupportedFeature

SAID = (
    "Web search is not available here: GigaGate asks GigaChat, which did not search. "
    "Nothing was looked up."
)
Lookup = Literal["web_search", "web_fetch"]
"""The pivot's kind of the tool."""
_SEARCHES = frozenset({"googleSearch", "googleSearchRetrieval", "enterpriseWebSearch"})
_READS = "urlContext"


def only_lookup(body: Mapping[str, Any]) -> Lookup | None:
    """What the request is for and for nothing else.  body: the request's fields."""
    kinds = tools.built_in(body.get("tools"))
    if not kinds or tools.declares(body.get("tools")):
        return None
    if not _SEARCHES.isdisjoint(kinds):
        return "web_search"
    return "web_fetch" if _READS in kinds else None


def not_read() -> UnsupportedFeature:
    return UnsupportedFeature(
        "tools has urlContext: Google's servers would read the address, and GigaChat does "
        "not. Fetch it yourself and send its text.",
        param="tools",
    )


def answer(form: Form | None, *, request_id: str, model: str) -> Content:
    """form: the stream's; None for a whole answer."""
    if form is not None:
        writer = CandidateWriter(form, request_id=request_id, model=model, shows_thoughts=False)
        return Content(form.media_type, writer.text(SAID) + writer.finish("stop", _NOTHING))
    told = candidate.answer(
        [{"text": SAID}], request_id=request_id, model=model, finish="STOP", tokens=_NOTHING
    )
    return Content(JSON, compact_json.dumps(told))


_NOTHING = Usage(0, 0, 0)
