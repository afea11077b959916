"""A review that was due and not held is owed: no version clears it, only a review, or a reason on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.plans import actions as plan_actions
from isp.plans import starting
from isp.plans.models import PlanCard
from isp.records import drafts
from isp.records.changes import Change, Op
from isp.reviews import due, not_held
from tests.cast import small_plan
from tests.plans.desk import words
from tests.plans.test_writing_in_a_draft import person_tokens

TODAY = clock.today()
PAST = TODAY - timedelta(days=20)
AHEAD = TODAY + timedelta(days=70)
WHY = "She was in hospital until last week"


def dated(day):
    content = small_plan()
    content["sections"]["review"]["fields"] = {"next_review_on": day.isoformat(), "interval": "annual"}
    return content


@pytest.fixture
def overdue(cast):
    """Ava's plan in force, its review due twenty days ago and not held."""
    return cast.plan("ava", "sara", dated(PAST))


def share(cast, plan, day, name="sara"):
    """Another version, which says another day."""
    with cast.acting(name) as unit:
        if drafts.find(unit, plan) is None:
            plan_actions.start_draft(unit, plan)
    with cast.acting(name) as unit:
        draft = drafts.read(unit, plan)
        change = Change(Op.SET, "review", None, "next_review_on", day.isoformat())
        plan_actions.save_draft(unit, plan, draft.revision, [change])
    with cast.acting(name) as unit:
        plan_actions.publish(unit, plan, drafts.read(unit, plan).revision, "The next cycle")


def listed(desk, name="ava"):
    with desk.cast.acting("sara") as unit:
        (one,) = due.plans_due(unit, [desk.cast.pupils[name]], desk.cast.places["oakfield"])
        return one


def record(desk, plan, by="sara", shown=PAST, why=WHY, on=AHEAD):
    with desk.cast.acting(by) as unit:
        return not_held.record_not_held(unit, plan, shown, why, on)


def card(desk, plan):
    with desk.cast.acting("sara") as unit:
        return unit.connection.execute(select(PlanCard.__table__).where(PlanCard.record_id == plan)).one()


# -- what no version clears ----------------------------------------------------------------------------------


def test_a_next_cycle_that_is_started_and_finalised_leaves_the_review_due_when_it_was(desk, cast, overdue):
    desk.term("oakfield", TODAY - timedelta(days=100), TODAY + timedelta(days=500))
    with cast.acting("sara") as unit:
        starting.start_cycle(unit, overdue, 1)
    with cast.acting("sara") as unit:
        plan_actions.publish(unit, overdue, drafts.read(unit, overdue).revision, "The next cycle")
    one = listed(desk)
    assert (one.version, one.on, one.is_missed) == (2, PAST, True)
    assert desk.in_force(overdue)["sections"]["review"]["fields"]["next_review_on"] > TODAY.isoformat()


def test_it_stays_so_through_any_number_of_versions(desk, cast, overdue):
    share(cast, overdue, TODAY + timedelta(days=1))
    share(cast, overdue, AHEAD)
    assert (listed(desk).on, listed(desk).is_missed) == (PAST, True)


def test_a_day_that_is_still_to_come_moves_with_the_version(desk, cast, plan):
    share(cast, plan, AHEAD)
    assert (listed(desk).on, listed(desk).is_missed) == (AHEAD, False)


def test_a_review_that_is_due_today_has_not_been_missed(desk, cast):
    plan = cast.plan("ava", "sara", dated(TODAY))
    share(cast, plan, AHEAD)
    assert (listed(desk).on, listed(desk).is_missed) == (AHEAD, False)


def test_a_day_that_was_only_worked_out_is_owed_as_well(desk, cast, plan):
    long_ago = clock.now() - timedelta(days=200)
    with cast.making() as unit:
        nobody_s = {"agreed_on": None, "next_review_on": None, "published_at": long_ago}
        unit.session.execute(update(PlanCard).where(PlanCard.record_id == plan).values(**nobody_s))
    desk.term("oakfield", TODAY - timedelta(days=300), TODAY + timedelta(days=500))
    worked_out = listed(desk).on
    assert worked_out < TODAY
    share(cast, plan, AHEAD)
    assert (listed(desk).on, listed(desk).is_missed) == (worked_out, True)


def test_the_senco_the_head_and_the_governors_see_it(desk, cast, overdue):
    share(cast, overdue, AHEAD)
    for name in ("sara", "hal"):
        said = words(desk.at(name).get("/reviews"))
        assert "Overdue, oldest first (1)" in said
        assert "Not held" in said
        assert "1 review was due, not held" in said
        assert ", not held" in words(desk.at(name).get("/"))
    assert "Of these, not held though a new version was shared since" in words(
        desk.at("hal").get("/reviews/sample")
    )
    assert "not held: it was due" in words(desk.at("sara").get(f"/pupils/{cast.pupils['ava']}/cycles"))


@pytest.mark.parametrize("page", ["finalise", "next"])
def test_it_is_said_before_a_version_or_a_new_cycle_is_made(desk, cast, overdue, page):
    if page == "finalise":
        with cast.acting("sara") as unit:
            plan_actions.start_draft(unit, overdue)
    said = words(desk.at("sara").get(f"/plans/{overdue}/{page}"))
    assert "has not been held. It stays overdue" in said
    assert "say why it was not held" in said


@pytest.mark.parametrize("page", ["finalise", "next"])
def test_nothing_is_said_where_none_is_overdue(desk, cast, plan, page):
    if page == "finalise":
        with cast.acting("sara") as unit:
            plan_actions.start_draft(unit, plan)
    assert "has not been held" not in words(desk.at("sara").get(f"/plans/{plan}/{page}"))


# -- until it is held ----------------------------------------------------------------------------------------


def test_once_it_is_held_the_plan_is_due_when_the_review_said(desk, cast, overdue):
    share(cast, overdue, AHEAD)
    review = desk.planned(overdue)
    assert desk.row(review).due_on == PAST
    desk.open(review)
    desk.fill(review)
    desk.close(review)
    one = listed(desk)
    assert (one.on, one.is_missed) == (TODAY + timedelta(days=80), False)
    assert card(desk, overdue).reviewed_on == TODAY


def test_a_version_with_the_old_day_says_nothing_against_what_a_review_agreed(desk, cast, held, plan):
    """As when somebody puts the draft of the review aside, and corrects a word in what is in force."""
    desk.fill(held)
    desk.close(held)
    agreed = listed(desk).on
    with cast.acting("sara") as unit:
        draft = drafts.read(unit, plan)
        plan_actions.discard_draft(unit, plan, draft.revision)
    with cast.acting("sara") as unit:
        plan_actions.start_draft(unit, plan)
    with cast.acting("sara") as unit:
        plan_actions.save_draft(unit, plan, 0, [Change(Op.SET, "about_me", None, "hard", "Assembly")])
        plan_actions.publish(unit, plan, 1, "A word")
    assert listed(desk).on == agreed


# -- or until somebody says why not --------------------------------------------------------------------------


def test_the_senco_records_why_and_when_the_next_is(desk, cast, overdue):
    share(cast, overdue, AHEAD)
    record(desk, overdue)
    one = listed(desk)
    assert (one.on, one.is_missed) == (AHEAD, False)
    told = next(one for one in desk.told("ava") if one.event.code == "review.not_held")
    assert told.detail == {"due_on": PAST.isoformat(), "next_on": AHEAD.isoformat()}


def test_the_day_of_the_next_is_in_the_draft_and_nobody_types_it_again(desk, overdue):
    record(desk, overdue)
    fields = desk.content(overdue)["sections"]["review"]["fields"]
    assert fields["next_review_on"] == AHEAD.isoformat()


def test_no_draft_is_begun_for_a_day_that_the_version_has_already(desk, cast, overdue):
    share(cast, overdue, AHEAD)
    assert record(desk, overdue) is False
    with cast.acting("sara") as unit:
        assert drafts.find(unit, overdue) is None


def test_what_is_written_in_the_draft_stays(desk, cast, overdue):
    with cast.acting("tom") as unit:
        plan_actions.start_draft(unit, overdue)
    with cast.acting("tom") as unit:
        plan_actions.save_draft(unit, overdue, 0, [Change(Op.SET, "about_me", None, "hard", "Assembly")])
    record(desk, overdue)
    sections = desk.content(overdue)["sections"]
    assert sections["about_me"]["fields"]["hard"] == "Assembly"
    assert sections["review"]["fields"]["next_review_on"] == AHEAD.isoformat()


def test_the_school_reads_the_reason_beside_the_cycles_and_the_family_does_not(desk, cast, overdue):
    record(desk, overdue)
    here = f"/pupils/{cast.pupils['ava']}/cycles"
    for name in ("sara", "hal", "tom"):
        assert WHY in words(desk.at(name).get(here))
    assert WHY not in words(desk.at("pam").get(here))


def test_governors_see_that_there_is_a_reason_and_not_which(desk, cast, overdue):
    record(desk, overdue)
    said = words(desk.at("hal").get("/reviews/sample"))
    assert "Last review not held, with a reason on record 1 to 4" in said
    assert WHY not in said


def test_a_senco_comes_from_the_list_and_does_it_on_one_page(desk, cast, overdue):
    share(cast, overdue, AHEAD)
    sara = desk.at("sara")
    here = f"/plans/{overdue}/review/not-held"
    assert here in sara.get("/reviews").text
    page = sara.get(here)
    assert f'value="{AHEAD.year}"' in page.text  # the day that the version has is offered
    sent = {
        **person_tokens(sara),
        "shown": PAST.isoformat(),
        "reason": WHY,
        "next_on-day": str(AHEAD.day),
        "next_on-month": str(AHEAD.month),
        "next_on-year": str(AHEAD.year),
    }
    answer = sara.send(here, {**sent, "reason": " "})
    assert answer.status_code == 422
    assert f'value="{AHEAD.day}"' in answer.text
    assert sara.send(here, sent).status_code == 303
    assert listed(desk).on == AHEAD


@pytest.mark.parametrize(
    ("why", "on", "field"),
    [
        ("  ", AHEAD, "reason"),
        ("x" * 1001, AHEAD, "reason"),
        (WHY, TODAY - timedelta(days=1), "next_on"),
        (WHY, TODAY.replace(year=TODAY.year + 30, day=1), "next_on"),
    ],
)
def test_a_reason_and_a_day_to_come_are_asked_for(desk, overdue, why, on, field):
    with pytest.raises(Invalid) as told:
        record(desk, overdue, why=why, on=on)
    assert list(told.value.errors) == [field]
    assert listed(desk).on == PAST


def test_what_is_not_overdue_is_not_accounted_for(desk, plan):
    with pytest.raises(Conflict, match="No review of this plan is overdue"):
        record(desk, plan)
    assert desk.at("sara").get(f"/plans/{plan}/review/not-held").status_code == 409


def test_it_is_recorded_once(desk, overdue):
    record(desk, overdue)
    with pytest.raises(Conflict, match="No review of this plan is overdue"):
        record(desk, overdue)


def test_a_review_that_is_planned_is_held_or_cancelled_first(desk, overdue):
    desk.planned(overdue)
    with pytest.raises(Conflict, match="cancel it first"):
        record(desk, overdue)


def test_a_page_of_another_day_records_nothing(desk, overdue):
    with pytest.raises(Conflict, match="another day than this page showed"):
        record(desk, overdue, shown=PAST - timedelta(days=1))
    sara = desk.at("sara")
    answer = sara.send(
        f"/plans/{overdue}/review/not-held",
        {
            **person_tokens(sara),
            "shown": "x",
            "reason": WHY,
            "next_on-day": "1",
            "next_on-month": "1",
            "next_on-year": str(TODAY.year + 1),
        },
    )
    assert answer.status_code == 409


def test_a_plan_that_ended_owes_no_review(desk, cast, overdue):
    with cast.acting("sara") as unit:
        plan_actions.end_plan(unit, overdue, "left", "Moved away")
    with pytest.raises(Conflict):
        record(desk, overdue)


@pytest.mark.parametrize("name", ["tom", "hal", "ada", "tia", "pam"])
def test_nobody_else_accounts_for_it(desk, overdue, name):
    with pytest.raises(NotAllowed):
        record(desk, overdue, by=name)
    assert listed(desk).on == PAST


@pytest.mark.parametrize("name", ["nora", "sena", "tess"])
def test_a_stranger_cannot_tell_that_there_is_a_plan(desk, overdue, name):
    with pytest.raises(NotFound):
        record(desk, overdue, by=name)
    assert desk.at(name).get(f"/plans/{overdue}/review/not-held").status_code == 404
