import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.gigachat.picture_tags import GeneratedFile, TagCutter, restored

ID = "5f8f9c3e-7a86-4a2b-9a0a-1d6f7b9e1c11"
TAG = f'<img src="{ID}" fuse="true"/>'
VIDEO = '<video cover="c" src="v-1" fuse="true"/>'

TEXTS = [
    ("plain", ["plain"]),
    (TAG, [GeneratedFile("img", ID)]),
    (f"before {TAG} after", ["before ", GeneratedFile("img", ID), " after"]),
    (TAG + TAG, [GeneratedFile("img", ID), GeneratedFile("img", ID)]),
    (VIDEO, [GeneratedFile("video", "v-1")]),
    (f"<{TAG}>", ["<", GeneratedFile("img", ID), ">"]),
    (f"<img {TAG}", ["<img ", GeneratedFile("img", ID)]),
    ('<img src="a.png">', ['<img src="a.png">']),
    ('<img src="http://x/a.png" fuse="true"/>', ['<img src="http://x/a.png" fuse="true"/>']),
    ("<image>, <vi, a < b, <", ["<image>, <vi, a < b, <"]),
    ("<img " + "x" * 1000 + TAG, ["<img " + "x" * 1000, GeneratedFile("img", ID)]),
    ("<div><write_to_file></div>", ["<div><write_to_file></div>"]),
]


def cut(pieces: list[str]) -> list[str | GeneratedFile]:
    """Neighbouring texts joined."""
    cutter, joined = TagCutter(), []
    for piece in [*(p for text in pieces for p in cutter.feed(text)), cutter.end()]:
        assert piece or isinstance(piece, str)
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece:
            joined.append(piece)
    return joined


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_tags_are_cut_out_whole_and_character_by_character(
    text: str, expected: list[str | GeneratedFile]
) -> None:
    assert cut([text]) == expected
    assert cut(list(text)) == expected


@given(st.data())
def test_tags_are_cut_out_wherever_the_text_is_split(data: st.DataObject) -> None:
    text = "".join(data.draw(st.lists(st.sampled_from([t for t, _ in TEXTS]), max_size=4)))
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
    pieces = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert cut(pieces) == cut([text])


def test_text_without_a_bracket_is_passed_on_at_once() -> None:
    cutter = TagCutter()
    text = "Здравствуйте"
    (passed,) = cutter.feed(text)
    assert passed is text


@pytest.mark.parametrize(
    ("shown", "tag"),
    [
        (f"![image](http://localhost:4000/v1/files/{ID}/content?expires=1&signature=ab)", TAG),
        (f"![image {ID}](data:image/png;base64,{'A' * 10_000})", TAG),
        ("![image](http://example.com/a.png)", None),
        ("![image](data:image/png;base64,AAAA)", None),
        ("![other](http://localhost/v1/files/x/content?a)", None),
    ],
)
def test_a_picture_shown_to_the_client_is_a_tag_again_in_its_history(
    shown: str, tag: str | None
) -> None:
    assert restored(f"a {shown} b") == f"a {tag or shown} b"
