"""The golden thread, and what a layer asks for."""

from __future__ import annotations

import pytest

from isp.access.lenses import Label, Lens
from isp.plans.content import SHAPE, blank
from isp.plans.required import missing
from isp.plans.thread import GapKind, gaps
from isp.records.changes import Change, Op, apply
from isp.records.project import project
from tests.plans.invented import ADJUSTMENT, CONFIGURATION, NEED, OUTCOME, READING, STEP, add, plan, put, uuid


def kinds(content):
    return [(gap.kind, gap.item) for gap in gaps(content, CONFIGURATION)]


def remove(section, item):
    return Change(Op.REMOVE, section, item)


def test_a_plan_in_which_everything_is_linked_has_no_gaps():
    assert kinds(plan()) == []
    assert kinds(blank()) == []


def test_a_step_is_about_the_needs_of_the_outcome_it_leads_to():
    alone = apply(plan(), [put("outcomes", "under", None, STEP)])
    assert kinds(alone) == [(GapKind.OUTCOME_WITHOUT_NEED, STEP), (GapKind.STEP_WITHOUT_OUTCOME, STEP)]


def test_a_step_may_stand_alone_where_there_is_no_long_term_outcome():
    changes = [put("outcomes", "under", None, STEP), put("outcomes", "needs", [NEED], STEP)]
    alone = apply(plan(), [*changes, put("outcomes", "level", "step", OUTCOME)])
    assert kinds(alone) == []


def test_an_adjustment_is_for_a_need():
    loose = apply(plan(), [put("adjustments", "needs", None, ADJUSTMENT)])
    assert kinds(loose) == [(GapKind.ADJUSTMENT_WITHOUT_NEED, ADJUSTMENT)]


def test_support_for_an_outcome_is_support_for_the_needs_it_is_about():
    through = apply(plan(), [put("provision", "needs", None, READING), remove("adjustments", ADJUSTMENT)])
    assert kinds(through) == []


def test_an_adjustment_alone_is_support():
    assert kinds(apply(plan(), [remove("provision", READING)])) == []


def test_a_link_to_what_is_gone_is_no_link():
    without_need = apply(plan(), [remove("needs", NEED)])
    assert kinds(without_need) == [
        (GapKind.OUTCOME_WITHOUT_NEED, OUTCOME),
        (GapKind.OUTCOME_WITHOUT_NEED, STEP),
        (GapKind.ADJUSTMENT_WITHOUT_NEED, ADJUSTMENT),
    ]
    without_outcomes = apply(plan(), [remove("outcomes", OUTCOME), remove("outcomes", STEP)])
    assert kinds(without_outcomes) == [
        (GapKind.NEED_WITHOUT_OUTCOME, NEED),
        (GapKind.SUPPORT_WITHOUT_OUTCOME, READING),
    ]


def test_steps_that_lead_to_each_other_do_not_go_round_for_ever():
    ring = apply(
        plan(),
        [put("outcomes", "under", STEP, OUTCOME), put("outcomes", "needs", None, OUTCOME)],
    )
    assert (GapKind.OUTCOME_WITHOUT_NEED, OUTCOME) in kinds(ring)


def test_a_gap_says_what_to_do_and_names_the_item():
    other = uuid(50)
    found = gaps(apply(plan(), [add("needs", other, "i002", barrier="Waiting for a turn")]), CONFIGURATION)
    assert [gap.sentence for gap in found] == [
        "No outcome is linked to the need “Waiting for a turn”. Link one, or write one.",
        (
            "No provision or adjustment is linked to the need “Waiting for a turn”. Say what will be done"
            " about it."
        ),
    ]


@pytest.mark.parametrize(
    ("layer", "blocks"), [("targeted", False), ("targeted_plus", True), ("specialist", True), (None, False)]
)
def test_a_gap_stops_finalising_only_where_the_configuration_says_so(layer, blocks):
    content = apply(plan(), [put("layer", "layer", layer), put("provision", "outcomes", None, READING)])
    (gap,) = gaps(content, CONFIGURATION)
    assert (gap.kind, gap.blocks) == (GapKind.SUPPORT_WITHOUT_OUTCOME, blocks)


def test_a_projected_plan_can_be_followed_as_well():
    seen = project(plan(), Lens(labels=frozenset({Label.S0}), sections=frozenset({"needs"})), SHAPE)
    assert {kind for kind, _ in kinds(seen)} == {GapKind.NEED_WITHOUT_OUTCOME, GapKind.NEED_WITHOUT_SUPPORT}


def test_a_plan_that_holds_what_its_layer_asks_for_lacks_nothing():
    assert missing(plan(), CONFIGURATION) == []


def test_what_a_layer_asks_for_and_is_not_there_is_said():
    content = apply(
        plan(),
        [
            put("layer", "reason", None),
            put("provision", "delivered_by", None, READING),
            put("review", "next_review_on", None),
            put("about_me", "strengths", None),
            remove("outcomes", OUTCOME),
            remove("outcomes", STEP),
        ],
    )
    assert [one.sentence for one in missing(content, CONFIGURATION)] == [
        "About the pupil: answer at least one question.",
        "Review: fill in “Next review on”.",
        "Outcomes: add at least one entry.",
        "Provision, Reading: fill in “Delivered by (role)”.",
        "Layer: fill in “Reason”.",
    ]
    assert missing(content, CONFIGURATION)[3].item == READING


def test_a_section_marked_as_not_needed_is_taken_at_its_word():
    content = apply(plan(), [remove("outcomes", OUTCOME), remove("outcomes", STEP)])
    assert missing(apply(content, [Change(Op.STATUS, "outcomes", value="not_needed")]), CONFIGURATION) == []
