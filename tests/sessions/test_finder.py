"""Requests of one conversation, found by their histories alone."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sessions.talks import calls, found, result, said, seen, task, user

from gigagate.core.models import Model
from gigagate.core.pivot import Usage
from gigagate.dialects.openai.responses import reader
from gigagate.sessions.finder import Finder
from gigagate.sessions.seen import Seen
from gigagate.sessions.session import gathered

LONG = "The function in a.py divides by the length of an empty list."
SUMMARY = f"Summary of the work so far.\n{LONG}\nNext: write a test."
A, B, C, D = (user(f"{name}: {LONG}") for name in "ABCD")
R = [said(f"answer {number}: {LONG}") for number in range(4)]

HOWS = {
    "each goes on from the last": (
        [[A], [A, R[0], B], [A, R[0], B, R[1], C]],
        ["began", "continued", "continued"],
    ),
    "the same once more": ([[A], [A], [A, R[0], B]], ["began", "repeated", "continued"]),
    "the last message is edited": (
        [[A], [A, R[0], B], [A, R[0], C]],
        ["began", "continued", "branched"],
    ),
    "one goes on from before an edit": (
        [[A], [A, R[0], B], [A, R[0], C], [A, R[0], B, R[1], D]],
        ["began", "continued", "branched", "continued"],
    ),
    "the middle is left out": (
        [[A], [A, R[0], B], [A, R[0], B, R[1], C], [A, R[1], C, R[2], D]],
        ["began", "continued", "continued", "compacted"],
    ),
    "only the end is kept": (
        [[A], [A, R[0], B], [A, R[0], B, R[1], C, R[2], D], [C, R[2], D]],
        ["began", "continued", "continued", "compacted"],
    ),
}


@pytest.mark.parametrize("name", HOWS)
def test_how_each_step_stands_to_those_before(name: str) -> None:
    histories, hows = HOWS[name]
    answers = [R[len(history) // 2] for history in histories]
    finder = found(*(seen(h, a) for h, a in zip(histories, answers, strict=True)))
    (session,) = finder.sessions
    assert [step.how for step in session.steps] == hows


def test_a_history_that_begins_with_its_summary_is_the_same_conversation() -> None:
    first = task(calls("read", "1", path="a"), calls("read", "2", path="b"))
    asks = seen([user("Fix the bug in a.py"), user("Sum up.")], said(SUMMARY))
    goes_on = seen([user(f"This goes on from an earlier talk: {SUMMARY}")], said("ok"))
    (session,) = found(*first, asks, goes_on).sessions
    assert session.steps[-1].how == "compacted"


def test_a_task_given_to_another_agent_is_a_conversation_of_its_own() -> None:
    gives = seen([user("Fix it")], calls("task", "1", prompt=LONG))
    other = seen([user(LONG)], said("done"), instructions="You search.", tools=False)
    finder = found(*task(said("a"), said("b")), gives, other)
    assert [step.how for step in finder.sessions[-1].steps] == ["began"]
    assert len(finder.sessions) == 3


def test_what_a_client_adds_is_told_without_what_gigachat_said() -> None:
    first, second = task(calls("read", "1", path="a.py"), said("done"))
    finder = Finder()
    one, two = finder.add(first), finder.add(second)
    assert one.added == [user("Fix the bug in a.py")]
    assert one.calls[0].result == "result 0"
    assert two.added == []
    assert (two.kept, two.messages, two.after) == (1, 3, 1)


def test_results_find_their_calls_by_id_and_not_by_order() -> None:
    both = calls("read", "1", path="a")
    both["tool_calls"] += calls("read", "2", path="b")["tool_calls"]
    finder = Finder()
    one = finder.add(seen([A], both))
    two = finder.add(seen([A, both, result("2", "of b"), result("1", "of a"), B], said("x")))
    assert [call.result for call in one.calls] == ["of a", "of b"]
    assert two.added == [B]


def test_instructions_and_tools_are_told_when_they_are_others() -> None:
    finder = Finder()
    one = finder.add(seen([A], R[0]))
    two = finder.add(seen([A, R[0], B], R[1]))
    three = finder.add(seen([A, R[0], B, R[1], C], R[2], instructions="Be brief.", tools=False))
    assert (one.instructions, one.tools) == ("You are an agent.", ["read"])
    assert (two.instructions, two.tools) == (None, None)
    assert (three.how, three.instructions, three.tools) == ("continued", "Be brief.", [])


def test_a_text_is_the_same_as_one_part_of_it() -> None:
    parts = {"role": "user", "content": [{"type": "text", "text": A["content"]}]}
    (session,) = found(seen([A], R[0]), seen([parts, R[0], B], R[1])).sessions
    assert [step.how for step in session.steps] == ["began", "continued"]


def test_two_clients_who_say_the_same_have_two_conversations() -> None:
    finder = found(seen([A], client="anna"), seen([A], client="boris"))
    assert [session.client for session in finder.sessions] == ["anna", "boris"]


BESIDE = {
    "while it runs": (1, user("Which words are searched?")),
    "before it, about its task": (0, user("Make a title: Fix the bug in a.py")),
    "before it, in the same words": (0, user("Fix the bug in a.py")),
}


@pytest.mark.parametrize("name", BESIDE)
def test_titles_and_searches_stand_beside(name: str) -> None:
    place, asked = BESIDE[name]
    requests = task(*(calls("read", str(n), path=str(n)) for n in range(4)))
    requests.insert(place, seen([asked], said("x"), instructions="Make titles.", tools=False))
    (session,) = gathered(found(*requests).sessions)
    assert (len(session.steps), len(session.beside)) == (4, 1)


def test_the_prompts_tokens_are_told_by_part_and_add_up() -> None:
    finder = Finder(lambda name: Model(price=650.0, context_window=2402))
    finder.add(seen([A], R[0], usage=Usage(1000, 10, 0), model="GigaChat-2-Max:1"))
    step = finder.add(seen([A, R[0], B], R[1], usage=Usage(1201, 100, 201)))
    assert step.parts.total == 1201
    assert min(step.parts) > 0
    assert step.cost == pytest.approx(1100 * 650 / 1_000_000)
    assert (step.window, step.full) == (2402, 0.5)


def test_a_step_that_failed_is_measured_by_the_one_before() -> None:
    finder = Finder()
    finder.add(seen([A], R[0], usage=Usage(1000, 10, 0)))
    failed = finder.add(seen([A, R[0], B], error="rate_limit"))
    assert 1000 < failed.parts.total < 3000


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=30))
def test_every_branch_of_a_tree_of_edits_is_one_conversation(edits: list[tuple[int, int]]) -> None:
    """Each request goes on from any earlier one, or says another thing in its place."""
    finder, histories = Finder(), [[user("the task")]]
    finder.add(seen(histories[0], said("0")))
    for from_where, words in edits:
        before = histories[from_where % len(histories)]
        histories.append([*before, said("0"), user(f"words {words}")])
        step = finder.add(seen(histories[-1], said("0")))
        longest = max(_common(histories[-1], other) for other in histories[:-1])
        assert step.kept == longest
        assert step.how in ("continued", "repeated", "branched")
        assert step.kept + step.dropped >= longest
        whole = [other for other in histories[:-1] if len(other) == longest]
        if step.how in ("continued", "repeated"):
            assert any(_common(histories[-1], other) == longest for other in whole)
    (session,) = finder.sessions
    assert [step.number for step in session.steps] == list(range(1, len(edits) + 2))


def _common(one: list[dict], other: list[dict]) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def test_the_work_of_a_long_task_grows_with_its_length() -> None:
    """No step compares texts: what is hashed is what was sent, once."""
    talk = [user("the task")]
    finder = Finder()
    for number in range(300):
        step = finder.add(seen(list(talk), said(f"{number}")))
        assert step.added == talk[-1:]
        talk += [said(f"{number}"), user(f"words {number}" * 20)]
    assert len(finder.sessions) == 1


ODD = [
    {"messages": None},
    {"messages": [None, 1, "x", []]},
    {"messages": [{"role": 1, "content": {"a": 1}}]},
    {"messages": [{"role": "user", "content": [None, {"text": 1}, "\ud800"]}]},
    {"messages": [{"role": "assistant", "tool_calls": [None, {"function": 1}]}]},
    {"messages": [{"role": "tool", "tool_call_id": 5, "name": []}], "tools": [None, 3]},
    {"messages": [], "functions": [{"name": 1}]},
]


@pytest.mark.parametrize("chat", ODD, ids=str)
def test_no_shape_makes_it_fail(chat: dict) -> None:
    from gigagate.report_page import page
    from gigagate.sessions import anonymous, as_json

    finder = found(Seen(chat), Seen(chat), *task(said("a")))
    sessions = gathered(finder.sessions)
    assert page.render(sessions)
    assert page.render(anonymous.all_of(sessions))
    assert [as_json.told(session) for session in sessions]


def test_what_a_client_tells_before_every_task_does_not_make_them_one() -> None:
    around = user("<environment_context>\n  <cwd>/home/anna/shop</cwd>\n</environment_context>")
    first = [around, user("Create a.py"), said("Done.")]
    second = [around, user("Read b.py"), said("Read.")]
    finder = found(
        *(seen(talk[:2], talk[2]) for talk in (first, second)),
        seen([*second, user("Thanks")], said("ok")),
    )
    assert [[step.how for step in one.steps] for one in finder.sessions] == [
        ["began"],
        ["began", "continued"],
    ]


def test_a_summary_that_is_sealed_is_a_compaction() -> None:
    """Codex's, in the Responses API: only the proxy can open it, so nothing of it is quoted."""
    asked = user("Read notes.md and go on")
    body = {
        "model": "gigachat",
        "input": [
            {"type": "message", "role": "user", "content": "Read notes.md and go on"},
            {"type": "compaction", "id": "cmp_1", "encrypted_content": "gg1.AAAA"},
        ],
    }
    sealed = reader.chat(json.dumps(body).encode(), "/v1/responses")
    finder = found(*task(calls("read", "1", path="a"), said("ok"), begin=asked["content"]))
    finder.add(Seen(sealed, client="anna"))
    (session,) = finder.sessions
    assert session.steps[-1].how == "compacted"


def test_a_search_beside_a_conversation_is_none_of_its_own() -> None:
    first, last = task(calls("search", "1", q="milk"), said("89 roubles"))
    search = seen([user("milk")], said("Found."), tools=False)
    search = replace(search, chat={**search.chat, "tools": [{"type": "web_search"}]})
    (session,) = gathered(found(first, search, last).sessions)
    assert [step.text for step in session.beside] == ["Found."]
