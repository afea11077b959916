"""What changed in a plan, in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.access.lenses import Label, Lens
from isp.plans.content import SHAPE
from isp.plans.names import shorten
from isp.plans.sentences import amount, tell
from isp.records.changes import Change, Op, apply
from isp.records.diff import diff
from isp.records.project import project
from tests.plans.invented import (
    ADJUSTMENT,
    ADVICE,
    CONFIGURATION,
    MOTHER,
    NEED,
    OUTCOME,
    READING,
    STEP,
    VIEW,
    add,
    plan,
    put,
    uuid,
)
from tests.plans.test_content import FAMILIES_NEVER
from tests.records.contents import contents, lenses

FAMILY = Lens(labels=frozenset({Label.S0, Label.S1}))


def told(changes, audience="school", before=None):
    before = before or plan()
    after = apply(before, changes)
    return [
        f"{section.heading}. {sentence.text}"
        for section in tell(diff(before, after), before, after, CONFIGURATION, audience)
        for sentence in section.sentences
    ]


@pytest.mark.parametrize(
    ("change", "school", "family"),
    [
        (
            [put("provision", "times", 3, READING), put("provision", "minutes", 30, READING)],
            "Provision. Reading: 2 × 20 minutes a week became 3 × 30.",
            "Support. Reading: 2 × 20 minutes a week became 3 × 30.",
        ),
        (
            [put("provision", "per", "term", READING)],
            "Provision. Reading: 2 × 20 minutes a week became 2 × 20 minutes a term.",
            "Support. Reading: 2 × 20 minutes a week became 2 × 20 minutes a term.",
        ),
        (
            [put("provision", "minutes", None, READING)],
            "Provision. Reading: 2 × 20 minutes a week became 2 times a week.",
            "Support. Reading: 2 × 20 minutes a week became 2 times a week.",
        ),
        (
            [put("provision", name, None, READING) for name in ("minutes", "times", "per")],
            "Provision. Reading: no amount is given any more (it was 2 × 20 minutes a week).",
            "Support. Reading: no amount is given any more (it was 2 × 20 minutes a week).",
        ),
        (
            [put("provision", "delivered_by", "Teacher", READING)],
            "Provision. Reading, delivered by (role): “Teaching assistant” became “Teacher”.",
            "Support. Reading, who gives it: “Teaching assistant” became “Teacher”.",
        ),
        (
            [put("provision", "start_on", "2026-11-30", READING)],
            "Provision. Reading, start: now 30 November 2026.",
            "Support. Reading, starts: now 30 November 2026.",
        ),
        (
            [put("provision", "cost", 100_050, READING)],
            "Provision. Reading, cost: £120.00 became £1,000.50.",
            None,
        ),
        (
            [put("provision", "place", "resourced_provision", READING)],
            "Provision. Reading, place: now Resourced provision.",
            "Support. Reading, where: now The school's specialist unit.",
        ),
        (
            [put("provision", "outcomes", [OUTCOME, STEP], READING)],
            "Provision. Reading, towards these outcomes: now also “Reads 50 words”.",
            "Support. Reading, this is for: now also “Reads 50 words”.",
        ),
        (
            [put("provision", "outcomes", [STEP], READING)],
            (
                "Provision. Reading, towards these outcomes: now also “Reads 50 words”, no longer “Reads for"
                " pleasure”."
            ),
            "Support. Reading, this is for: now also “Reads 50 words”, no longer “Reads for pleasure”.",
        ),
        (
            [put("outcomes", "result", "more", STEP)],
            "Outcomes. Reads 50 words, result: now More than expected.",
            "What we are aiming for. Reads 50 words, how it went: now Going better than we hoped.",
        ),
        (
            [put("outcomes", "statement", "Reads 100 words", STEP)],
            "Outcomes. Outcome: “Reads 50 words” became “Reads 100 words”.",
            "What we are aiming for. The aim: “Reads 50 words” became “Reads 100 words”.",
        ),
        (
            [put("about_me", "strengths", "Building. " * 20)],
            "About the pupil. Strengths: reworded.",
            "About me. What I am good at: reworded.",
        ),
        (
            [put("about_me", "gathered_how", ["drawing", "own_words"])],
            "About the pupil. How this was gathered: now By drawing or pictures; In their own words.",
            "About me. How we found out: now By drawing or pictures; In my own words.",
        ),
        (
            [put("review", "next_review_on", None)],
            "Review. Next review on: no longer given (it was 14 March 2027).",
            "When we look at this plan again. We meet next on: no longer given (it was 14 March 2027).",
        ),
        (
            [Change(Op.REMOVE, "adjustments", ADJUSTMENT)],
            "Adjustments and strategies. No longer included: Read questions aloud to her.",
            "What adults do every day. No longer included: Read questions aloud to her.",
        ),
        (
            [add("provision", uuid(60), "i002", name="Swimming", times=1, per="fortnight")],
            "Provision. Added: Swimming, once a fortnight.",
            "Support. Added: Swimming, once a fortnight.",
        ),
        (
            [add("health_and_care", uuid(60), sort="regulation")],
            "Health and care. Added: Regulation or behaviour support plan.",
            "Health and care. Added: Plan for staying calm.",
        ),
        (
            [put("advice", "document", uuid(70), ADVICE)],
            "Professional advice. Educational psychologist, document: added.",
            "What specialists say. Educational psychologist, the report: added.",
        ),
        (
            [put("family_views", "limited_to_staff", None, VIEW)],
            "Family's views. Mum, only staff may read this: now no.",
            "What the family says. Mum, only staff may read this: now no.",
        ),
        (
            [add("needs", uuid(60), "i002")],
            "Needs. Added: Need.",
            "What is hard. Added: Something that is hard.",
        ),
        (
            [put("outcomes", "ehcp_outcome", uuid(70), OUTCOME)],
            "Outcomes. Reads for pleasure, outcome of the EHCP: added.",
            "What we are aiming for. Reads for pleasure, from the EHCP: added.",
        ),
        (
            [put("outcomes", "under", None, STEP)],
            "Outcomes. Reads 50 words, step towards: no longer given (it was “Reads for pleasure”).",
            (
                "What we are aiming for. Reads 50 words, step towards: no longer given (it was “Reads for"
                " pleasure”)."
            ),
        ),
    ],
)
def test_a_change_is_told_in_the_words_of_each_side(change, school, family):
    assert told(change) == [school]
    assert told(change, "family") == ([] if family is None else [family])


def test_families_are_not_told_how_far_the_writing_has_come_or_that_entries_changed_places():
    changes = [Change(Op.STATUS, "needs", value="complete"), Change(Op.MOVE, "outcomes", STEP, order="h")]
    assert told(changes) == [
        "Needs. Marked as complete.",
        "Outcomes. Reads 50 words: moved to another place in the list.",
    ]
    assert told(changes, "family") == []


def test_a_reworded_text_comes_with_its_words_marked():
    before = plan()
    after = apply(before, [put("about_me", "strengths", "Building, and making everybody laugh")])
    ((sentence,),) = (one.sentences for one in tell(diff(before, after), before, after, CONFIGURATION))
    assert sentence.words
    assert sentence.change is not None
    assert [mark.text for mark in sentence.change.marks()] == [
        "Building, and making ",
        "people",
        "everybody",
        " laugh",
    ]


def test_sections_come_in_the_order_each_side_reads_them():
    changes = [
        put("needs", "diagnosis", "none", NEED),
        put("review", "led_by", "A"),
        put("layer", "reason", "B"),
    ]
    assert [one.split(".")[0] for one in told(changes)] == ["Needs", "Layer", "Review"]
    assert [one.split(".")[0] for one in told(changes, "family")] == [
        "What is hard",
        "When we look at this plan again",
        "How much support",
    ]


def test_a_family_is_never_told_what_was_limited_to_staff():
    before, after = (
        project(side, FAMILY, SHAPE)
        for side in (plan(), apply(plan(), [put("family_views", "views", "He frightens us", VIEW)]))
    )
    assert not diff(before, after)
    author = Lens(labels=FAMILY.labels, party=MOTHER)
    seen = project(plan(), author, SHAPE)
    assert seen["sections"]["family_views"]["items"][0]["views"] == "She is tired"


@given(
    contents(SHAPE).flatmap(lambda base: st.tuples(st.just(base), contents(SHAPE, base=base))),
    lenses(SHAPE),
    st.sampled_from(["school", "family"]),
)
@settings(max_examples=50)
def test_whatever_changed_can_be_told(pair, lens, audience):
    before, after = (project(side, lens, SHAPE) for side in pair)
    for section in tell(diff(before, after), before, after, CONFIGURATION, audience):
        for sentence in section.sentences:
            assert sentence.text.endswith(".")
            assert "None" not in sentence.text
            if audience == "family":
                # The texts of these plans are single letters, so every longer word is ours.
                assert not re.search(FAMILIES_NEVER, sentence.text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({}, ""),
        ({"per": "week"}, ""),
        ({"times": 2, "minutes": 1, "per": "week"}, "2 × 1 minute a week"),
        ({"times": 2, "minutes": 20}, "2 × 20 minutes"),
        ({"minutes": 20, "per": "half_term"}, "20 minutes a half term"),
        ({"times": 1}, "once"),
    ],
)
def test_an_amount_says_what_is_known(item, said):
    assert amount(item, CONFIGURATION) == said


def test_a_long_name_is_cut_at_a_word():
    assert shorten("one\ntwo  three") == "one two three"
    assert shorten("word " * 30, 20) == "word word word…"
    assert shorten("a" * 100, 20) == "a" * 19 + "…"
