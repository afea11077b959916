"""A re-assessment from its notice, or from an order, to its end: by the same steps as any assessment.

The plan is in force all the while, and as old as it was; the dates are those of regulations 25, 27 and 44.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.escalations import advice, assessing, disputed, disputing, drafting, excusing, naming
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.course import Ending, course_of
from isp.escalations.deadlines import Circumstance
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.keeping import DUTIES
from isp.escalations.naming import Named
from isp.escalations.queries import REQUESTS
from isp.escalations.timeline import Title, steps
from isp.escalations.upkeep import ceasing, reassessing
from isp.exchange import record_out
from isp.exchange.sen2.years import years
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.assessed import ISSUED_ON, Assessed
from tests.escalations.test_planning_pages import Town, day
from tests.escalations.world import Affair, on

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
ASKED = ISSUED_ON + 40 * WEEK
NOTICE = ASKED + 10 * DAY
DUE = NOTICE + 14 * WEEK
DECIDED = NOTICE + 8 * WEEK
SENT = NOTICE + 9 * WEEK
FINAL = SENT + 20 * DAY


class Again(Assessed):
    """Ava's plan, issued at her first assessment, and the case that a re-assessment of it is."""

    def __init__(self, affair: Affair) -> None:
        self.affair, self.cast = affair, affair.cast
        self.first = Assessed(affair)
        self.first.to_draft()
        self.first.issue()
        self.plan_id: UUID = self.first.plan.id
        self.id = self.first.id

    def agreed(self) -> Again:
        with on(ASKED), self.cast.acting("pam") as unit:
            reassessing.ask(unit, self.plan_id, received_on=ASKED, reasons="Much has changed.")
        with on(NOTICE), self.cast.acting("olli") as unit:
            reassessing.decide(
                unit, self.plan_id, decision="agree", refusal=None, reasons="Yes.", decided_on=NOTICE
            )
        return self.found()

    def ordered(self, result: Result) -> Again:
        """After an appeal against the refusal to assess again."""
        with on(ASKED), self.cast.acting("pam") as unit:
            reassessing.ask(unit, self.plan_id, received_on=ASKED, reasons="Much has changed.")
        with on(ASKED), self.cast.acting("olli") as unit:
            reassessing.decide(
                unit,
                self.plan_id,
                decision="refuse",
                refusal="unnecessary",
                reasons="No.",
                decided_on=ASKED,
            )
        with on(ASKED), self.cast.acting("pam") as unit:
            made = disputing.open_dispute(unit, self.plan_id, Kind.APPEAL, About.REASSESS, ASKED)
        with on(NOTICE), self.cast.acting("olli") as unit:
            disputing.close(unit, self.plan_id, made, result, NOTICE)
        return self.found()

    def found(self) -> Again:
        with self.cast.making() as unit:
            query = select(REQUESTS.c.id).where(REQUESTS.c.reassesses == self.plan_id)
            self.id = unit.connection.execute(query).scalar_one()
        return self

    def to_the_draft(self) -> Again:
        self.decide("issue", DECIDED)
        self.send(SENT)
        return self

    def duty(self) -> Any:
        mine = self.row.id
        with self.cast.making() as unit:
            query = select(DUTIES).where(DUTIES.c.subject_id == mine)
            return unit.connection.execute(query).first()

    def titles(self, day: date) -> list[Title]:
        found = self.affair.case(self.id, "pam", day)
        return [one.title for one in steps(found.row, day, (), course_of(found.assessment))]


@pytest.fixture
def again(affair: Affair) -> Again:
    return Again(affair)


def test_a_yes_begins_a_case_of_its_own_that_runs_fourteen_weeks_from_the_notice(again: Again) -> None:
    before = again.plan
    again.agreed()
    assert (again.row.kind, again.row.state, again.row.plan_id) == ("reassessment", "advising", before.id)
    assert (again.request.received_on, again.request.decided_on) == (ASKED, NOTICE)
    now = again.affair.case(again.id, "olli", NOTICE).now
    assert (now.stage, now.due.on if now.due else None, now.turn) == ("assessing", DUE, "authority")
    held = again.duty()
    assert (held.due_on, held.case_id, held.plan_id) == (DUE, again.id, before.id)
    assert again.plan.state == "in_force"


def test_it_ends_with_the_plan_amended_or_replaced(again: Again) -> None:
    made = again.plan
    again.agreed().to_the_draft()
    assert again.row.answers_until == SENT + 14 * DAY
    assert again.plan.state == "in_force"
    again.answer(SENT + DAY)
    again.issue(FINAL)
    after = again.row
    assert (after.state, after.outcome_on, after.days_late, after.days_unexcused) == ("final", FINAL, 0, 0)
    plan = again.plan
    assert (plan.state, plan.made_on) == ("in_force", FINAL)
    assert (plan.first_made_on, plan.review_due_on, plan.days_late) == (
        made.first_made_on,
        made.review_due_on,
        made.days_late,
    )
    assert again.request.ended_on == FINAL
    assert again.codes()[-4:] == ["to_change", "draft_sent", "representations", "reassessed"]
    assert again.duty() is None


def test_it_is_late_after_fourteen_weeks_and_by_how_much_is_kept(again: Again) -> None:
    again.agreed().to_the_draft()
    again.issue(DUE + 3 * DAY)
    assert (again.row.days_late, again.plan.days_late) == (3, again.first.row.days_late)


def test_what_excuses_it_is_recorded_in_its_case_and_both_counts_are_kept(again: Again) -> None:
    again.agreed()
    away = Circumstance("absent", NOTICE + DAY, NOTICE + 28 * DAY)
    with on(DECIDED), again.cast.acting("olli") as unit:
        excusing.record_circumstance(unit, again.id, away, reason="Away.", evidence="A letter.")
    assert again.duty().due_on == DUE + 4 * WEEK
    again.to_the_draft().issue(DUE + WEEK)
    assert (again.row.days_late, again.row.days_unexcused, again.row.excused) == (7, 0, True)


def test_counted_again_it_leaves_the_lateness_of_the_first_plan_alone(again: Again) -> None:
    again.agreed()
    away = Circumstance("absent", NOTICE + DAY, NOTICE + 28 * DAY)
    with on(DECIDED), again.cast.acting("olli") as unit:
        held = excusing.record_circumstance(unit, again.id, away, reason="Away.", evidence="A letter.")
    again.to_the_draft()
    again.issue(DUE + WEEK)
    with on(DUE + WEEK), again.cast.acting("olli") as unit:
        excusing.take_back(unit, again.id, held, reason="Another child.")
    assert (again.row.days_late, again.row.days_unexcused) == (7, 7)
    assert (again.plan.days_late, again.plan.days_unexcused) == (0, 0)


def test_the_familys_fifteen_days_are_waited_for(again: Again) -> None:
    again.agreed().to_the_draft()
    with pytest.raises(Invalid):
        again.issue(SENT + 14 * DAY)
    again.issue(SENT + 15 * DAY)


def test_the_plan_may_stay_as_it_is_and_the_family_may_appeal_against_that(again: Again) -> None:
    made = again.plan
    again.agreed().decide("no_plan", DECIDED)
    assert (again.row.state, again.request.ended_on, again.request.sight_until) == ("no_plan", DECIDED, None)
    assert again.plan.state == made.state == "in_force"
    now = again.affair.case(again.id, "pam", DECIDED).now
    assert now.due is not None
    assert (now.stage, now.turn) == ("unchanged", "family")
    assert again.codes()[-1] == "reassessed_same"
    assert again.affair.sees(again.id, "olli", DECIDED + 300 * DAY) == "yes"
    with on(DECIDED), again.cast.acting("pam") as unit:
        assert disputed.decisions(unit, disputed.reach(unit, again.plan_id))[About.AMEND] == DECIDED
        assert About.ISSUE not in disputed.decisions(unit, disputed.reach(unit, again.id))
        dispute = disputing.open_dispute(unit, again.plan_id, Kind.MEDIATION, About.AMEND, DECIDED)
    given = DECIDED + 50 * DAY
    with on(given), again.cast.acting("pam") as unit:
        disputing.certificate(unit, again.plan_id, dispute, given)
    later = again.affair.case(again.id, "pam", given).now.due
    assert later is not None
    assert later.on > now.due.on
    assert "certificate" in later.why


def test_advice_is_asked_for_in_it(again: Again) -> None:
    again.agreed()
    with on(NOTICE), again.cast.acting("olli") as unit:
        advice.ask(
            unit,
            again.id,
            kind="c",
            whom="Dr Reed, the health body",
            asked_on=NOTICE,
        )
    with again.cast.making() as unit:
        table = table_of(AdviceRequest)
        held = unit.connection.execute(select(table).where(table.c.request_id == again.id)).one()
    assert held.due_on == NOTICE + 6 * WEEK


@pytest.mark.parametrize(
    ("result", "ordered"), [(Result.REASSESS, "assess"), (Result.CONCEDED, "assess_conceded")]
)
def test_an_order_has_its_own_days(again: Again, result: Result, ordered: str) -> None:
    again.ordered(result)
    assert (again.row.kind, again.row.ordered, again.row.order_on) == ("reassessment", ordered, NOTICE)
    assert again.affair.case(again.id, "olli", NOTICE).now.due.on == NOTICE + 2 * WEEK  # type: ignore[union-attr]
    told = NOTICE + WEEK
    with on(told), again.cast.acting("olli") as unit:
        assessing.tell_begun(unit, again.id, told)
    assert again.affair.case(again.id, "olli", told).now.due.on == NOTICE + 10 * WEEK  # type: ignore[union-attr]
    again.decide("no_plan", NOTICE + 10 * WEEK + DAY)
    assert again.row.days_late == 1


def test_an_ordered_one_ends_with_a_plan_within_fourteen_weeks_of_the_order(again: Again) -> None:
    again.ordered(Result.REASSESS).to_the_draft()
    again.issue(DUE)
    assert (again.row.state, again.row.days_late) == ("final", 0)
    assert again.titles(DUE) == [
        Title.ORDERED_AGAIN,
        Title.BEGINS,
        Title.TO_CHANGE,
        Title.DRAFT_SENT,
        Title.FINAL_AGAIN,
    ]


def test_after_it_another_can_be_asked_for_and_not_while_it_runs(again: Again) -> None:
    again.agreed()
    with pytest.raises(Conflict), on(NOTICE), again.cast.acting("pam") as unit:
        reassessing.ask(unit, again.plan_id, received_on=NOTICE, reasons="And again.")
    again.to_the_draft().issue(FINAL)
    later = FINAL + 300 * DAY
    with on(later), again.cast.acting("pam") as unit:
        reassessing.ask(unit, again.plan_id, received_on=later, reasons="And again.")


def test_it_can_be_withdrawn_and_the_plan_goes_on(again: Again) -> None:
    again.agreed()
    with on(DECIDED), again.cast.acting("olli") as unit:
        assessing.end(unit, again.id, Ending.WITHDRAWN, DECIDED)
    assert (again.row.state, again.plan.state, again.duty()) == ("withdrawn", "in_force", None)


def test_it_ends_with_the_plan(again: Again) -> None:
    again.agreed()
    with on(DECIDED), again.cast.acting("olli") as unit:
        ceasing.record_death(unit, again.plan_id, on=DECIDED)
    assert (again.row.state, again.request.ended_why) == ("ended", "died")
    assert again.affair.sees(again.id, "olli", DECIDED + DAY) == "NotFound"


def test_the_school_that_the_plan_names_can_be_another_one(again: Again) -> None:
    again.agreed().to_the_draft()
    elmfield = again.cast.places["elmfield"]
    with pytest.raises(Invalid), on(FINAL), again.cast.acting("olli") as unit:
        drafting.issue(unit, again.id, on=FINAL, named=Named(school_id=elmfield))
    again.issue(FINAL)
    with again.cast.making() as unit:
        c = naming.SETTINGS.c
        rows = unit.connection.execute(
            select(c.school_id, c.left_on).where(c.plan_id == again.plan_id, c.named)
        )
        assert [tuple(row) for row in rows] == [(again.cast.places["oakfield"], None)]


@pytest.mark.parametrize(("name", "error"), [("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound)])
def test_only_the_authority_decides_what_becomes_of_the_plan(
    again: Again, name: str, error: type[Exception]
) -> None:
    again.agreed()
    with pytest.raises(error):
        again.decide("issue", DECIDED, by=name)


def test_a_stale_page_decides_nothing(again: Again) -> None:
    again.agreed()
    with pytest.raises(Conflict):
        again.decide("issue", DECIDED, shown=7)


def test_the_return_knows_of_no_other_request_and_no_other_plan_for_it(again: Again) -> None:
    again.agreed().to_the_draft()
    again.issue(FINAL)
    northshire = again.cast.places["northshire"]
    of_then = replace(
        years()[2026], period_from=ASKED - 4 * WEEK, period_to=FINAL + WEEK, census_on=FINAL + 2 * WEEK
    )
    with again.cast.making() as unit:
        (entry,) = record_out.part_of(unit, northshire, of_then, [again.affair.ava])
    assert [one.outcome for one in entry.person.requests] == ["H"]
    assert entry.subjects[0].plan_id == again.plan_id


def test_the_trail_says_what_was_decided(again: Again) -> None:
    again.agreed().decide("no_plan", DECIDED)
    seen = again.affair.on_pupil("assessment.plan_decided")[-1]
    assert (seen.detail["decision"], seen.detail["sight_until"]) == ("no_plan", None)
    assert seen.object_id == again.id


def test_the_whole_way_by_the_pages(again: Again) -> None:
    again.agreed()
    town = Town(again)
    href, plan = f"/cases/{again.id}", f"/ehc-plans/{again.plan_id}/reviews"
    with on(DECIDED):
        olli = town.signed_in("olli")
        assert href in olli.get(plan).text
        assert "A re-assessment: the EHC plan stays in force meanwhile" in olli.get(href).text
        assert "carries out a re-assessment" in olli.get(f"{href}/decision").text
        assert "What becomes of the EHC plan" in olli.get(f"{href}/plan-decision").text
        empty = olli.post(f"{href}/plan-decision", {"reasons": "So."} | day(DECIDED))
        assert empty.status_code == 422
        said = {"decision": "issue", "reasons": "The advice says so."} | day(DECIDED)
        assert olli.post(f"{href}/plan-decision", said).status_code == 303
        assert "the plan is amended or replaced" in olli.get(f"{href}/decision").text
        assert olli.get(f"/ehc-plans/{again.plan_id}/edit").status_code == 200
    with on(SENT):
        olli = town.signed_in("olli")
        assert olli.post(f"{href}/send-draft", day(SENT)).status_code == 303
    with on(SENT + DAY):
        pam = town.signed_in("pam")
        family = pam.get(f"/pupils/{again.affair.ava}/assessment").text
        assert "Say what you think of it" in family
        assert "The council was asked to look into it all again" in family
        assert pam.get(f"{href}/decision").status_code == 200
        assert pam.post(f"{href}/answer-draft", {"said": "Sleep is missing."}).status_code == 303
        for stranger in ("sid", "sena", "nora"):
            assert town.signed_in(stranger).get(href).status_code in (403, 404)
    with on(FINAL):
        olli = town.signed_in("olli")
        named = {"school_id": str(again.cast.places["oakfield"])} | day(FINAL)
        assert olli.post(f"{href}/final", named).status_code == 303
        assert "Amended plan" in olli.get(f"/ehc-plans/{again.plan_id}/versions").text
        assert "EHC plan made" in olli.get(href).text


def test_a_family_reads_that_the_plan_stays_and_how_to_appeal(again: Again) -> None:
    again.agreed().decide("no_plan", DECIDED)
    town = Town(again)
    with on(DECIDED):
        pam = town.signed_in("pam")
        family = pam.get(f"/pupils/{again.affair.ava}/assessment").text
        assert "the EHC plan stays as it is" in family
        assert "The last day to ask the tribunal is" in family
        assert "the plan stays as it is" in pam.get(f"/cases/{again.id}/decision").text


def test_once_an_appeal_has_turned_the_refusal_no_time_to_appeal_is_left(again: Again) -> None:
    again.ordered(Result.REASSESS)
    with again.cast.making() as unit:
        assert "reassessment" not in set(unit.connection.scalars(select(DUTIES.c.subject)))
