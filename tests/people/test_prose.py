"""The plain format of an organisation's pages: what becomes a heading, a list or a link, and what never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.people.prose import Run, read


def flat(text: str) -> list[tuple[str, list[str]]]:
    return [(block.kind, ["".join(run.text for run in line) for line in block.lines]) for block in read(text)]


def test_headings_lists_and_paragraphs():
    text = "# Ring us\nOn weekdays\nfrom nine\n\n- one\n- two\nafter\n\n## Small\r\n\r\n\r\nEnd"
    assert flat(text) == [
        ("heading", ["Ring us"]),
        ("paragraph", ["On weekdays", "from nine"]),
        ("list", ["one", "two"]),
        ("paragraph", ["after"]),
        ("heading", ["Small"]),
        ("paragraph", ["End"]),
    ]


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("See https://a.example/x.", Run("https://a.example/x", "https://a.example/x")),
        ("Write to a.b@c.example!", Run("a.b@c.example", "mailto:a.b@c.example")),
        ("[Help](/help)", Run("Help", "/help")),
        ("[Ring](tel:+441234)", Run("Ring", "tel:+441234")),
    ],
)
def test_what_becomes_a_link(typed: str, link: Run):
    assert link in read(typed)[0].lines[0]


@pytest.mark.parametrize(
    "typed",
    [
        "[x](javascript:alert)",
        "[x](data:text/html,x)",
        "[x](//elsewhere.example)",
        "[x](/\\elsewhere.example)",
        "javascript:alert",
        "<a href='x'>",
    ],
)
def test_what_never_does(typed: str):
    assert all(run.href is None for block in read(typed) for line in block.lines for run in line)


@given(st.text(max_size=400))
def test_any_text_is_read_and_no_word_is_lost(text: str):
    shown = "".join(words for _, lines in flat(text) for words in lines)
    for word in text.split():
        if word.isalnum():
            assert word in shown
