"""Audits of what becomes of a plan: made, reviewed, amended, assessed again, ceased."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from isp import create_app
from isp.access import ties
from isp.access.standing import AUDIT
from isp.audit import Chain
from isp.ehcp import actions as contents
from isp.ehcp import queries as ehc_plans
from isp.ehcp.rules import Sort
from isp.escalations.audits import actions, queries
from isp.escalations.audits.actions import Answer, Wanted
from isp.escalations.audits.content import (
    AMENDMENTS,
    CEASING,
    FINAL_PLANS,
    KINDS,
    REASSESSING,
    REVIEWS,
    checklists,
)
from isp.escalations.upkeep import amending, ceasing, doors, reassessing
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.roles import Role
from isp.records import saves
from isp.records.changes import changes_between
from tests.ehcp.world import ready_content
from tests.escalations.upkeep_world import MADE, MEETING, NOW, Upkeep
from tests.escalations.world import on
from tests.people.world import Browser, settings

LATER = date(2027, 2, 1)
SENT = date(2026, 12, 14)


@pytest.fixture
def plan(upkeep: Upkeep) -> Upkeep:
    """Ava's plan is olli's; otis audits, mara (another manager) moderates."""
    upkeep.cast.member("mara", "northshire", Role.AUTHORITY_MANAGER)
    return upkeep


def hold(upkeep: Upkeep, kind: str, first: date, last: date | None = None, **more: Any) -> UUID:
    asked: dict[str, Any] = {"auditor_id": "otis", "moderator_id": "mara"} | more
    two: dict[str, Any] = {key: upkeep.cast.people[name] for key, name in asked.items()}
    wanted = Wanted(kind=kind, from_on=first, to_on=last or first, wanted=20, **two)
    with on(LATER), upkeep.cast.acting("mia") as unit:
        return actions.hold_audit(unit, upkeep.cast.places["northshire"], wanted)


def opened(upkeep: Upkeep, audit_id: UUID, by: str = "otis", day: date = LATER) -> queries.Opened:
    with upkeep.cast.making() as unit:
        case_id = unit.connection.scalars(
            select(queries.CASES.c.id).where(queries.CASES.c.audit_id == audit_id)
        ).one()
    with on(day), upkeep.cast.looking(by) as unit:
        return queries.view_case(unit, audit_id, case_id)


def publish(upkeep: Upkeep, sort: Sort, day: date) -> None:
    with on(day), upkeep.cast.acting("olli") as unit:
        contents.publish(unit, upkeep.plan, sort, day, "As it was agreed")


def facts(case: queries.Opened) -> dict[str, str]:
    return dict(case.subject.facts)


def test_a_review_that_was_held_is_drawn_by_the_day_of_its_meeting(plan: Upkeep) -> None:
    review_id = plan.to_decide()
    plan.decided(review_id, "maintain")
    with pytest.raises(Conflict):
        hold(plan, REVIEWS, MEETING + timedelta(days=1))
    case = opened(plan, hold(plan, REVIEWS, MEETING))
    assert (case.row.subject_id, case.row.plan_id, case.row.request_id) == (review_id, plan.plan, None)
    assert facts(case)["Meeting"] == "23 November 2026"
    assert facts(case)["Decision"] == "Keep the plan as it is"
    assert ("Reasons of the decision", "As the report says.") in case.subject.said
    assert case.items[0].label == "Annual review: its days and its decision"
    assert {one.name for one in case.questions} >= {"review_phase", "review_invited", "review_decided"}


def test_a_review_that_was_only_opened_is_not_drawn(plan: Upkeep) -> None:
    plan.invited(plan.opened())
    with pytest.raises(Conflict):
        hold(plan, REVIEWS, NOW, LATER)


def test_an_amendment_is_drawn_by_the_day_of_its_notice(plan: Upkeep) -> None:
    plan.noticed()
    case = opened(plan, hold(plan, AMENDMENTS, SENT))
    assert facts(case)["Notice of amendments"] == "14 December 2026"
    assert ("What was to change", "Section F: three sessions a week.") in case.subject.said
    assert {one.source.partition(",")[0] for one in case.questions} >= {"regulation 22(2)"}


def test_a_final_plan_is_drawn_by_the_day_it_was_made_and_only_one_made_here(plan: Upkeep) -> None:
    case = opened(plan, hold(plan, FINAL_PLANS, MADE))
    assert facts(case)["Plan made"] == "12 January 2026"
    with plan.cast.making() as unit:
        unit.connection.execute(
            update(doors.PLANS).where(doors.PLANS.c.id == plan.plan).values(origin="elsewhere")
        )
    with pytest.raises(Conflict):
        hold(plan, FINAL_PLANS, MADE)


def test_a_request_to_assess_again_is_drawn_by_the_day_of_its_decision(plan: Upkeep) -> None:
    plan.does("pam", reassessing.ask, plan.plan, received_on=NOW, reasons="Her needs have changed.")
    plan.does(
        "olli",
        reassessing.decide,
        plan.plan,
        decision="refuse",
        refusal="unnecessary",
        reasons="Her needs are as the plan has them.",
        decided_on=NOW,
    )
    case = opened(plan, hold(plan, REASSESSING, NOW))
    assert facts(case)["Decision"] == "Not to assess again"
    assert ("Reasons of the decision", "Her needs are as the plan has them.") in case.subject.said
    assert "regulation 25(1)" in {one.source.partition(",")[0] for one in case.questions}


def test_a_decision_to_cease_is_drawn_with_its_ground_and_its_answers(plan: Upkeep) -> None:
    plan.considered()
    plan.does("olli", ceasing.decide, plan.plan, decided_on=NOW, reasons="The outcomes are reached.")
    case = opened(plan, hold(plan, CEASING, NOW))
    assert facts(case)["The family answered"] == "2 November 2026"
    assert ("What the school said", "Nothing against it.") in case.subject.said
    assert "regulation 31(1) and (2)" in {one.source.partition(",")[0] for one in case.questions}


def test_a_finding_about_a_review_keeps_the_review_as_it_was(plan: Upkeep) -> None:
    review_id = plan.to_decide()
    plan.decided(review_id, "amend")
    audit_id = hold(plan, REVIEWS, MEETING)
    case = opened(plan, audit_id)
    first = case.items[0]
    said = {one.name: Answer("met", first.code) for one in case.questions}
    with on(LATER), plan.cast.acting("otis") as unit:
        actions.save_findings(unit, audit_id, case.row.id, said, finish=True)
    plan.does(
        "olli",
        amending.send_notice,
        review_id,
        SENT,
        notice_on=SENT,
        changes="Section F: three sessions a week.",
    )
    after = opened(plan, audit_id)
    assert after.mine["review_report"].row.digest == first.digest
    assert after.items[0].digest != first.digest


def test_a_finding_about_a_version_of_the_plan_names_that_one_when_another_has_followed(plan: Upkeep) -> None:
    with on(NOW), plan.cast.acting("olli") as unit:
        contents.open_content(unit, plan.plan, ready_content())
    publish(plan, Sort.FINAL, NOW)
    audit_id = hold(plan, FINAL_PLANS, MADE)
    case = opened(plan, audit_id)
    version = case.items[0]
    assert (version.type, version.label) == ("ehc_plan", "Version 1 of the EHC plan")
    with on(LATER), plan.cast.acting("otis") as unit:
        actions.save_findings(
            unit, audit_id, case.row.id, {"plan_specified": Answer("not_met", version.code)}, finish=False
        )
    with on(LATER), plan.cast.acting("olli") as unit:
        contents.start_draft(unit, plan.plan)
        opened_draft = contents.open_draft(unit, plan.plan)
        changes = changes_between(opened_draft.draft.content, ready_content())
        saved = saves.save(unit, opened_draft.draft, opened_draft.draft.revision, changes)
        contents.remember_save(unit, opened_draft.row, opened_draft.decision, saved)
    publish(plan, Sort.AMENDED, LATER)
    after = opened(plan, audit_id)
    assert [one.label for one in after.items[:2]] == [
        "Version 2 of the EHC plan",
        "Version 1 of the EHC plan",
    ]
    found = after.mine["plan_specified"].row
    assert (found.object_id, found.digest) == (version.id, version.digest)


def test_a_case_of_a_plan_is_open_to_the_two_alone_and_shuts_with_the_audit(plan: Upkeep) -> None:
    audit_id = hold(plan, FINAL_PLANS, MADE)
    for name in ("otis", "mara"):
        assert opened(plan, audit_id, name).side
    for name in ("sara", "pam", "olli", "mia", "sid", "nora"):
        with pytest.raises((NotAllowed, NotFound)):
            opened(plan, audit_id, name)
    with pytest.raises(NotFound):
        opened(plan, audit_id, "otis", LATER + actions.OPEN_FOR + timedelta(days=1))
    with on(LATER), plan.cast.acting("mia") as unit:
        actions.close_audit(unit, audit_id)
    with pytest.raises((NotAllowed, NotFound)):
        opened(plan, audit_id)
    ended = plan.trail(Chain.pupil(plan.cast.pupils["ava"]), "tie.ended")
    assert [one.detail["why"] for one in ended] == ["audit_closed", "audit_closed"]


def with_a_version(plan: Upkeep) -> None:
    with on(NOW), plan.cast.acting("olli") as unit:
        contents.open_content(unit, plan.plan, ready_content())
    publish(plan, Sort.FINAL, NOW)


def test_whoever_audits_a_plan_reads_it_for_that_but_its_payments(plan: Upkeep) -> None:
    with_a_version(plan)
    hold(plan, FINAL_PLANS, MADE)
    with on(LATER), plan.cast.looking("otis") as unit:
        sections = ehc_plans.read_version(unit, plan.plan, 1).content["sections"]
    assert {"b", "e", "f", "i"} <= sections.keys()
    assert not {"j", "k"} & sections.keys()
    seen = plan.trail(Chain.pupil(plan.cast.pupils["ava"]), "ehcp.viewed")[-1]
    assert seen.canon["purpose"] == "quality_audit"


def test_whoever_audits_opens_the_versions_from_the_page_of_the_case(plan: Upkeep) -> None:
    with_a_version(plan)
    audit_id = hold(plan, FINAL_PLANS, MADE)
    case = opened(plan, audit_id)
    with on(LATER):
        otis = Browser(create_app(settings(), plan.cast.store))
        otis.sign_in("otis")
        page = otis.get(f"/audits/{audit_id}/cases/{case.row.id}").text
        link = f"/ehc-plans/{plan.plan}/versions/1"
        assert link in page
        assert otis.get(link).status_code == 200
        assert otis.get(f"/ehc-plans/{plan.plan}").status_code == 200


def test_an_auditor_reads_no_draft_writes_nothing_and_reads_nothing_once_the_audit_is_over(
    plan: Upkeep,
) -> None:
    with_a_version(plan)
    audit_id = hold(plan, FINAL_PLANS, MADE)
    with on(LATER), plan.cast.acting("olli") as unit:
        contents.start_draft(unit, plan.plan)
    with pytest.raises((NotAllowed, NotFound)), on(LATER), plan.cast.acting("otis") as unit:
        contents.open_draft(unit, plan.plan)
    with pytest.raises((NotAllowed, NotFound)), on(LATER), plan.cast.looking("otis") as unit:
        ehc_plans.for_paper(unit, plan.plan, 1, "pdf", large=False, purpose="inspection")
    with on(LATER), plan.cast.acting("mia") as unit:
        actions.close_audit(unit, audit_id)
    with pytest.raises((NotAllowed, NotFound)), on(LATER), plan.cast.looking("otis") as unit:
        ehc_plans.read_version(unit, plan.plan, 1)


def test_an_auditor_of_another_case_does_not_come_to_the_plan(plan: Upkeep) -> None:
    with_a_version(plan)
    with on(LATER), plan.cast.making() as unit:
        ties.open_tie(
            unit,
            plan.cast.pupils["ava"],
            AUDIT,
            LATER,
            organisation_id=plan.cast.places["northshire"],
            person_id=plan.cast.people["otis"],
            source_id=uuid4(),
            words={"evidence": "Drawn for another audit"},
        )
    with pytest.raises(NotFound), on(LATER), plan.cast.looking("otis") as unit:
        ehc_plans.read_version(unit, plan.plan, 1)


def test_two_audits_of_one_plan_leave_it_open_until_the_second_closes(plan: Upkeep) -> None:
    plan.to_decide()
    first, second = hold(plan, FINAL_PLANS, MADE), hold(plan, REVIEWS, MEETING)
    with on(LATER), plan.cast.acting("mia") as unit:
        actions.close_audit(unit, first)
    assert opened(plan, second).side == "auditor"


def test_a_plan_is_not_drawn_for_its_own_officer(plan: Upkeep) -> None:
    with pytest.raises(Conflict):
        hold(plan, FINAL_PLANS, MADE, auditor_id="olli")
    with pytest.raises(Invalid):
        hold(plan, FINAL_PLANS, MADE, auditor_id="sid")


def test_a_plan_that_went_to_another_authority_is_not_drawn_here(plan: Upkeep) -> None:
    with plan.cast.making() as unit:
        unit.connection.execute(
            update(doors.PLANS)
            .where(doors.PLANS.c.id == plan.plan)
            .values(authority_id=plan.cast.places["southshire"])
        )
    for kind in (FINAL_PLANS, REVIEWS, AMENDMENTS, REASSESSING, CEASING):
        with pytest.raises(Conflict):
            hold(plan, kind, MADE, MADE + timedelta(days=1))


def test_every_kind_is_asked_under_its_own_regulations() -> None:
    wanted = {
        FINAL_PLANS: ("regulation 12", "regulation 13"),
        REVIEWS: ("regulation 18", "regulation 20", "21"),
        AMENDMENTS: ("regulation 22", "28"),
        REASSESSING: ("regulation 24", "regulation 25", "regulation 26", "regulation 27"),
        CEASING: ("regulation 31", "29", "section 45"),
    }
    for kind, sources in wanted.items():
        cited = " ".join(one.source for one in checklists().on(NOW).about(kind))
        assert all(one in cited for one in sources), kind
    assert set(wanted) | {"decisions", "assessments"} == set(KINDS)


def test_the_page_says_how_to_draw_the_sample_again_and_what_came_of_it_today(plan: Upkeep) -> None:
    audit_id = hold(plan, FINAL_PLANS, MADE)
    with on(LATER):
        mia = Browser(create_app(settings(), plan.cast.store))
        mia.sign_in("mia")
        page = mia.get(f"/audits/{audit_id}").text
        assert "SHA-256 of that for each case of the list" in page
        assert "Drawn again just now from the same list: the same cases." in page
        assert plan.plan_row().reference in page
        with plan.cast.making() as unit:
            unit.connection.execute(
                update(doors.PLANS)
                .where(doors.PLANS.c.id == plan.plan)
                .values(officer_id=plan.cast.people["otis"])
            )
        assert (
            "The list has changed since: the record holds 0 such cases now"
            in mia.get(f"/audits/{audit_id}").text
        )


def test_the_page_of_a_case_shows_its_days_and_takes_its_answers(plan: Upkeep) -> None:
    review_id = plan.to_decide()
    plan.decided(review_id, "maintain")
    audit_id = hold(plan, REVIEWS, MEETING)
    case = opened(plan, audit_id)
    address = f"/audits/{audit_id}/cases/{case.row.id}"
    with on(LATER):
        otis = Browser(create_app(settings(), plan.cast.store))
        otis.sign_in("otis")
        page = otis.get(address)
        assert "Were all whom the law names invited" in page.text
        assert "23 November 2026" in page.text
        names = [one.name for one in case.questions]
        full = {f"{name}-answer": "met" for name in names}
        full |= {f"{name}-about": case.items[0].code for name in names}
        assert otis.post(address, {**full, "finish": "yes"}).status_code == 303
        assert "Auditor: <strong>Met" in otis.get(address).text
