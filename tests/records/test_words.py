"""Texts compared word by word."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.records.words import Mark, marks, tokens

texts = st.text() | st.lists(
    st.sampled_from(["the", "cat", "sat", " ", "  ", "\n", "don't", ".", "काम", "学校", "e\u0301", "🧑‍🏫"])
).map("".join)


def shown(before, after):
    signs = {"same": "{}", "deleted": "[-{}-]", "inserted": "[+{}+]"}
    return "".join(signs[mark.run].format(mark.text) for mark in marks(before, after))


@given(texts, texts)
def test_marks_hold_both_texts_whole(before, after):
    found = marks(before, after)
    assert "".join(mark.text for mark in found if mark.run != "inserted") == before
    assert "".join(mark.text for mark in found if mark.run != "deleted") == after
    assert all(mark.text for mark in found)
    assert all(one.run != other.run for one, other in pairwise(found))


@given(texts)
def test_a_text_in_pieces_is_still_the_text(text):
    assert "".join(tokens(text)) == text
    assert marks(text, text) == ((Mark("same", text),) if text else ())


@given(texts, texts, st.integers(0, 50))
def test_however_few_steps_are_allowed_both_texts_stay_whole(before, after, steps):
    found = marks(before, after, steps=steps)
    assert "".join(mark.text for mark in found if mark.run != "inserted") == before
    assert "".join(mark.text for mark in found if mark.run != "deleted") == after


def test_beyond_the_bound_a_stretch_is_shown_as_replaced_whole():
    before, after = "one a two b three four", "one c two d three four"
    assert [mark.text for mark in marks(before, after)] == [
        "one ",
        "a",
        "c",
        " two ",
        "b",
        "d",
        " three four",
    ]
    assert [mark.text for mark in marks(before, after, steps=0)] == [
        "one ",
        "a two b",
        "c two d",
        " three four",
    ]


def test_only_the_words_that_differ_are_marked():
    assert shown("He reads two books a week.", "He reads three books a week.") == (
        "He reads [-two-][+three+] books a week."
    )
    assert shown("Sit near the door", "Sit near the front door") == "Sit near the [+front +]door"
    assert shown("a b c d e f", "a b d e f") == "a b [-c -]d e f"


def test_neighbouring_replacements_are_one_change():
    assert shown("the red big dog sat", "the blue small dog sat") == "the [-red big-][+blue small+] dog sat"


def test_a_text_that_has_little_in_common_is_replaced_whole():
    before, after = "She likes to draw cats after lunch", "A quiet place; the bell is too loud to bear"
    assert [mark.run for mark in marks(before, after)] == ["deleted", "inserted"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("don't stop", ["don't", " ", "stop"]),
        ("काम करना", ["काम", " ", "करना"]),
        ("学校で", ["学", "校", "で"]),
        ("مَدْرَسَة", ["مَدْرَسَة"]),
        ("cafe\u0301s", ["cafe\u0301s"]),
        ("🧑‍🏫!", ["🧑‍🏫", "!"]),
        ("a\n\nb", ["a", "\n", "\n", "b"]),
        ("3×20", ["3", "×", "20"]),
    ],
)
def test_words_of_any_script_stay_whole(text, pieces):
    assert tokens(text) == pieces


def test_the_worst_texts_are_compared_in_bounded_time():
    chance = random.Random(7)  # noqa: S311 texts, not secrets
    for words in (["a", "b"], [f"w{number}" for number in range(40)]):
        before, after = (" ".join(chance.choices(words, k=20_000)) for _ in range(2))
        start = time.perf_counter()
        marks(before, after)
        assert time.perf_counter() - start < 2  # in fact about 0.05 s; without the bound, minutes
