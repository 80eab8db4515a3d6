import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.views.test_answer import KNOWN
from tests.views.test_conversation import ANY_JSON

from gigagate.views.facts import Facts

FIELDS = [*Facts.__dataclass_fields__]


def test_what_is_written_is_read_back() -> None:
    assert Facts.loads(KNOWN.dumps()) == KNOWN


@given(st.dictionaries(st.sampled_from(FIELDS), ANY_JSON))
def test_whatever_a_loaded_flow_says_can_be_read(known: dict[str, Any]) -> None:
    read = Facts.loads(json.dumps(known))
    assert Facts.loads(read.dumps()) == read


def test_what_is_no_text_or_no_json_is_nothing() -> None:
    for text in (None, b"{}", "", "[", "[" * 100_000):
        assert Facts.loads(text) == Facts()
