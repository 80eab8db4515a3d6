from typing import Any

import pytest

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.v1.parameters import TABLE, stop_sequences, translate

STRICT = Policy(strict=True)


@pytest.mark.parametrize(
    ("chat", "body", "noted"),
    [
        ({"stream": True}, {"stream": True}, 0),
        ({"temperature": 0.7, "top_p": 0.9}, {"temperature": 0.7, "top_p": 0.9}, 0),
        ({"temperature": 0}, {"top_p": 0}, 1),
        ({"temperature": 0.0, "top_p": 0.9}, {"top_p": 0}, 1),
        ({"top_p": 0.9, "temperature": 0}, {"top_p": 0}, 1),
        ({"temperature": 3}, {"temperature": 2}, 1),
        ({"temperature": -1}, {"top_p": 0}, 2),
        ({"top_p": 1.5}, {"top_p": 1}, 1),
        ({"max_tokens": 100}, {"max_tokens": 100}, 0),
        ({"max_tokens": 100.0}, {"max_tokens": 100}, 0),
        ({"max_tokens": 10**30}, {"max_tokens": 2**31 - 1}, 1),
        ({"max_completion_tokens": 50}, {"max_tokens": 50}, 1),
        ({"max_tokens": 100, "max_completion_tokens": 50}, {"max_tokens": 50}, 1),
        ({"max_completion_tokens": 50, "max_tokens": 100}, {"max_tokens": 50}, 1),
        ({"reasoning_effort": "low"}, {"reasoning_effort": "low"}, 0),
        ({"reasoning_effort": "minimal"}, {"reasoning_effort": "low"}, 1),
        ({"reasoning_effort": "xhigh"}, {"reasoning_effort": "high"}, 1),
        ({"reasoning_effort": "none"}, {}, 1),
        (
            {
                "repetition_penalty": 1.1,
                "update_interval": 0.5,
                "profanity_check": True,
                "flags": ["a"],
                "function_ranker": {"enabled": True, "top_n": 3},
            },
            {
                "repetition_penalty": 1.1,
                "update_interval": 0.5,
                "profanity_check": True,
                "flags": ["a"],
                "function_ranker": {"enabled": True, "top_n": 3},
            },
            0,
        ),
        ({"n": 1, "logprobs": False, "frequency_penalty": 0.0, "logit_bias": {}}, {}, 0),
        ({"n": 2, "seed": 7, "user": "u", "metadata": {}, "no_such_field": [1]}, {}, 1),
        ({"stop": ["END"], "stream_options": {"include_usage": True}}, {}, 0),
        ({"parallel_tool_calls": False, "store": False, "modalities": ["text"]}, {}, 0),
        ({"temperature": None, "max_tokens": None, "audio": None, "n": None}, {}, 0),
        ({"model": 1, "messages": 2, "tools": 3, "response_format": 4}, {}, 0),
    ],
)
def test_parameters_become_gigachats(
    chat: dict[str, Any], body: dict[str, Any], noted: int
) -> None:
    notes = Notes()
    assert translate(chat, Policy(), notes) == body
    assert len(notes) == noted


@pytest.mark.parametrize(
    "chat",
    [
        {"temperature": "hot"},
        {"temperature": True},
        {"temperature": float("nan")},
        {"top_p": [1]},
        {"max_tokens": 0},
        {"max_tokens": -5},
        {"max_tokens": 1.5},
        {"max_tokens": "100"},
        {"max_completion_tokens": 0},
        {"stream": "true"},
        {"stream": 1},
        {"reasoning_effort": "enormous"},
        {"reasoning_effort": 3},
        {"repetition_penalty": 0},
        {"flags": [1]},
        {"flags": "x"},
        {"function_ranker": []},
        {"n": "two"},
        {"n": True},
        {"seed": 1.5},
        {"logit_bias": []},
        {"stop": 1},
        {"stop": ["a", 1]},
        {"stop": ["a"] * 17},
        {"stream_options": True},
        {"audio": "yes"},
    ],
)
def test_a_wrong_value_is_a_400_that_names_the_parameter(chat: dict[str, Any]) -> None:
    (name,) = chat
    with pytest.raises(InvalidRequest, match=name) as refused:
        translate(chat, Policy(), Notes())
    assert refused.value.param == name


@pytest.mark.parametrize(
    "chat",
    [
        {"n": 2},
        {"seed": 1},
        {"logprobs": True},
        {"top_logprobs": 2},
        {"logit_bias": {"5": 1}},
        {"presence_penalty": 0.5},
        {"web_search_options": {}},
        {"storage": {}},
    ],
)
def test_strict_refuses_what_would_change_the_meaning(chat: dict[str, Any]) -> None:
    (name,) = chat
    with pytest.raises(UnsupportedFeature, match=name) as refused:
        translate(chat, STRICT, Notes())
    assert refused.value.param == name
    assert translate(chat, Policy(), Notes()) == {}


def test_strict_drops_what_changes_nothing() -> None:
    chat = {"n": 1, "user": "u", "store": True, "logprobs": False, "unheard_of": 1}
    assert translate(chat, STRICT, Notes()) == {}


@pytest.mark.parametrize("chat", [{"modalities": ["text", "audio"]}, {"audio": {"voice": "x"}}])
def test_what_the_client_could_not_do_without_is_always_refused(chat: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedFeature):
        translate(chat, Policy(), Notes())


def test_dropped_parameters_are_named_in_one_note_without_their_values() -> None:
    notes = Notes()
    translate({"seed": 77, "user": "secret", "x" * 500: 1}, Policy(), notes)
    (note,) = notes
    assert note.kind == "parameter"
    assert note.text == f"dropped: seed, user, {'x' * 40}"


@pytest.mark.parametrize(
    ("stop", "sequences"),
    [
        (None, ()),
        ("END", ("END",)),
        ([], ()),
        ("", ()),
        (["\n\n", "", "END"], ("\n\n", "END")),
    ],
)
def test_stop_sequences_are_for_the_proxy_to_cut_at(stop: Any, sequences: tuple[str, ...]) -> None:
    assert stop_sequences({"stop": stop}) == sequences
    assert stop_sequences({}) == ()


@pytest.mark.parametrize("row", list(TABLE), ids=lambda row: row.name)
def test_every_row_can_be_printed_for_people(row: Any) -> None:
    assert row.accepts.text
    assert row.reason.endswith(".")


def test_no_parameter_has_two_rows() -> None:
    names = [row.name for row in TABLE]
    assert len(names) == len(set(names))
