import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.gigachat.call_id import CallId, make, read

UUID = "0199e210-2f13-744c-8fe5-c9a19fe27db7"
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(name=names, state_id=st.none() | st.uuids().map(str), unique=names)
def test_what_goes_in_comes_back(name: str, state_id: str | None, unique: str) -> None:
    made = make(name, state_id, unique)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", made)
    assert read(made) == CallId(name, state_id)


@given(foreign=st.text(max_size=60))
def test_foreign_ids_are_none(foreign: str) -> None:
    assert read(foreign) is None
    assert read("call_g1_" + foreign) is None


@given(data=st.data())
def test_a_damaged_id_is_none(data: st.DataObject) -> None:
    made = make("read_files", UUID, "1")
    at = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.sampled_from("ABCxyz019_-").filter(lambda letter: letter != made[at]))
    damaged = made[:at] + other + made[at + 1 :]
    assert read(damaged) in (None, read(made))
    assert read(made[:at]) is None


@pytest.mark.parametrize(
    "foreign", ["", "call_4a56096521c4", "toolu_01A", "call_g1_", "call_g1_A", "call_g2_AAAA", "я"]
)
def test_ids_of_others_are_none(foreign: str) -> None:
    assert read(foreign) is None


def test_parallel_calls_of_one_function_differ() -> None:
    assert make("f", UUID, "0") != make("f", UUID, "1")


def test_a_state_id_that_is_no_uuid_is_left_out() -> None:
    assert read(make("f", "state-7", "0")) == CallId("f", None)


def test_half_a_surrogate_pair_in_a_name_is_no_error() -> None:
    assert read(make("f\ud83d", None, "0")) == CallId("f?", None)


def test_an_id_stays_short() -> None:
    assert len(make("read_files", UUID, "12345678")) <= 64
