"""Totals, loops, titles; the same for programs and for giving away."""

import json

from tests.sessions.talks import calls, found, said, seen, task, user

from gigagate.core.pivot import Usage
from gigagate.sessions import anonymous, as_json
from gigagate.sessions.session import Session, gathered, loops, totals

KEY = "sk-0123456789abcdefghijKLMN"


def test_totals_count_what_was_asked_beside_too() -> None:
    main = [
        seen([user("x")], said("a"), usage=Usage(10, 2, 0), total=1.0),
        seen([user("x"), said("a"), user("y")], said("b"), usage=Usage(20, 3, 8), total=2.0),
        seen([user("x"), said("a"), user("z")], said("c"), error="rate_limit"),
    ]
    aside = seen([user("t")], said("t"), usage=Usage(5, 1, 0), tools=False)
    (session,) = gathered(found(main[0], aside, *main[1:]).sessions)
    sums = totals(session)
    assert (sums.steps, sums.prompt, sums.cached, sums.completion) == (3, 35, 8, 6)
    assert (sums.seconds, sums.errors, sums.branches) == (3.0, 1, [3])


def same_call_with(results: list[str]) -> Session:
    talk, requests = [user("x")], []
    for number, told in enumerate(results):
        answer = calls("read", str(number), path="a.py")
        requests.append(seen(list(talk), answer))
        talk += [answer, {"role": "tool", "tool_call_id": str(number), "content": told}]
    return found(*requests, seen(talk, said("end"))).sessions[0]


def test_the_same_call_with_the_same_result_is_a_loop() -> None:
    (loop,) = loops(same_call_with(["no such file"] * 3))
    assert (loop.what, loop.steps) == ("read", [1, 2, 3])


def test_the_same_call_with_other_results_is_none() -> None:
    assert loops(same_call_with(["1 failed", "2 failed", "passed"])) == []


def test_the_same_words_again_and_again_are_a_loop() -> None:
    (loop,) = loops(found(*task(*[said("I will read it.")] * 3)).sessions[0])
    assert loop.steps == [1, 2, 3]


TITLES = {
    "Fix it": [user("Fix it")],
    "Fix that": [
        {"role": "user", "content": [{"text": "<reminder>x</reminder>"}, {"text": "Fix that"}]}
    ],
    "Fix this": [user("<task>\nFix this\n</task>")],
    "Fix those": [
        {
            "role": "user",
            "content": [{"text": "<task>\nFix those\n</task>"}, {"text": "# Progress\n- [ ] plan"}],
        }
    ],
    "a conversation": [],
}


def test_a_title_is_what_the_person_wrote() -> None:
    made = [found(seen(messages)).sessions[0].title for messages in TITLES.values()]
    assert made == list(TITLES)


def test_programs_get_plain_json_with_keys_masked() -> None:
    session = found(*task(calls("read", "1", key=KEY), said(KEY), begin=f"use {KEY}")).sessions[0]
    told = json.dumps(as_json.told(session), ensure_ascii=False)
    assert KEY not in told
    assert "[secret]" in told
    assert as_json.told(session)["steps"][0]["answer"]["calls"][0]["result"] == "result 0"


def test_nothing_that_was_said_is_left_in_what_is_given_away() -> None:
    secret = "Проект Жар-птица"
    requests = [
        seen(
            [user(f"{secret} один")],
            calls("read", "1", path=secret),
            client=secret,
            instructions=f"You know {secret}",
            notes=[f"a file {secret} left out"],
            kinds=["files"],
        ),
        seen(
            [
                user(f"{secret} один"),
                calls("read", "1", path=secret),
                {"role": "tool", "tool_call_id": "1", "content": f"in {secret}"},
            ],
            said(f"{secret} готов"),
            client=secret,
        ),
    ]
    given = anonymous.all_of(found(*requests).sessions)
    told = json.dumps([as_json.told(session) for session in given], ensure_ascii=False)
    assert "птица" not in told
    assert "Проект" not in told
    assert '"read"' in told
