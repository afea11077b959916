"""An EHC plan made elsewhere comes in for a child whose case nobody has, and is one like any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from isp.access.policy import Permission
from isp.audit import Chain
from isp.documents.intake import take_in
from isp.documents.models import Document
from isp.ehcp import bringing, checks, queries
from isp.ehcp.bringing import Brought
from isp.ehcp.models import PlanSetting, StatutoryPlan
from isp.ehcp.steps import StepCode, steps_of
from isp.escalations import deadlines, disputed, disputing, entering_plans, filing, subjects
from isp.escalations.deadlines import Act
from isp.escalations.disputes import About, Kind
from isp.escalations.entering_plans import Again, PlanEntry, PlanWhere
from isp.escalations.letters import queries as letters
from isp.escalations.upkeep import doors, orders, reassessing, reviewing, transferring
from isp.escalations.upkeep import queries as upkeep
from isp.escalations.work_models import CaseDuty
from isp.exchange import record_out
from isp.exchange.sen2.years import years
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from isp.people.models import Organisation
from isp.register import pupils
from isp.register.content import Details
from isp.register.models import Pupil
from tests.escalations.test_entering import day
from tests.escalations.test_filing import BORN, CAME
from tests.escalations.test_pages import Town
from tests.escalations.world import RECEIVED, Affair, on

TODAY = RECEIVED
FIRST, MADE, REVIEWED = date(2024, 2, 5), date(2025, 4, 14), date(2026, 3, 2)
PLAN = Brought(
    MADE,
    FIRST,
    REVIEWED,
    "",
    "Ava finds reading hard.\n\nAva tires quickly.",
    "Ava reads a page.",
    "Reading with a teacher, 30 minutes each day.",
    "S1",
    how="CaseBook, reference 4471",
)
ASKED = Again("parent", date(2026, 10, 5), "Much has changed.")
ZOE = Details("Zoe", "Newcomer", date(2016, 2, 3))


def entry(details: Details | None = None, again: Again | None = None, **more: Any) -> PlanEntry:
    where = PlanWhere.IN_FORCE
    if again is not None:
        where = PlanWhere.REASSESSING if again.agreed_on else PlanWhere.ASKED
    return PlanEntry(
        details or CAME.details, "Her case moves to this service", replace(PLAN, **more), where, again
    )


def bring(
    affair: Affair,
    made: PlanEntry | None = None,
    by: str = "olli",
    *,
    place: str = "northshire",
    is_new: bool = False,
) -> UUID:
    taken = take_in(BytesIO(b"The plan as it was made there\n"), "plan.txt", 1000)
    with on(TODAY), affair.cast.acting(by) as unit:
        return entering_plans.enter_plan(
            unit, affair.cast.places[place], made or entry(), taken, is_new=is_new
        )


def row_of(affair: Affair, plan_id: UUID) -> Any:
    table = table_of(StatutoryPlan)
    with affair.cast.making() as unit:
        return unit.connection.execute(select(table).where(table.c.id == plan_id)).one()


def duties(affair: Affair) -> list[Any]:
    with affair.cast.making() as unit:
        return list(unit.connection.execute(select(table_of(CaseDuty))))


def sees(affair: Affair, plan_id: UUID, by: str, to_day: date = TODAY) -> str:
    try:
        with on(to_day), affair.cast.looking(by) as unit:
            queries.read_version(unit, plan_id)
    except DomainError as failure:
        return type(failure).__name__
    return "yes"


def wrong(made: PlanEntry, affair: Affair) -> dict[str, str]:
    with on(TODAY), affair.cast.acting("olli") as unit:
        with pytest.raises(Invalid) as refused:
            entering_plans.look_up(unit, affair.cast.places["northshire"], made)
        return refused.value.errors


# -- it works ----------------------------------------------------------------------------------------------


def test_it_is_in_force_with_its_own_days_and_its_next_review_follows(affair: Affair) -> None:
    plan_id = bring(affair)
    row = row_of(affair, plan_id)
    assert (row.state, row.origin, row.officer_id) == ("in_force", "elsewhere", affair.person("olli"))
    assert (row.first_made_on, row.made_on, row.last_review_on) == (FIRST, MADE, REVIEWED)
    due = deadlines.due(Act.REVIEW, REVIEWED).on
    assert row.review_due_on == due
    kept = {one.subject: one for one in duties(affair)}
    assert sorted(kept) == ["plan", "provision"]  # its review, and whether what section F says is there
    plan = kept["plan"]
    assert (plan.subject_id, plan.stage, plan.due_on) == (plan_id, "in_force", due)
    assert (plan.officer_id, plan.case_id) == (affair.person("olli"), None)


def test_each_day_is_a_step_recorded_now_and_it_was_brought_in_today(affair: Affair) -> None:
    plan_id = bring(affair)
    with affair.cast.making() as unit:
        found = steps_of(unit, affair.ava, affair.cast.places["northshire"], subject_id=plan_id)
    assert [(one.code, one.on) for one in found] == [
        (StepCode.FINAL_ISSUED, FIRST),
        (StepCode.AMENDED, MADE),
        (StepCode.PLAN_ENTERED, TODAY),
    ]
    assert found[-1].words == {"said": "CaseBook, reference 4471"}
    assert {one.recorded_at.date() for one in found} == {TODAY}


def test_its_sections_are_entries_and_its_file_is_read_by_whom_its_label_lets(affair: Affair) -> None:
    plan_id = bring(affair)
    with on(TODAY), affair.cast.looking("olli") as unit:
        reading = queries.read_version(unit, plan_id)
    sections = reading.content["sections"]
    assert [len(sections[one]["items"]) for one in ("b", "e", "f")] == [2, 1, 1]
    with affair.cast.making() as unit:
        (document,) = unit.connection.execute(select(table_of(Document)))
    assert (document.pupil_id, document.kind) == (affair.ava, "old_plan")
    olli = Town(affair)
    with on(TODAY):
        for name, status in (("olli", 200), ("sara", 200), ("pam", 200), ("sid", 404), ("nora", 404)):
            page = f"/documents/{document.id}/versions/1/file"
            assert olli.signed_in(name).get(page).status_code == status, name


def test_the_authority_the_school_and_the_family_see_the_plan_and_nobody_else(affair: Affair) -> None:
    plan_id = bring(affair)
    for name in ("olli", "mia", "sara", "pam"):
        assert sees(affair, plan_id, name) == "yes", name
    for name in ("otis", "sid", "stan", "nora"):
        assert sees(affair, plan_id, name) == "NotFound", name


def test_nothing_of_the_schools_record_is_released_by_it(affair: Affair) -> None:
    bring(affair)
    assert affair.reads("olli", 2) in ("NotFound", "NotAllowed")
    assert affair.reads("mia", 2) in ("NotFound", "NotAllowed")


def test_it_is_reviewed_and_checked_like_any_other(affair: Affair) -> None:
    plan_id = bring(affair)
    with on(TODAY), affair.cast.acting("sara") as unit:
        review_id = reviewing.open_review(unit, plan_id)
    with affair.cast.making() as unit:
        review = unit.connection.execute(select(doors.REVIEWS).where(doors.REVIEWS.c.id == review_id)).one()
        (check,) = unit.connection.execute(select(checks.CHECKS).where(checks.CHECKS.c.plan_id == plan_id))
    assert review.due_on == deadlines.due(Act.REVIEW, REVIEWED).on
    assert (check.occasion, check.state, check.school_id) == ("issue", "open", affair.cast.places["oakfield"])
    with on(TODAY), affair.cast.acting("sara") as unit:
        items = {one.item_id for one in checks.overview(unit, plan_id).promises}
        for item in items:
            checks.record_finding(unit, check.id, item, "in_place", TODAY, "The timetable shows it.")
        checks.close_check(unit, check.id)
    with affair.cast.making() as unit:
        c = checks.CHECKS.c
        query = select(c.occasion).where(c.plan_id == plan_id, c.state == "open")
        assert unit.connection.scalar(query) == "yearly"


def test_a_child_who_is_put_on_record_with_it_changes_phase_by_age(affair: Affair) -> None:
    year_six = Details("Zoe", "Newcomer", date(2016, 2, 3))
    plan_id = bring(affair, entry(year_six), is_new=True)
    row = row_of(affair, plan_id)
    with affair.cast.making() as unit:
        found = unit.connection.execute(select(table_of(Pupil)).where(Pupil.id == row.pupil_id)).one()
        assert pupils.name(unit, row.pupil_id).full == "Zoe Newcomer"
    assert (found.sen_status, found.year_group) == ("E", "6")
    with on(TODAY), affair.cast.looking("olli") as unit:
        standing = upkeep.read_plan(unit, plan_id)
    assert standing.phase == ("other", 2027)
    assert standing.phase_due is not None
    assert standing.phase_due.on == date(2027, 2, 14)


def test_no_letter_is_owed_for_what_was_served_from_there(affair: Affair) -> None:
    plan_id = bring(affair)
    with on(TODAY), affair.cast.looking("olli") as unit:
        file, _ = subjects.allowed(unit, plan_id, Permission.ASSESSMENT_READ)
        assert letters.owed(unit, file) == []


def test_the_family_the_school_and_the_manager_are_told(affair: Affair) -> None:
    bring(affair)
    with on(TODAY):
        for name, told in (("pam", True), ("sara", True), ("mia", True), ("stan", False), ("otis", False)):
            page = Town(affair).signed_in(name).get("/messages").text
            assert ("Something has happened with" in page) is told, name


def test_the_trail_says_what_came_from_where_and_the_authoritys_chain_nothing_of_the_child(
    affair: Affair,
) -> None:
    bring(affair)
    (told,) = affair.on_pupil("ehc_plan.entered")
    assert told.detail == {"stage": "in_force", "made_on": MADE.isoformat()}
    assert told.payload is not None
    assert told.payload["from"] == "CaseBook, reference 4471"
    assert told.payload["days"] == {
        "first_made_on": FIRST.isoformat(),
        "made_on": MADE.isoformat(),
        "last_review_on": REVIEWED.isoformat(),
    }
    (theirs,) = affair.on_authority("ehc_plan.entered")
    assert not theirs.payload
    assert len(affair.on_pupil("ehcp.brought_in")) == 1
    assert len(affair.on_pupil("document.added")) == 1


def test_whoever_looks_is_in_the_trail_with_the_reason(affair: Affair) -> None:
    with on(TODAY), affair.cast.acting("olli") as unit:
        assert entering_plans.look_up(unit, affair.cast.places["northshire"], entry())
    (told,) = affair.on_pupil("authority.child_sought")
    assert told.payload == {"reason": "Her case moves to this service"}


# -- from another authority --------------------------------------------------------------------------------

CAME_ON = date(2026, 10, 12)


@pytest.mark.parametrize("code", ["202", "301"])
def test_a_plan_of_another_authority_is_due_for_review_as_after_a_transfer(affair: Affair, code: str) -> None:
    reviewed = date(2025, 11, 3)
    plan_id = bring(affair, entry(from_authority=code, transferred_on=CAME_ON, last_review_on=reviewed))
    row = row_of(affair, plan_id)
    assert (row.origin, row.from_authority, row.transferred_on) == ("transferred", code, CAME_ON)
    assert row.review_due_on == deadlines.review_after_transfer_due(CAME_ON, reviewed).on
    with on(TODAY), affair.cast.looking("olli") as unit:
        standing = upkeep.read_plan(unit, plan_id)
    assert standing.due is not None
    assert standing.due.on == row.review_due_on
    assert standing.to_tell_due == deadlines.due(Act.TELL_AFTER_TRANSFER, CAME_ON)
    with on(TODAY), affair.cast.looking("olli") as unit:
        file, _ = subjects.allowed(unit, plan_id, Permission.ASSESSMENT_READ)
        assert len(letters.owed(unit, file)) == 1, "the new authority tells the family"
    with on(TODAY), affair.cast.acting("olli") as unit:
        transferring.tell_family(
            unit, plan_id, told_on=date(2026, 10, 20), will_assess=False, review_by=row.review_due_on
        )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"from_authority": "202"}, "transferred_on"),
        ({"transferred_on": CAME_ON}, "from_authority"),
        ({"from_authority": "201", "transferred_on": CAME_ON}, "from_authority"),
        ({"from_authority": "999", "transferred_on": CAME_ON}, "from_authority"),
        ({"from_authority": "202", "transferred_on": FIRST - timedelta(days=1)}, "transferred_on"),
        ({"from_authority": "202", "transferred_on": TODAY + timedelta(days=1)}, "transferred_on"),
        ({"made_on": TODAY + timedelta(days=1)}, "made_on"),
        ({"made_on": date(2014, 8, 31), "first_made_on": None, "last_review_on": None}, "made_on"),
        ({"first_made_on": MADE + timedelta(days=1)}, "first_made_on"),
        ({"last_review_on": FIRST - timedelta(days=1)}, "last_review_on"),
        ({"last_review_on": TODAY + timedelta(days=1)}, "last_review_on"),
        ({"needs": " "}, "needs"),
        ({"provision": ""}, "provision"),
        ({"how": " "}, "how"),
        ({"urn": "012345"}, "urn"),
        ({"label": "S9"}, "label"),
    ],
)
def test_what_is_wrong_is_said_beside_its_box(affair: Affair, more: dict[str, Any], field: str) -> None:
    assert set(wrong(entry(**more), affair)) == {field}


def test_a_plan_is_no_older_than_the_child_and_no_adult_is_given_one(affair: Affair) -> None:
    young = replace(CAME.details, born_on=date(2024, 6, 1))
    assert set(wrong(entry(young), affair)) == {"first_made_on"}
    old = replace(CAME.details, born_on=date(1999, 1, 5))
    assert set(wrong(entry(old), affair)) == {"born_on"}


# -- a re-assessment with it -------------------------------------------------------------------------------


def test_a_reassessment_that_was_asked_for_waits_for_its_answer(affair: Affair) -> None:
    plan_id = bring(affair, entry(again=ASKED))
    with on(TODAY), affair.cast.looking("olli") as unit:
        standing = upkeep.read_plan(unit, plan_id)
    assert standing.asked is not None
    assert (standing.asked.received_on, standing.asked.source) == (ASKED.received_on, "parent")
    assert ASKED.received_on is not None
    assert standing.asked_due == deadlines.due(Act.REASSESS, ASKED.received_on)
    assert standing.asked_words["reasons"] == "Much has changed."
    with on(TODAY), affair.cast.acting("olli") as unit:
        reassessing.decide(
            unit, plan_id, decision="agree", refusal=None, reasons="As the advice says.", decided_on=TODAY
        )


def test_a_reassessment_under_way_has_its_fourteen_weeks_from_the_answer(affair: Affair) -> None:
    agreed = date(2026, 10, 22)
    plan_id = bring(affair, entry(again=replace(ASKED, agreed_on=agreed)))
    with affair.cast.making() as unit:
        a = doors.ASSESSMENTS
        made = unit.connection.execute(select(a).where(a.c.plan_id == plan_id)).one()
        asked = unit.connection.execute(select(reassessing.REQUESTS)).one()
        found = steps_of(unit, affair.ava, affair.cast.places["northshire"], subject_id=plan_id)
    assert (made.kind, made.clock_from, made.state, made.decided_by) == (
        "reassessment",
        agreed,
        "advising",
        None,
    )
    assert (asked.state, asked.decided_on, asked.days_late) == ("agreed", agreed, 2)
    assert asked.assessment_id == made.id
    assert [one.on for one in found if one.code is StepCode.REASSESSMENT_ASKED] == [ASKED.received_on]
    assert [one.on for one in found if one.code is StepCode.REASSESSMENT_AGREED] == [agreed]
    due = {one.subject_id: one.due_on for one in duties(affair)}
    assert due[made.id] == deadlines.due(Act.REASSESSED_PLAN, agreed).on


@pytest.mark.parametrize(
    ("again", "field"),
    [
        (Again("parent", None, "Much has changed."), "asked_on"),
        (replace(ASKED, received_on=FIRST - timedelta(days=1)), "asked_on"),
        (replace(ASKED, received_on=TODAY + timedelta(days=1)), "asked_on"),
        (replace(ASKED, source="neighbour"), "source"),
        (replace(ASKED, reasons=""), "reasons"),
        (replace(ASKED, agreed_on=date(2026, 10, 4)), "agreed_on"),
        (replace(ASKED, agreed_on=TODAY + timedelta(days=1)), "agreed_on"),
    ],
)
def test_a_reassessment_is_not_before_its_cause(affair: Affair, again: Again, field: str) -> None:
    assert set(wrong(entry(again=again), affair)) == {field}


def test_the_return_has_it_as_a_plan_that_came_from_the_other_authority(affair: Affair) -> None:
    came = date(2025, 10, 6)
    bring(
        affair,
        entry(from_authority="202", transferred_on=came, last_review_on=date(2025, 3, 3), urn="123456"),
    )
    with on(TODAY), affair.cast.making() as unit:
        authority, year = affair.cast.places["northshire"], years()[2026]
        listed = record_out.pupils_of(unit, authority, year)
        (found,) = (one.person for part in record_out.entries(unit, authority, year, listed) for one in part)
    (asked,) = found.requests
    assert asked.outcome == "H"
    assert asked.plan is not None
    assert (asked.plan.started_on, [one.urn for one in asked.plan.details]) == (MADE, ["123456"])
    assert asked.active is not None
    assert asked.active.transferred_from == "202"


# -- an appeal and an order about it -----------------------------------------------------------------------


def test_an_appeal_about_it_goes_on_here_with_its_past_days(affair: Affair) -> None:
    plan_id, appealed = bring(affair), date(2026, 9, 14)
    with on(TODAY), affair.cast.acting("olli") as unit:
        disputing.open_dispute(unit, plan_id, Kind.APPEAL, About.CONTENT, appealed, date(2026, 7, 20))
    with affair.cast.making() as unit:
        held = unit.connection.execute(select(disputed.DISPUTES)).one()
    assert (held.decision_on, held.asked_on, held.recorded_at.date()) == (date(2026, 7, 20), appealed, TODAY)
    due = {one.stage: one.due_on for one in duties(affair)}
    assert due["appeal_answer"] == deadlines.due(Act.RESPOND, appealed).on
    assert due["in_force"] == deadlines.due(Act.REVIEW, REVIEWED).on


def test_an_order_about_it_has_its_limit_from_its_own_day(affair: Affair) -> None:
    plan_id, ordered = bring(affair), date(2026, 10, 19)
    with on(TODAY), affair.cast.acting("olli") as unit:
        orders.record_order(unit, plan_id, act=Act.ORDER_AMEND.value, on=ordered)
    with on(TODAY), affair.cast.looking("olli") as unit:
        ((owed, _),) = upkeep.read_plan(unit, plan_id).duties
    assert (owed.from_on, owed.due_on) == (ordered, deadlines.due(Act.ORDER_AMEND, ordered).on)
    assert owed.due_on in {one.due_on for one in duties(affair)}


# -- the setting -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("urn", "here"), [("123456", True), ("654321", False)])
def test_the_school_that_it_names_is_known_by_its_urn(affair: Affair, urn: str, here: bool) -> None:
    organisations, settings = table_of(Organisation), table_of(PlanSetting)
    oakfield = affair.cast.places["oakfield"]
    with affair.cast.making() as unit:
        unit.connection.execute(
            update(organisations).where(organisations.c.id == oakfield).values(urn="123456")
        )
    plan_id = bring(affair, entry(urn=urn))
    with affair.cast.making() as unit:
        row = unit.connection.execute(select(settings).where(settings.c.plan_id == plan_id)).one()
    assert (row.named, row.urn, row.school_id) == (True, urn, oakfield if here else None)


# -- refused -----------------------------------------------------------------------------------------------


def test_nobody_is_matched_by_half_a_name_and_no_child_is_made_without_a_word(affair: Affair) -> None:
    with pytest.raises(Invalid) as refused:
        bring(affair, entry(ZOE))
    assert refused.value.message == filing.NOBODY


def test_a_plan_does_not_come_in_twice(affair: Affair) -> None:
    bring(affair)
    with pytest.raises(Conflict, match="on this service already"):
        bring(affair)


def test_a_plan_does_not_come_in_beside_an_open_case(affair: Affair) -> None:
    affair.request()
    with pytest.raises(Conflict, match="is open here"):
        bring(affair)


def test_a_case_comes_in_after_a_refusal_that_is_over(affair: Affair) -> None:
    affair.decide(affair.request())
    assert sees(affair, bring(affair), "olli") == "yes"


@pytest.mark.parametrize("name", ["sara", "pam", "sid", "nora", "hal"])
def test_nobody_outside_the_authoritys_officers_brings_a_plan_in(affair: Affair, name: str) -> None:
    with pytest.raises(DomainError) as refused:
        bring(affair, by=name)
    assert refused.type in (NotFound, NotAllowed)
    with affair.cast.making() as unit:
        assert unit.connection.scalar(select(func.count()).select_from(table_of(StatutoryPlan))) == 0


def test_an_officer_elsewhere_does_not_match_the_child(affair: Affair) -> None:
    with pytest.raises(Invalid) as refused:
        bring(affair, by="sid", place="southshire")
    assert refused.value.message == filing.NOBODY


def test_an_officer_brings_nothing_in_of_her_own_child(affair: Affair) -> None:
    affair.cast.guardian("olli", "ava")
    with pytest.raises(NotAllowed):
        bring(affair)
    assert affair.trail(Chain.pupil(affair.ava), "ehc_plan.entered") == []


# -- by the pages ------------------------------------------------------------------------------------------

SENT = {
    "how": "CaseBook, reference 4471",
    **day("made_on", MADE),
    **day("first_made_on", FIRST),
    **day("last_review_on", REVIEWED),
    "legal_given": "Ava",
    "legal_family": "Planted",
    **day("born_on", BORN),
    "why_looked": "Her case moves to this service",
    "needs": PLAN.needs,
    "outcomes": PLAN.outcomes,
    "provision": PLAN.provision,
    "label": "S1",
}
HERE = "/ehc-plans/enter"


def the_file() -> tuple[BytesIO, str]:
    return BytesIO(b"The plan as it was\n"), "plan.txt"


def test_by_the_pages(affair: Affair) -> None:
    with on(TODAY):
        olli = Town(affair).signed_in("olli")
        stages = olli.get("/cases/enter").text
        assert "An EHC plan is in force" in stages
        assert olli.get("/cases/enter?stage=in_force").location == f"{HERE}?stage=in_force"
        assert "re-assessment asked for" not in olli.get(HERE).text
        missing = olli.post(HERE, {**SENT, "needs": "", "file": the_file()})
        assert missing.status_code == 422
        assert "CaseBook, reference 4471" in missing.text
        assert "choose it again" in missing.text
        assert olli.post(HERE, SENT).status_code == 422, "the file is asked for"
        answer = olli.post(HERE, {**SENT, "file": the_file()})
        assert answer.status_code == 303, answer.text
        page = olli.get(answer.location).text
        assert "Ava tires quickly." in page
        assert olli.get(f"{answer.location}/reviews").status_code == 200
        assert "Ava Planted" in olli.get("/cases").text
        again = olli.post(HERE, {**SENT, "file": the_file()})
        assert again.status_code == 422
        assert "on this service already" in again.text
        history = Town(affair).signed_in("sara").get(f"/pupils/{affair.ava}/history").text
        assert "brought in a case with an EHC plan" in history
        assert Town(affair).signed_in("sid").get(answer.location).status_code == 404
        assert Town(affair).signed_in("pam").get(answer.location).status_code == 200


def test_by_the_pages_with_a_reassessment_and_a_child_who_is_new(affair: Affair) -> None:
    with on(TODAY):
        olli, here = Town(affair).signed_in("olli"), f"{HERE}?stage=reassessing"
        sent = {**SENT, "legal_given": "Zoe", "legal_family": "Newcomer", **day("born_on", ZOE.born_on)}
        sent |= {"source": "parent", "reasons": "Much has changed.", **day("asked_on", date(2026, 10, 5))}
        assert olli.post(here, {**sent, "file": the_file()}).status_code == 422
        sent |= day("agreed_on", date(2026, 10, 19))
        nobody = olli.post(here, {**sent, "file": the_file()})
        assert nobody.status_code == 422
        assert "Nobody was matched" in nobody.text
        answer = olli.post(here, {**sent, "is_new": "true", "file": the_file()})
        assert answer.status_code == 303, answer.text
        assert olli.get(f"{answer.location}/reviews").status_code == 200


@pytest.mark.parametrize("name", ["sara", "pam", "nora"])
def test_others_find_no_such_page(affair: Affair, name: str) -> None:
    browser = Town(affair).signed_in(name)
    assert browser.get(HERE).status_code == 404
    assert browser.post(HERE, SENT).status_code == 404


# -- beside a case that is here already --------------------------------------------------------------------


def test_a_plan_that_came_in_beside_a_case_is_seen_when_the_case_is_over(affair: Affair) -> None:
    request_id = affair.request()
    taken = take_in(BytesIO(b"The plan as it was made there\n"), "plan.txt", 1000)
    with on(TODAY), affair.cast.acting("olli") as unit:
        plan_id = bringing.bring_in(unit, affair.ava, PLAN, taken)
    affair.decide(request_id)
    over = deadlines.appeal_due(TODAY).on + timedelta(days=1)
    assert affair.sees(request_id, "olli", over) == "NotFound"
    assert sees(affair, plan_id, "olli", over) == "yes"
    assert sees(affair, plan_id, "mia", over) == "yes"
    assert sees(affair, plan_id, "otis", over) == "NotFound"
    with on(over):
        (paper,) = documents_of(affair)
        page = f"/documents/{paper}/versions/1/file"
        assert Town(affair).signed_in("olli").get(page).status_code == 200


def documents_of(affair: Affair) -> list[UUID]:
    table = table_of(Document)
    with affair.cast.making() as unit:
        return list(unit.connection.scalars(select(table.c.id).where(table.c.kind == "old_plan")))
