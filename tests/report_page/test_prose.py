"""Markdown as a person reads it; whatever would be an element, an address or a picture is text."""

import re

import pytest

from gigagate.report_page import prose

ELEMENTS = {"div", "p", "ul", "ol", "li", "code", "pre", "strong", "em", "br", "hr", "blockquote"}
ELEMENTS |= {"table", "thead", "tbody", "tr", "th", "td", "details", "summary", "span"}

HOSTILE = [
    "<script>evil()</script>",
    "<img src=x onerror=evil()>",
    "a <b onclick=evil()>b</b>",
    "[x](javascript:evil())",
    "![x](https://evil.example/a.png)",
    "<https://evil.example>",
    "[x]: https://evil.example\n\n[x]",
    '```x" onclick="evil()\n<i>\n```',
    "<environment_details>\n" + "<script>evil()</script>\n" * 9 + "</environment_details>",
    "| a |\n|:-:|\n| <u>x</u> |",
    "&lt;script&gt; &#60;script&#62;",
    "> <b>\n> # <i>\n\n- <u>\n1. <s>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_makes_no_element_of_its_own(text: str) -> None:
    shown = prose.block(text)
    for tag in re.findall(r"<[^>]*>", shown):
        name, *attributes = tag.strip("</> ").split(maxsplit=1)
        assert name in ELEMENTS
        assert not attributes or re.fullmatch(r'(class|start)="[^"<>]*"', attributes[0])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**b** and `c`", "<p><strong>b</strong> and <code>c</code></p>"),
        ("one\ntwo", "<p>one<br />\ntwo</p>"),
        ("# Title", '<p class="title">Title</p>'),
        ("- a", "<li>a</li>"),
        ("|a|\n|-|\n|1|", "<td>1</td>"),
        ("```\nx < 1\n```", "x &lt; 1"),
        ("C:\\_dir &lt;", "C:\\_dir &amp;lt;"),
        ("title: x\n---", "<p>title: x</p>\n<hr />"),
    ],
)
def test_markdown_is_read_as_it_is_meant(text: str, shown: str) -> None:
    assert shown in prose.block(text)


def test_what_a_client_wraps_in_a_tag_is_folded_and_the_persons_words_are_not() -> None:
    files = "a.py\n" * 40
    shown = prose.block(
        f"<task>\nFix it\n</task>\n<environment_details>\n{files}</environment_details>\nThanks"
    )
    before, folded, after = re.split(r"<details class=\"wrapped\">|</details>", shown)
    assert "Fix it" in before
    assert "&lt;environment_details&gt;" in folded
    assert folded.count("a.py") == 40
    assert "Thanks" in after


@pytest.mark.parametrize(
    "text", ["<a>" * 300, "<a>\n" * 300, "</a>\n<a>\n" * 300, "<a>\n<b>\n</a>"]
)
def test_tags_that_do_not_fit_lose_nothing(text: str) -> None:
    assert prose.block(text).count("&lt;") >= text.count("<a>")


def test_a_very_long_text_is_shown_as_it_is() -> None:
    assert "**x**" in prose.block("**x** " * 10_000)


def test_a_key_is_masked_and_what_is_not_seen_is_shown() -> None:
    shown = prose.block("key sk-0123456789abcdefghijKLMN \u202e\x00")
    assert "0123456789" not in shown
    assert "\u202e" not in shown
