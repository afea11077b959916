"""Closing a review: a report, and a plan's draft that says what was decided, whatever moved on."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.plans import actions as plan_actions
from isp.plans import starting
from isp.records import drafts
from isp.records.changes import Change, Op
from isp.records.trail import check_records
from isp.reviews import actions
from isp.reviews.content import has_annual
from tests.cast import small_plan
from tests.plans.desk import words

TODAY = clock.today()
NEXT = (TODAY + timedelta(days=80)).isoformat()
OTHER_DAY = (TODAY + timedelta(days=40)).isoformat()
REACHED, OPEN = str(new_id()), str(new_id())


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


def attending(**fields):
    return Change(Op.ADD, "meeting", str(new_id()), value=fields, order="a")


def family_views(desk, plan):
    (views,) = desk.content(plan)["sections"]["family_views"]["items"]
    return views


def test_the_family_s_words_go_into_the_plan_with_who_said_them_and_when(desk, plan, held):
    desk.write(
        held,
        Change(Op.SET, "views", None, "family", "She reads to her brother now"),
        Change(Op.SET, "views", None, "family_from", "Pam Planted, mother"),
    )
    desk.fill(held)
    desk.close(held)
    views = family_views(desk, plan)
    assert views["from_whom"] == "Pam Planted, mother"
    assert views["gathered_on"] == clock.today().isoformat()


def test_where_nobody_says_whose_they_are_those_of_the_family_who_took_part_are_named(desk, plan, held):
    desk.write(
        held,
        Change(Op.SET, "views", None, "family", "She reads to her brother now"),
        attending(name="Pam Planted", role="Mother", came="came"),
        attending(name="Paul Planted", role="Parent", came="sent_views"),
        attending(name="Nan Planted", role="Grandmother", came="absent"),
        attending(name="Fay Visitor", role="Family support worker", came="came"),
        attending(name="Tom Example", role="Class teacher", came="came"),
    )
    desk.fill(held)
    desk.close(held)
    assert family_views(desk, plan)["from_whom"] == "Pam Planted, Mother; Paul Planted, Parent"


def test_where_nobody_is_known_to_have_said_them_nobody_is_made_up(desk, plan, held):
    desk.write(held, Change(Op.SET, "views", None, "family", "She reads to her brother now"))
    desk.fill(held)
    desk.close(held)
    assert "from_whom" not in family_views(desk, plan)


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


# -- into a next cycle that was started before the review closed ---------------------------------------------


def cycle_plan(**first):
    """A plan at its review: an outcome with a result, a step that was reached, one that is still to come."""
    content = small_plan()
    outcomes = content["sections"]["outcomes"]["items"]
    outcomes[0] |= {"result": "less", "result_note": "Twice in ten", "due_on": TODAY.isoformat(), **first}
    outcomes += [
        {
            "id": REACHED,
            "order": "b",
            "statement": "One step",
            "under": outcomes[0]["id"],
            "result": "expected",
            "due_on": (TODAY + timedelta(days=3)).isoformat(),
        },
        {"id": OPEN, "order": "c", "statement": "Two steps", "under": outcomes[0]["id"]},
    ]
    content["sections"]["review"]["fields"] = {"next_review_on": TODAY.isoformat(), "interval": "termly"}
    return content


@pytest.fixture
def early(desk, cast):
    """Such a plan whose next cycle was started, and whose review is being held all the same."""
    desk.term("oakfield", TODAY - timedelta(days=100), TODAY + timedelta(days=500))
    plan = cast.plan("ava", "sara", cycle_plan())
    with cast.acting("sara") as unit:
        starting.start_cycle(unit, plan, 1)
    review = desk.planned(plan)
    desk.open(review)
    return plan, review


def say(desk, review, *, next="continue", result="more", evidence="Seen in class", **decided):  # noqa: A002
    """How each outcome went and what is next, and what was decided."""
    for item in desk.report(review)["sections"]["outcomes"]["items"]:
        desk.write(
            review,
            Change(Op.SET, "outcomes", item["id"], "result", result),
            Change(Op.SET, "outcomes", item["id"], "evidence", evidence),
            Change(Op.SET, "outcomes", item["id"], "next", next),
        )
    values = {"decision": "continue_support", "next_review_on": NEXT} | decided
    desk.write(review, *(Change(Op.SET, "decision", None, name, text) for name, text in values.items()))


def test_what_the_cycle_set_back_by_rule_gives_way_to_the_review_and_nobody_is_asked(desk, early):
    plan, review = early
    top, step = desk.aims(plan)
    assert "result" not in top
    assert REACHED not in {one["id"] for one in desk.aims(plan)}
    say(desk, review)
    assert desk.close(review).unsettled == 0
    top, reached, step = desk.aims(plan)
    assert (top["result"], top["result_note"], top["due_on"]) == ("more", "Seen in class", NEXT)
    assert (reached["id"], reached["result"]) == (REACHED, "more")
    assert step["result"] == "more"
    assert desk.content(plan)["sections"]["review"]["fields"]["next_review_on"] == NEXT


def test_what_the_review_finds_as_it_was_before_is_no_less_its_result(desk, early):
    plan, review = early
    say(desk, review, result="less", evidence="Twice in ten")
    assert desk.close(review).unsettled == 0
    top = desk.aims(plan)[0]
    assert (top["result"], top["result_note"]) == ("less", "Twice in ten")


def test_a_step_that_was_set_aside_and_that_the_meeting_stops_stays_out(desk, early):
    plan, review = early
    say(desk, review, next="stop")
    assert desk.close(review).unsettled == 0
    assert desk.aims(plan) == []


def test_the_page_before_closing_shows_what_the_deed_does(desk, early):
    _, review = early
    say(desk, review)
    said = words(desk.at("tom").get(f"/reviews/{review}/close"))
    assert "somebody has written in the plan since" not in said
    assert "In the plan: Outcomes" in said


def test_what_a_person_wrote_in_the_next_cycle_is_still_a_question(desk, cast, early):
    plan, review = early
    top = desk.aims(plan)[0]["id"]
    with cast.acting("sara") as unit:
        revision = drafts.read(unit, plan).revision
        own = [
            Change(Op.SET, "outcomes", top, "result", "much_less"),
            Change(Op.SET, "review", None, "next_review_on", OTHER_DAY),
        ]
        plan_actions.save_draft(unit, plan, revision, own)
    say(desk, review)
    assert desk.close(review).unsettled == 2
    assert desk.aims(plan)[0]["result"] == "much_less"
    assert desk.content(plan)["sections"]["review"]["fields"]["next_review_on"] == OTHER_DAY


def test_a_cycle_that_was_made_in_an_open_draft_gives_way_too(desk, cast):
    desk.term("oakfield", TODAY - timedelta(days=100), TODAY + timedelta(days=500))
    plan = cast.plan("ava", "sara", cycle_plan())
    with cast.acting("tom") as unit:
        plan_actions.start_draft(unit, plan)
    with cast.acting("tom") as unit:
        plan_actions.save_draft(unit, plan, 0, [Change(Op.SET, "about_me", None, "hard", "Assembly")])
    with cast.acting("sara") as unit:
        draft = drafts.read(unit, plan)
        starting.cycle_in_draft(unit, plan, 1, draft.id, draft.revision)
    review = desk.planned(plan)
    desk.open(review)
    say(desk, review)
    assert desk.close(review).unsettled == 0
    assert desk.content(plan)["sections"]["about_me"]["fields"]["hard"] == "Assembly"
    assert [one["result"] for one in desk.aims(plan)] == ["more", "more", "more"]


# -- nothing typed twice -------------------------------------------------------------------------------------


def test_what_was_seen_is_the_plan_s_words_about_the_result_and_the_day_moves_on(desk, cast):
    plan = cast.plan("ava", "sara", cycle_plan())
    review = desk.planned(plan)
    desk.open(review)
    say(desk, review)
    desk.close(review)
    top, reached, step = desk.aims(plan)
    assert (top["result_note"], top["due_on"]) == ("Seen in class", NEXT)
    assert reached["due_on"] == (TODAY + timedelta(days=3)).isoformat()  # its day had not come
    assert "due_on" not in step


def test_what_is_too_long_for_the_plan_stays_in_the_report(desk, plan, held):
    desk.fill(held)
    item = desk.outcome(held)["id"]
    desk.write(held, Change(Op.SET, "outcomes", item, "evidence", "x" * 1001))
    desk.close(held)
    assert "result_note" not in desk.aims(plan)[0]
    assert desk.report(held)["sections"]["outcomes"]["items"][0]["evidence"] == "x" * 1001


def test_who_leads_the_next_review_is_who_leads_this_one(desk, held):
    assert desk.report(held)["sections"]["decision"]["fields"]["next_led_by"] == "Tom Example, Class teacher"


@pytest.mark.parametrize(
    ("named", "expected"),
    [("Ms Reed, head of year", "Ms Reed, head of year"), (None, "Tom Example, Class teacher")],
)
def test_where_nobody_leads_yet_it_is_whom_the_plan_names_else_the_one_teacher(desk, cast, named, expected):
    content = small_plan()
    if named:
        content["sections"]["review"]["fields"]["led_by"] = named
    review = desk.planned(cast.plan("ava", "sara", content), led_by=None)
    desk.open(review, by="sara")
    assert desk.report(review)["sections"]["decision"]["fields"]["next_led_by"] == expected


# -- reports of another time ---------------------------------------------------------------------------------


def test_a_report_begun_before_a_section_was_asked_for_is_read_written_and_closed(desk, held):
    """As one that was open when the installation was brought up to date."""
    record = desk.row(held).review_record_id
    with desk.cast.acting("tom") as unit:
        draft = drafts.read(unit, record)
        content = {**draft.content, "sections": {**draft.content["sections"]}}
        del content["sections"]["annual"]
        drafts.close(unit, draft, "discarded")
        drafts.start(unit, record_id=record, pupil_id=draft.pupil_id, base_number=0, content=content)
    assert not has_annual(desk.report(held))
    tom = desk.at("tom")
    assert tom.get(f"/reviews/{held}/meeting/decision").status_code == 200
    desk.fill(held)
    assert tom.get(f"/reviews/{held}/close").status_code == 200
    desk.close(held)
    assert tom.get(f"/reviews/{held}").status_code == 200
    assert tom.get(f"/reviews/{held}/report.pdf").status_code == 200


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
