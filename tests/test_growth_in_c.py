"""Nothing that someone sends costs more than its length in C either: patterns, searches, `in`.

Steps cannot see that (see tests/support/growth.py), so here it is time that is compared with time,
of sizes far apart. Each reader of foreign text gets every shape; a pattern that tries again and
again from many places is found by the one that begins it many times and never ends it.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.support import hostile
from tests.support.growth import MOST_IN_C, Row, times_in_c
from tests.test_growth import ROWS, message, pieces

from gigagate import routes
from gigagate.core import attachment, multipart, redact, request_head, response_head, signed_link
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.dialects.openai import reader
from gigagate.dialects.words import Words
from gigagate.gigachat import errors, stop, tool_history
from gigagate.gigachat.json_answer import JsonPicker
from gigagate.gigachat.picture_tags import TagCutter, restored
from gigagate.gigachat.reasoning import ThinkSplitter
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1 import messages
from gigagate.hooks.calls import moving
from gigagate.views import conversation, fixture, text

READERS: dict[str, Callable[[str], object]] = {
    "shown pictures": restored,
    "tags": lambda t: pieces(TagCutter)([t]),
    "think": lambda t: pieces(ThinkSplitter)([t]),
    "json answer": lambda t: pieces(lambda: JsonPicker("{"))([t]),
    "redact": redact.mask,
    "failure": lambda t: errors.words(t.encode()),
    "failure's words": lambda t: errors.from_words(422, t),
    "data URL": lambda t: attachment.read_data_url(t, "p"),
    "file name": attachment.safe_name,
    "content type": lambda t: list(multipart.read(t, b"")),
    "head": lambda t: request_head.read(t.encode()),
    "answer's head": lambda t: response_head.read([b"HTTP/1.1 200 OK", t.encode()]),
    "path": routes.normalise,
    "link": lambda t: signed_link.client_of("id", t, key=b"k" * 32, now=1),
    "stop": lambda t: stop.cut(t, ["abc", "b" * 9]),
    "result": tool_history.result_content,
    "fixture": lambda text: fixture.anonymised(text, Words()),
    "wrapped": text.wrapped,
    "ids of files": lambda t: moving._FILE_IDS.search(f'"attachments" : [{t}'.encode()),
}
"""Reader of a foreign text -> itself."""


@pytest.mark.parametrize("shape", hostile.TEXTS, ids=repr)
@pytest.mark.parametrize("reader", READERS)
def test_time_grows_as_the_text(reader: str, shape: str) -> None:
    before, piece, after = hostile.TEXTS[shape]
    assert times_in_c(lambda n: before + piece * n + after, READERS[reader]) <= MOST_IN_C


def _asked_for_many(n: int) -> bytes:
    names = [f"p{i}" for i in range(n)]
    parameters = {"properties": {name: {} for name in names}, "required": names}
    tool = {"type": "function", "function": {"name": "f", "parameters": parameters}}
    return json.dumps({"messages": [], "tools": [tool]}).encode()


def _uploaded(n: int) -> object:
    shown = [{"type": "input_image", "file_id": "a"}] * n
    return [message("user", shown), message("assistant", "seen"), message("user", "x")]


MORE_ROWS = (
    Row(
        "view: required",
        _asked_for_many,
        lambda b: conversation.render(reader.chat(b, "/v1/chat/completions")),
    ),
)


@pytest.mark.parametrize("row", (*ROWS, *MORE_ROWS), ids=lambda row: row.what)
def test_time_grows_as_what_is_read(row: Row) -> None:
    assert times_in_c(row.shape, row.reader) <= MOST_IN_C


def _uploaded_one_by_one(n: int) -> object:
    document = {"type": "file", "file": {"file_id": "a"}}
    return [message("user", [document])] * n


@pytest.mark.parametrize("shape", [_uploaded, _uploaded_one_by_one])
def test_time_grows_as_the_files_of_a_history(shape: Callable[[int], object]) -> None:
    def translated(given: object) -> object:
        return messages.translate(given, ToolNames.of({}), Policy(), Notes())

    assert times_in_c(shape, translated, 4000) <= MOST_IN_C


_ONCE = re.compile(r"!\[image\]\((?:data:image/[^)\s]*|[^)\s]*/files/([^/)\s]+)\?[^)\s]*)\)")
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)


def _in_a_list(given: list[int]) -> object:
    return [one for one in given if one not in given[: len(given) // 2]]


@pytest.mark.parametrize(
    ("shape", "square"),
    [
        (lambda n: "![image](" * n, lambda t: _ONCE.sub("", t)),
        (lambda n: "<script " * n, lambda t: _TAG.sub("", t)),
        (lambda n: list(range(n)), _in_a_list),
    ],
    ids=["a pattern that looks to the end", "a pattern that goes back", "in a list"],
)
def test_the_square_is_seen(shape: Callable[[int], Any], square: Callable[[Any], object]) -> None:
    assert times_in_c(shape, square) > MOST_IN_C
