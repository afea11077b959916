"""Closing a review: a report, and a plan's draft that says what was decided, whatever moved on."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.plans import actions as plan_actions
from isp.records import drafts
from isp.records.changes import Change, Op
from isp.records.trail import check_records
from isp.reviews import actions


def test_a_review_led_and_closed_by_a_teacher_makes_a_report_and_the_next_draft(desk, plan, held):
    desk.fill(held)
    desk.write(held, Change(Op.SET, "views", None, "family", "She reads to her brother now"))
    closed = desk.close(held)
    assert (closed.version.number, closed.drafted, closed.unsettled) == (1, True, 0)
    row = desk.row(held)
    assert (row.status, row.decision, row.closed_by) == (
        "closed",
        "continue_support",
        desk.cast.people["tom"],
    )
    assert row.next_on == clock.today() + timedelta(days=80)
    draft = desk.content(plan)["sections"]
    assert draft["outcomes"]["items"][0]["result"] == "more"
    assert draft["review"]["fields"]["next_review_on"] == row.next_on.isoformat()
    assert draft["family_views"]["items"][0]["views"] == "She reads to her brother now"
    assert desk.acts("ava")[-3:] == ["plan.draft_started", "plan.draft_saved", "review.closed"]
    assert desk.notices("review_closed") == {"pam", "paul"}


def test_an_outcome_that_stops_leaves_the_plan_and_stays_in_the_report(desk, plan, held):
    desk.fill(held, next="stop")
    desk.close(held)
    assert desk.aims(plan) == []
    assert desk.outcome(held)["result"] == "more"


def test_an_outcome_that_is_worded_anew_begins_without_a_result(desk, plan, held):
    desk.write(held, Change(Op.SET, "outcomes", desk.outcome(held)["id"], "wording", "Follow three steps"))
    desk.fill(held, next="change")
    desk.close(held)
    (aim,) = desk.aims(plan)
    assert aim["statement"] == "Follow three steps"
    assert "result" not in aim


def test_another_layer_is_written_with_its_day_and_reason(desk, plan, held):
    desk.fill(held, decision="change_layer", layer="targeted", reason="More is needed")
    desk.close(held)
    fields = desk.content(plan)["sections"]["layer"]["fields"]
    assert fields == {
        "layer": "targeted",
        "reason": "More is needed",
        "since": clock.today().isoformat(),
    }


def test_what_is_missing_is_said_and_nothing_is_closed(desk, held):
    with pytest.raises(Invalid) as refused:
        desk.close(held)
    said = " ".join(refused.value.errors.values())
    assert "Say how outcome 1 went." in said
    assert "Say what happens next with outcome 1." in said
    assert "Say what was decided." in said
    assert desk.row(held).status == "open"


def test_a_review_is_closed_once(desk, held):
    desk.fill(held)
    desk.close(held)
    with pytest.raises(Conflict, match="closed already by Tom"), desk.cast.acting("sara") as unit:
        actions.close_review(unit, held, 1)
    assert desk.acts("ava").count("review.closed") == 1


def test_two_people_who_close_at_once_close_once(desk, plan, held):
    desk.fill(held)
    revision = desk.report_revision(held)
    answers: list[str] = []
    gate = threading.Barrier(2)

    def close(name: str) -> None:
        gate.wait()
        try:
            with desk.cast.acting(name) as unit:
                actions.close_review(unit, held, revision)
            answers.append("closed")
        except Conflict as told:
            answers.append(told.message)

    threads = [threading.Thread(target=close, args=(name,)) for name in ("tom", "sara")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused, done = sorted(answers)
    assert done == "closed"
    assert "closed already" in refused
    assert desk.acts("ava").count("review.closed") == 1
    assert len(desk.aims(plan)) == 1


def test_nothing_is_closed_that_somebody_has_not_seen(desk, held):
    desk.fill(held)
    seen = desk.report_revision(held)
    desk.write(held, Change(Op.SET, "overall", None, "stops", "The morning group"), by="sara")
    with pytest.raises(Conflict, match="wrote in this review after"), desk.cast.acting("tom") as unit:
        actions.close_review(unit, held, seen)


def test_words_that_met_others_are_settled_before_it_is_closed(desk, held):
    desk.fill(held)
    seen = desk.report_revision(held)
    desk.write(held, Change(Op.SET, "overall", None, "stops", "The morning group"), by="sara", at=seen)
    saved = desk.write(held, Change(Op.SET, "overall", None, "stops", "Nothing"), by="tom", at=seen)
    assert len(saved.clashes) == 1
    with pytest.raises(Conflict, match="still to be settled"):
        desk.close(held)
    with desk.cast.acting("tom") as unit:
        (clash,) = drafts.clashes(unit, drafts.read(unit, desk.row(held).review_record_id))
        actions.settle_clash(unit, held, clash.id, "mine")
    desk.close(held)
    assert desk.report(held)["sections"]["overall"]["fields"]["stops"] == "Nothing"


# -- after the plan moved on ---------------------------------------------------------------------------------


def test_a_draft_that_is_open_already_takes_the_changes_in(desk, cast, plan, held):
    with cast.acting("sara") as unit:
        plan_actions.start_draft(unit, plan)
    with cast.acting("sara") as unit:
        plan_actions.save_draft(unit, plan, 0, [Change(Op.SET, "about_me", None, "hard", "Assembly")])
    desk.fill(held)
    assert desk.close(held).unsettled == 0
    sections = desk.content(plan)["sections"]
    assert sections["about_me"]["fields"]["hard"] == "Assembly"
    assert sections["outcomes"]["items"][0]["result"] == "more"


def test_words_written_meanwhile_in_the_same_place_are_kept_for_a_person(desk, cast, plan, held):
    aim = desk.in_force(plan)["sections"]["outcomes"]["items"][0]["id"]
    with cast.acting("sara") as unit:
        plan_actions.start_draft(unit, plan)
    with cast.acting("sara") as unit:
        plan_actions.save_draft(unit, plan, 0, [Change(Op.SET, "outcomes", aim, "statement", "Sara's words")])
    desk.write(held, Change(Op.SET, "outcomes", desk.outcome(held)["id"], "wording", "The meeting's words"))
    desk.fill(held, next="change")
    assert desk.close(held).unsettled == 1
    assert desk.aims(plan)[0]["statement"] == "Sara's words"
    with cast.acting("tom") as unit:
        (clash,) = drafts.clashes(unit, drafts.read(unit, plan))
    assert (clash.clash.theirs, clash.clash.mine) == ("Sara's words", "The meeting's words")


@pytest.mark.parametrize("published", [False, True], ids=["in the draft", "in the next version"])
def test_an_outcome_removed_meanwhile_is_a_question_and_no_failure(desk, cast, plan, held, published):
    aim = desk.in_force(plan)["sections"]["outcomes"]["items"][0]["id"]
    with cast.acting("sara") as unit:
        plan_actions.start_draft(unit, plan)
    with cast.acting("sara") as unit:
        plan_actions.save_draft(unit, plan, 0, [Change(Op.REMOVE, "outcomes", aim)])
    if published:
        with cast.acting("sara") as unit:
            plan_actions.publish(unit, plan, 1, "No longer wanted")
    desk.fill(held)
    assert desk.close(held).unsettled == 1
    assert desk.aims(plan) == []


def test_an_outcome_edited_meanwhile_and_stopped_here_is_a_question(desk, cast, plan, held):
    aim = desk.in_force(plan)["sections"]["outcomes"]["items"][0]["id"]
    with cast.acting("sara") as unit:
        plan_actions.start_draft(unit, plan)
    with cast.acting("sara") as unit:
        plan_actions.save_draft(unit, plan, 0, [Change(Op.SET, "outcomes", aim, "baseline", "One step")])
    desk.fill(held, next="stop")
    assert desk.close(held).unsettled == 1
    assert desk.aims(plan)[0]["baseline"] == "One step"


def test_after_a_new_version_the_changes_go_into_what_follows_it(desk, cast, plan, held):
    with cast.acting("sara") as unit:
        plan_actions.start_draft(unit, plan)
    with cast.acting("sara") as unit:
        plan_actions.save_draft(unit, plan, 0, [Change(Op.SET, "about_me", None, "hard", "Assembly")])
        plan_actions.publish(unit, plan, 1, "A little more")
    desk.fill(held)
    assert desk.close(held).unsettled == 0
    sections = desk.content(plan)["sections"]
    assert sections["about_me"]["fields"]["hard"] == "Assembly"
    assert sections["outcomes"]["items"][0]["result"] == "more"


def test_where_the_plan_has_ended_the_report_is_made_and_no_draft(desk, cast, plan, held):
    with cast.acting("sara") as unit:
        plan_actions.end_plan(unit, plan, "needs_met", "All is well")
    desk.fill(held)
    closed = desk.close(held)
    assert (closed.drafted, closed.version.number) == (False, 1)


# -- who -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tia", "hal", "ada", "pam", "leo", "carl"])
def test_nobody_closes_a_review_whose_role_does_not_let_her(desk, held, name):
    desk.fill(held)
    with pytest.raises(NotAllowed):
        _close(desk, held, name)
    assert desk.row(held).status == "open"


@pytest.mark.parametrize("name", ["nora", "sena", "tess"])
def test_a_stranger_cannot_tell_that_there_is_a_review(desk, held, name):
    with pytest.raises(NotFound):
        _close(desk, held, name)


def test_a_teacher_of_the_pupil_does_not_close_what_another_leads(desk, cast, plan):
    review = desk.planned(plan, led_by="sara")
    desk.open(review, by="sara")
    desk.fill(review, by="sara")
    with pytest.raises(NotAllowed, match="Somebody else leads"):
        desk.close(review, by="tom")


def _close(desk, review, name):
    with desk.cast.acting(name) as unit:
        actions.close_review(unit, review, 1)


def test_the_trail_answers_for_the_report(desk, held):
    desk.fill(held)
    desk.close(held)
    with desk.cast.looking("sara") as unit:
        assert list(check_records(unit.connection, unit.keys)) == []


def test_the_next_cycle_begins_where_this_one_ended(desk, cast, plan, held):
    desk.fill(held)
    desk.close(held)
    with cast.acting("sara") as unit:
        plan_actions.publish(unit, plan, drafts.read(unit, plan).revision, "After the review")
    again = desk.planned(plan)
    assert desk.row(again).cycle == 2
