"""Writes the tables of docs/compatibility.md, in both languages, from the code that obeys them.

PYTHONPATH=addons python -m tests.generate_compatibility
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.support import in_russian

from gigagate import errors
from gigagate.core import models
from gigagate.core.parameter_table import Row, Table
from gigagate.core.policy import DEFAULT_JSON_MODES
from gigagate.core.value_types import Number
from gigagate.dialects.anthropic import parameters as anthropic
from gigagate.dialects.gemini import embeddings as gemini_embeddings
from gigagate.dialects.gemini import parameters as gemini
from gigagate.dialects.openai import completions, embeddings
from gigagate.dialects.openai.responses import parameters as responses
from gigagate.gigachat.content import TEXT_PARTS
from gigagate.gigachat.errors import from_answer
from gigagate.gigachat.file_parts import FILE_PARTS
from gigagate.gigachat.part_kinds import PART_KINDS, UNKNOWN, PartKind
from gigagate.gigachat.v1 import parameters
from gigagate.gigachat.v1.response import FINISH_REASONS
from gigagate.routes import DIALECTS

DOCUMENT = Path(__file__).parents[1] / "docs" / "compatibility.md"
RUSSIAN = DOCUMENT.parent / "ru" / DOCUMENT.name
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

SAMPLES = [
    (400, "Your request contains invalid JSON syntax."),
    (401, "Token has expired"),
    (402, "Payment Required"),
    (403, "Permission denied"),
    (403, "temporarily unavailable due to technical reasons"),
    (404, "No such model"),
    (413, "Payload too large"),
    (422, "Invalid params: …"),
    (422, "Unprocessable Entity"),
    (422, "CONTEXT_TOO_LONG"),
    (423, "Locked"),
    (429, "Too many requests"),
    (500, "Internal Server Error"),
    (502, ""),
    (503, ""),
    (504, ""),
]
"""What GigaChat is known to say."""


def table(head: str, rows: Iterable[Iterable[object]]) -> str:
    columns = head.split(" | ")
    lines = [head, " | ".join(["---"] * len(columns))]
    lines += [" | ".join(str(cell).replace("|", "\\|") for cell in row) for row in rows]
    return "".join(f"| {line} |\n" for line in lines)


def code(value: object) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def fate(row: Row) -> str:
    match row.fate:
        case "kept":
            return "kept; below the range is a 400" if isinstance(row.accepts, Number) else "kept"
        case "clamped":
            return "kept; out of range is moved into it"
        case "renamed":
            return f"sent as {code(row.target)}"
        case "mapped":
            pairs = [f"{code(a)} → {code(b) if b else 'left out'}" for a, b in row.values.items()]
            return ", ".join(pairs)
        case "dropped":
            return "dropped; a 400 with `strict`" if row.meaning_changes else "dropped"
        case "refused":
            return "a 400"
        case "emulated":
            return "done by the proxy"
        case "translated":
            return f"translated to {code(row.target)}" if row.target else "translated"


def values(row: Row) -> str:
    if row.fate == "translated":
        return ""
    text = row.accepts.text
    if row.neutral:
        same = ", ".join(f"`{json.dumps(value)}`" for value in row.neutral)
        text += f"; {same}: as if left out"
    return text


def parameter_table(rows: Table) -> str:
    return table(
        "parameter | what happens | values | why",
        ((code(row.name), fate(row), values(row), row.reason) for row in rows),
    )


def own_errors() -> Iterator[tuple[type[errors.GigaGateError], str]]:
    """The classes in the tree that errors.py draws, with what it says of them."""
    for line in (errors.__doc__ or "").splitlines():
        found = re.search(r"[├└]── (\w+) *(?:\(its\)|\d{3})? *(.*)", line)
        if found:
            yield getattr(errors, found[1]), found[2]


def error_table() -> str:
    rows = [
        (kind.status, code(kind.code), about)
        for kind, about in own_errors()
        if kind.code and not issubclass(kind, _OF_THE_START)
    ]
    return table("status | `code` | when", rows)


_OF_THE_START = (
    errors.StoreError,
    errors.SettingsError,
    errors.TrustError,
    errors.UpstreamRejected,
)


def upstream_table() -> str:
    rows = []
    for status, words in SAMPLES:
        body = json.dumps({"status": status, "message": words}).encode()
        error = from_answer(status, {}, body, now=0, operation="chat")
        rows.append((f"{status} {words}".strip(), error.status, code(error.code)))
    return table("GigaChat | status | `code`", rows)


def finish_table() -> str:
    rows = [(code(theirs), code(ours)) for theirs, ours in FINISH_REASONS.items()]
    rows.append(
        (code("function_call"), "`tool_calls`; `function_call` to a request with `functions`")
    )
    rows.append(
        (code("error"), "an error, code `generation_failed`: the model wrote no valid call")
    )
    return table("GigaChat | client", rows)


def model_table() -> str:
    rows = []
    for name in (*models.KNOWN, *models.KNOWN_EMBEDDERS):
        model = models.of(name)
        can = ("yes" if one else "no" for one in (model.pictures, model.functions))
        rows.append((code(name), model.context_window, model.max_output or "", *can, model.source))
    return table("model | context window | largest answer | pictures | functions | source", rows)


def part_table() -> str:
    """Kinds that share their fate share a row."""
    kinds: dict[PartKind, list[str]] = {}
    for name, kind in PART_KINDS.items():
        kinds.setdefault(kind, []).append(code(name))
    files = ", ".join(code(name) for name in FILE_PARTS)
    rows = [
        (", ".join(code(name) for name in TEXT_PARTS), *["its text"] * 3),
        (
            f"{files} of a user or a tool",
            "attached; a picture that cannot be is told in words, any other a 400",
            "attached, or told in words: why not",
            "attached, or a 400",
        ),
        (f"{files} of others", "a 400", "told in words: that there was one", "a 400"),
        *((", ".join(names), "a 400", kind.about, "a 400") for kind, names in kinds.items()),
        ("any other", "a 400", UNKNOWN.about, "a 400"),
    ]
    return table("part | in what is asked now | in the history | with `strict`", rows)


TABLES = {
    "endpoints": lambda: table(
        "method | path | what it is",
        ((e.method, code(e.path), e.about) for dialect in DIALECTS for e in dialect.endpoints),
    ),
    "chat": lambda: (
        parameter_table(parameters.TABLE)
        + "| anything else | dropped | | GigaChat refuses fields that it does not know. |\n"
    ),
    "json": lambda: table(
        "model | `structured_output` by default",
        ((code(name), code(mode)) for name, mode in DEFAULT_JSON_MODES.items()),
    ),
    "models": model_table,
    "parts": part_table,
    "finish": finish_table,
    "completions": lambda: parameter_table(completions.TABLE),
    "embeddings": lambda: parameter_table(embeddings.TABLE),
    "responses": lambda: parameter_table(responses.TABLE),
    "anthropic": lambda: parameter_table(anthropic.TABLE),
    "gemini": lambda: parameter_table(gemini.TABLE),
    "gemini_config": lambda: parameter_table(gemini.CONFIG),
    "gemini_embeddings": lambda: parameter_table(gemini_embeddings.TABLE),
    "errors": error_table,
    "upstream": upstream_table,
}


def current(document: str, *, russian: bool = False) -> str:
    """The document with its tables as they should be."""

    def made(found: re.Match[str]) -> str:
        text = TABLES[found[2]]()
        return f"{found[1]}\n{in_russian.table(text) if russian else text}\n{found[3]}"

    return TABLE.sub(made, document)


if __name__ == "__main__":
    DOCUMENT.write_text(current(DOCUMENT.read_text()))
    RUSSIAN.write_text(current(RUSSIAN.read_text(), russian=True))
    for name, made in TABLES.items():
        if name != "upstream":  # what GigaChat says is not translated
            in_russian.tell_missing(made())
