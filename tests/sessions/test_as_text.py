"""A step in mitmweb's and the console's view of a whole session."""

import json

from tests.sessions.talks import calls, found, result, said, seen, task, user

from gigagate.core.pivot import Usage
from gigagate.sessions import as_text
from gigagate.sessions.session import gathered


def test_a_step_is_told_within_its_conversation() -> None:
    call = calls("read", "1", path="a.py")
    talk = [user("Fix it"), call, result("1", "def f(): …")]
    _, session = gathered(
        found(
            seen(talk[:1], said("Another's, earlier."), client="boris"),
            seen(talk[:1], call, usage=Usage(1000, 10, 0), total=1.5),
            seen(talk, said("Done."), usage=Usage(2000, 20, 1000), total=2.5),
            seen([user("A title")], said("Fixing"), tools=False),
            seen([*talk, said("Done."), user("thanks")], error="rate_limit"),
        ).sessions
    )
    text = as_text.render(session, session.steps[1])
    assert "── new in this step ──\n← read: def f(): …\n" in text
    assert text.startswith("step 2 of 3 steps: Fix it\n")
    assert "2 000 (1 000 cached) → 20 tokens" in text
    assert "── GigaChat ──\nDone." in text
    (mine,) = [line for line in text.splitlines() if line.startswith("▸")]
    assert mine.split()[1:4] == ["2", "2", "000"]
    assert "✗" in text
    assert "1 request beside it" in text
    assert "An error at step 3." in text
    first = as_text.render(session, session.steps[0])
    assert '→ read(path: "a.py")\n    ← def f(): …' in first
    assert as_text.render(session, session.beside[0]).startswith("beside it of 3 steps")


def test_of_a_very_long_task_the_steps_around_are_listed() -> None:
    (session,) = found(*task(*[said(f"{number}") for number in range(500)])).sessions
    text = as_text.render(session, session.steps[250])
    assert "\n▸ 251" in text
    assert text.count("\n") < 300
    assert "[… 299 steps further away left out …]" in text


def test_no_shape_makes_it_fail() -> None:
    odd = {"role": 1, "content": [{"a": json}, None]}
    (session,) = found(seen([{**odd, "content": [None, 1]}])).sessions
    assert as_text.render(session, session.steps[0])
