"""Words that ask whether something belongs with the safeguarding lead, and words that do not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.kernel.dated import Versions
from isp.notes import worries

DAY = date(2026, 11, 22)

ASKS = [
    ("He had a bruise on his arm", "bruise"),
    ("BRUISING on both knees, said he fell", "BRUISING"),
    ("She disclosed something at break", "disclosed"),
    ("Says he was hit by his uncle", "was hit"),
    ("Told me that dad shouts at night", "Told me that dad"),
    ("He doesn’t want to go home on Fridays", "doesn’t want to go home"),
    ("says she wants to die", "wants to die"),
    ("marks on wrist, self‑harm?", "self‑harm"),
    ("hungry every morning", "hungry every"),
    ("Worried about county lines", "county lines"),
    ("left alone at\nhome on Tuesday", "left alone at home"),
]
DOES_NOT_ASK = [
    "Reads better after lunch",
    "Hit his target of 20 words",
    "Was hit by the ball in PE and laughed about it",
    "He gets wound up before assembly",
    "Used the hole punch for his folder",
    "Choking risk: thickened fluids as in the plan",
    "She is a secret agent in the class story",
    "Refugee children’s club starts Monday",
    "Told the safeguarding lead’s office that the room is free",
    "Homework was done at home",
    "He is called Dunbruise",
]


@pytest.mark.parametrize(("text", "words"), ASKS)
def test_words_of_harm_are_found_as_they_were_typed(text, words):
    assert plain(words) in [plain(one) for one in found(text)]


def plain(words: str) -> str:
    """As it is compared: with a typewriter's apostrophe and hyphen."""
    return words.replace("’", "'").replace("‑", "-")


@pytest.mark.parametrize("text", DOES_NOT_ASK)
def test_ordinary_notes_about_learning_are_left_alone(text):
    assert found(text) == ()


def test_each_word_is_said_once():
    assert found("A bruise here, a Bruise there, and he was slapped") == ("bruise", "slapped")


def test_a_later_list_takes_over_on_its_day(monkeypatch):
    held = {"version": "1", "effective_from": date(2026, 9, 1), "effective_to": date(2027, 8, 31)}
    first = worries.read(held | {"kind": [{"terms": ["bruis*"]}]})
    later = {"version": "2", "effective_from": date(2027, 9, 1)}
    second = worries.read(later | {"kind": [{"terms": ["scratch*"]}]})
    monkeypatch.setattr(worries, "worries", lambda: Versions((first, second), "words"))
    text = "A bruise and a scratch"
    days = (date(2020, 1, 1), date(2027, 8, 31), date(2027, 9, 1))
    assert [worries.found(text, day) for day in days] == [("bruise",), ("bruise",), ("scratch",)]


def found(text: str) -> tuple[str, ...]:
    return worries.found(text, DAY)


@given(st.text(max_size=300))
def test_any_text_is_looked_at_without_failing(text):
    assert all(isinstance(one, str) for one in found(text))


@given(st.sampled_from([words for _, words in ASKS]), st.text(alphabet="abcdefgh ", max_size=40))
def test_words_within_other_words_are_not_meant(words, around):
    letters = around.replace(" ", "") or "x"
    assert words.casefold() not in [one.casefold() for one in found(f"{letters}{words}{letters}")]
