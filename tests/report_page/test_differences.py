"""What has gone and come between two texts, signed for those who see no colours."""

import re

from hypothesis import given
from hypothesis import strategies as st

from gigagate.report_page import differences, tool
from gigagate.sessions.calls import Call

LINES = st.lists(st.sampled_from(["a", "b", "c", "<i>", ""]), max_size=30)


def lines(shown: str) -> list[tuple[str, str]]:
    return re.findall(r'<span class="(\w+)">([^\n]*?)</span>', shown)


def test_a_line_that_has_changed_is_told_with_its_neighbours() -> None:
    before = "\n".join(f"line {number}" for number in range(20))
    shown = lines(differences.between(before, before.replace("line 9", "line nine")))
    assert [kind for kind, _ in shown] == [
        *("left", "same", "same", "gone", "come", "same", "same", "left"),
    ]
    assert ("gone", "- line 9") in shown
    assert ("come", "+ line nine") in shown
    assert shown[0][1].strip() == "… 7 lines the same …"


@given(LINES, LINES)
def test_what_goes_and_comes_makes_the_one_text_of_the_other(
    before: list[str], after: list[str]
) -> None:
    shown = lines(differences.between("\n".join(before), "\n".join(after)))
    gone = sum(kind == "gone" for kind, _ in shown)
    come = sum(kind == "come" for kind, _ in shown)
    assert max(1, len(before)) - gone == max(1, len(after)) - come
    assert (before == after or not (before and after)) or gone + come > 0


def test_long_texts_are_told_one_after_the_other() -> None:
    before = "\n".join(f"a{number}" for number in range(1000))
    after = "\n".join(f"b{number}" for number in range(1000))
    kinds = [kind for kind, _ in lines(differences.between(before, after))]
    assert kinds == ["gone"] * 1000 + ["come"] * 1000


def test_an_edit_of_a_tools_is_shown_as_what_it_changes() -> None:
    arguments = '{"path": "a.py", "old_string": "x = 1\\ny", "new_string": "x = 2\\ny"}'
    shown = tool.render(Call("edit", arguments, "done"))
    assert ("gone", "- x = 1") in lines(shown)
    assert ("come", "+ x = 2") in lines(shown)
    assert shown.count("a.py") == 2


def test_a_patch_is_coloured_by_its_own_signs() -> None:
    patch = "*** Begin Patch\n-old <b>\n+new\n"
    shown = tool.text(patch)
    assert ("gone", "-old &lt;b&gt;") in lines(shown)
    assert ("come", "+new") in lines(shown)
