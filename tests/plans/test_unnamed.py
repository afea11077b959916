"""Names taken out of a template: by every form of them, at the bounds of words, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.plans.content import SHAPE
from isp.plans.templates import only_template
from isp.plans.unnamed import Known, Sort, names_somebody, unnamed
from tests.cast import small_plan
from tests.records.contents import contents

LEO = Known(Sort.PUPIL, ("Leo", "Leonard", "Teddy"), ("Hart",))
PEOPLE = [
    LEO,
    Known(Sort.FAMILY, ("Zoë",), ("Hart",)),
    Known(Sort.TEACHER, ("Tom",), ("Lund",)),
    Known(Sort.STAFF, ("Anne-Marie",), ("O’Brien",)),
]


def said(text, people=PEOPLE):
    content = small_plan()
    content["sections"]["outcomes"]["items"][0]["statement"] = text
    made = unnamed(only_template(content), people)
    return made.content["sections"]["outcomes"]["items"][0]["statement"]


def unsure(text: str, people) -> bool:
    content = small_plan()
    content["sections"]["outcomes"]["items"][0]["statement"] = text
    return bool(unnamed(only_template(content), people).unsure)


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Leo follows two steps.", "The pupil follows two steps."),
        ("Sit Leo at the front; LEO reads.", "Sit the pupil at the front; the pupil reads."),
        ("He reads with leo. Leonard’s peg", "He reads with the pupil. The pupil’s peg"),
        ("Leo's mother and Leo’s card", "The pupil’s mother and the pupil’s card"),
        ("Leo Hart will line up", "The pupil will line up"),
        ("Hart, Leo: lines up", "The pupil, the pupil: lines up"),
        ("Teddy asks", "The pupil asks"),
        ("Ask Zoë, or Zoe", "Ask the family, or the family"),
        ("Mrs Hart reads at home. The Harts read.", "The family reads at home. The family read."),
        ("Ask the Hart family", "Ask the family"),
        ("Mr Lund and T. Lund check", "The teacher and the teacher check"),
        ("Mrs O'Brien’s room, with Anne Marie", "A member of staff’s room, with a member of staff"),
        ("our Leo", "our pupil"),
        ("Leonine, Galileo, Leos, hearty, Thart", "Leonine, Galileo, Leos, hearty, Thart"),
        ("his own, him and her", "his own, him and her"),
        ("• Leo sits\n• Leo reads", "• The pupil sits\n• The pupil reads"),
        ("Leo-led play", "The pupil-led play"),
    ],
)
def test_a_name_gives_way_to_what_its_bearer_is(text, without):
    assert said(text) == without


def test_a_name_that_ends_in_s_is_possessive_with_an_apostrophe_alone():
    james = [Known(Sort.PUPIL, ("James",), ("Hughes",))]
    assert said("Read James’ card; James's too", james) == "Read the pupil’s card; the pupil’s too"
    assert said("It says 'James' on it", james) == "It says 'the pupil' on it"


@pytest.mark.parametrize(
    ("name", "text", "without"),
    [
        ("Will", "Will will read; he will line up", "The pupil will read; he will line up"),
        ("May", "By May 2027 May reads in May", "By May 2027 the pupil reads in May"),
        ("Grace", "Grace says grace", "The pupil says grace"),
        ("Mark", "Ask Mark to mark it", "Ask the pupil to mark it"),
    ],
)
def test_a_name_that_is_a_word_as_well_is_the_word_in_small_letters(name, text, without):
    assert said(text, [Known(Sort.PUPIL, (name,), ("Zq",))]) == without


def test_where_nobody_can_tell_a_name_from_a_word_a_person_is_asked():
    an = [Known(Sort.PUPIL, ("An",), ("Nguyen",))]
    assert unsure("An adult reads with An", an)
    assert not unsure("The adult reads with An", an)


def test_a_colleague_called_like_a_word_is_written_with_a_title():
    reading = [LEO, Known(Sort.STAFF, ("Jo",), ("Reading",))]
    assert said("Reading with Mrs Reading", reading) == "Reading with a member of staff"


@pytest.mark.parametrize(
    ("name", "text", "without"),
    [
        ("محمد", "يقرأ محمد كل يوم", "يقرأ the pupil كل يوم"),
        ("आरव", "आरव पढ़ता है, आरवी नहीं", "The pupil पढ़ता है, आरवी नहीं"),
        ("Łukasz", "Łukasz czyta", "The pupil czyta"),
    ],
)
def test_names_of_every_script_are_found_whole(name, text, without):
    assert said(text, [Known(Sort.PUPIL, (name,), ("Zq",))]) == without


def test_what_was_replaced_is_told_once_for_each_form():
    content = small_plan()
    item = content["sections"]["outcomes"]["items"][0]
    item["statement"] = "Leo asks Mr Lund; Leo waits for Leo's turn"
    [found] = unnamed(only_template(content), PEOPLE).replaced.values()
    assert [(one.was, one.now) for one in found] == [
        ("Leo", "The pupil"),
        ("Mr Lund", "the teacher"),
        ("Leo", "the pupil"),
        ("Leo's", "the pupil’s"),
    ]


def test_a_title_that_names_somebody_is_known():
    assert names_somebody("Leo’s reading", PEOPLE)
    assert not names_somebody("Reading, key stage 1", PEOPLE)


@given(contents(SHAPE), st.text(min_size=2, max_size=12))
@settings(max_examples=60, deadline=None)
def test_whatever_a_plan_says_only_its_words_change_and_a_second_look_finds_nothing(content, name):
    template = only_template(content)
    people = [LEO, Known(Sort.PUPIL, (name,), ())]
    once = unnamed(template, people)
    assert template == only_template(content)
    for section, held in once.content["sections"].items():
        before = template["sections"][section]
        assert [one["id"] for one in held.get("items", ())] == [one["id"] for one in before.get("items", ())]
        assert held["fields"] == before["fields"]
    for item, found in once.replaced.items():
        assert item
        assert all(one.was != one.now for one in found)
