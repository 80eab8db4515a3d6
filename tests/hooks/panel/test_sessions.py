"""What the panel is told of a conversation that it has a part of already."""

from tests.sessions.talks import calls, found, said, seen, task, user

from gigagate.hooks.panel.sessions import _thread
from gigagate.report_page.session import nowhere
from gigagate.sessions.session import gathered


def test_new_steps_come_with_the_one_whose_calls_have_their_results_now() -> None:
    steps = task(calls("read", "1", path="a.py"), calls("read", "2", path="b.py"), said("Done."))
    earlier = [seen([user("Another's")], said("ok"), client="boris")] * 3
    _, session = gathered(found(*earlier, *steps).sessions)
    told = _thread(session, nowhere, since=5)
    assert told["orders"] == [4, 5, 6]
    assert [step["order"] for step in told["steps"]] == [5, 6]
    assert "result 1" in told["steps"][0]["html"]
