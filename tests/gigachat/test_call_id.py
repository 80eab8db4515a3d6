import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.gigachat.call_id import LONGEST, make, name_in

OLDER = "call_g1_k9Q_DRABmeIQLxN0TI_lyaGf4n23ATByZWFkX2ZpbGVz"
"""As proxies gave it before: of the function read_files, with a state of GigaChat's."""

digits = st.text("0123456789abcdef", min_size=1, max_size=64)


@given(unique=digits)
def test_an_id_is_plain_and_short_enough_for_openai(unique: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", make(unique))
    assert len(make(unique)) <= LONGEST == 40
    assert name_in(make(unique)) is None


@given(request=st.text("0123456789abcdef", min_size=24, max_size=24))
def test_the_calls_of_one_answer_differ(request: str) -> None:
    assert len({make(f"{request}{index}") for index in range(200)}) == 200


def test_an_older_id_still_tells_its_function() -> None:
    assert name_in(OLDER) == "read_files"


@given(data=st.data())
def test_a_damaged_older_id_has_no_name(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(OLDER) - 1))
    other = data.draw(st.sampled_from("ABCxyz019_-").filter(lambda letter: letter != OLDER[at]))
    assert name_in(OLDER[:at] + other + OLDER[at + 1 :]) in (None, "read_files")
    assert name_in(OLDER[:at]) is None


@given(foreign=st.text(max_size=60))
def test_foreign_ids_have_no_name(foreign: str) -> None:
    assert name_in(foreign) is None
    assert name_in("call_g1_" + foreign) is None


@pytest.mark.parametrize(
    "foreign", ["", "call_4a56096521c4", "toolu_01A", "call_g1_", "call_g1_A", "call_g2_AAAA", "я"]
)
def test_ids_of_others_have_no_name(foreign: str) -> None:
    assert name_in(foreign) is None
