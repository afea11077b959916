"""What the law wants at once, beside what is next: it stands in the tray with its day, and a deed ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp import create_app
from isp.ehcp import checks
from isp.escalations import ages, alongside, disputing, keeping, naming
from isp.escalations.deadlines import Act
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.duty import NO_DAY
from isp.escalations.models import PlanDuty
from isp.escalations.naming import Named
from isp.escalations.upkeep import ceasing, orders, placing
from isp.escalations.upkeep.placing import MAIN
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.workdays import add_working_days
from isp.register import pupils
from isp.register.models import Pupil
from tests.escalations.assessed import DAY, DECIDED_ON, ISSUED_ON, Assessed, elmfield
from tests.escalations.letter_world import begin, serve, settle_contacts
from tests.escalations.test_due_beside import BEGUN, begun, days_pass, listed, no_plan, told
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings

# -- a request is considered -------------------------------------------------------------------------------


def test_those_concerned_are_told_at_once_that_a_request_is_considered(affair: Affair) -> None:
    case = affair.request()
    row = listed(affair.cast, "olli", RECEIVED)["to_tell"]
    assert told(row, RECEIVED) == (RECEIVED, "authority")
    assert (row.act, row.case_id, row.officer_id) == ("consult", case, affair.person("olli"))
    assert row.subject_id == alongside.row_id(case, Act.CONSULT)


def test_the_service_of_the_notice_ends_that(affair: Affair) -> None:
    case = affair.request()
    settle_contacts(affair)
    serve(affair, begin(affair, case, "considering"))
    assert set(listed(affair.cast, "olli", RECEIVED)) == {"deciding"}


def test_the_decision_ends_it_too_since_it_tells_them(affair: Affair) -> None:
    affair.decide(affair.request())
    assert "to_tell" not in listed(affair.cast, "olli", RECEIVED)


def test_what_nothing_has_on_record_the_job_keeps_once(affair: Affair) -> None:
    affair.request()
    with affair.cast.making() as unit:
        unit.connection.execute(keeping.DUTIES.delete().where(keeping.DUTIES.c.subject == "notice"))
    days_pass(affair.cast, RECEIVED)
    assert "to_tell" in listed(affair.cast, "olli", RECEIVED)


# -- mediation ---------------------------------------------------------------------------------------------


def asked(case: Assessed, **wish: Any) -> UUID:
    with on(BEGUN), case.cast.acting("pam") as unit:
        return disputing.open_dispute(unit, case.id, Kind.MEDIATION, About.ISSUE, BEGUN, **wish)


def test_where_no_mediation_is_wanted_the_adviser_has_three_working_days(affair: Affair) -> None:
    case = no_plan(affair)
    dispute = asked(case, wanted=False)
    row = listed(case.cast, "olli", BEGUN)["mediation_unwanted"]
    assert told(row, BEGUN) == (add_working_days(BEGUN, 3), "mediator")
    assert row.act == "certificate_unwanted"
    with pytest.raises(Conflict, match="No mediation was"), on(BEGUN), case.cast.acting("olli") as unit:
        disputing.held(unit, case.id, dispute, BEGUN)
    with on(BEGUN), case.cast.acting("pam") as unit:
        disputing.certificate(unit, case.id, dispute, BEGUN)
    assert "mediation_unwanted" not in listed(case.cast, "olli", BEGUN)


def test_after_thirty_days_without_it_the_adviser_gives_the_certificate(affair: Affair) -> None:
    case = no_plan(affair)
    begun(case, Kind.MEDIATION, About.ISSUE, BEGUN)
    row = listed(case.cast, "olli", BEGUN)["mediation"]
    last = BEGUN + 30 * DAY
    assert row.turns_on == last + DAY
    days_pass(case.cast, last + DAY)
    row = listed(case.cast, "olli", last + DAY)["mediation_not_held"]
    assert told(row, last + DAY) == (add_working_days(last, 3), "mediator")
    assert row.act == "certificate_not_held"


def test_the_health_body_is_told_within_three_working_days_what_is_mediated(affair: Affair) -> None:
    case = no_plan(affair)
    dispute = asked(case, wanted=True, health=True)
    there = listed(case.cast, "olli", BEGUN)
    assert {"mediation", "mediation_health"} <= set(there)
    row = there["mediation_health"]
    assert told(row, BEGUN) == (add_working_days(BEGUN, 3), "authority")
    assert (row.act, row.case_id) == ("tell_health", case.id)
    with on(BEGUN), case.cast.acting("olli") as unit:
        disputing.health_told(unit, case.id, dispute, BEGUN)
    assert "mediation_health" not in listed(case.cast, "olli", BEGUN)
    assert affair.on_pupil("case.step")[-1].detail["code"] == "mediation_health_told"
    with pytest.raises(Conflict, match="on record already"), on(BEGUN), case.cast.acting("olli") as unit:
        disputing.health_told(unit, case.id, dispute, BEGUN)


def test_telling_the_health_body_is_the_authoritys_and_not_before_it_was_asked(affair: Affair) -> None:
    case = no_plan(affair)
    dispute = asked(case, health=True)
    for who, error in (("pam", NotAllowed), ("sid", NotFound)):
        with pytest.raises(error), on(BEGUN), case.cast.acting(who) as unit:
            disputing.health_told(unit, case.id, dispute, BEGUN)
    for day in (BEGUN - DAY, BEGUN + DAY):
        with pytest.raises(Invalid), on(BEGUN), case.cast.acting("olli") as unit:
            disputing.health_told(unit, case.id, dispute, day)
    with pytest.raises(Conflict), on(BEGUN), case.cast.acting("olli") as unit:
        disputing.health_told(unit, case.id, dispute, BEGUN, shown=9)


def test_a_mediation_that_is_not_about_health_has_nobody_to_tell(affair: Affair) -> None:
    case = no_plan(affair)
    dispute = asked(case)
    with pytest.raises(Conflict, match="nobody to tell"), on(BEGUN), case.cast.acting("olli") as unit:
        disputing.health_told(unit, case.id, dispute, BEGUN)


@pytest.mark.parametrize(
    ("kind", "wish", "field"),
    [
        (Kind.APPEAL, {"wanted": False}, "wanted"),
        (Kind.APPEAL, {"health": True}, "wanted"),
        (Kind.MEDIATION, {"wanted": False, "health": True}, "health"),
    ],
)
def test_what_is_wanted_of_the_adviser_holds_together(
    affair: Affair, kind: Kind, wish: dict[str, Any], field: str
) -> None:
    case = no_plan(affair)
    with pytest.raises(Invalid) as failure, on(BEGUN), case.cast.acting("pam") as unit:
        disputing.open_dispute(unit, case.id, kind, About.ISSUE, BEGUN, **wish)
    assert field in failure.value.errors


# -- a final plan ------------------------------------------------------------------------------------------


def final(affair: Affair, school: str) -> Assessed:
    case = Assessed(affair)
    case.decide()
    case.write(DECIDED_ON, **({"i": elmfield()} if school == "elmfield" else {}))
    case.send()
    case.issue(named=Named(school_id=case.cast.places[school]))
    return case


def test_the_school_that_a_plan_names_admits_the_child_on_its_day(affair: Affair) -> None:
    case = final(affair, "elmfield")
    row = listed(case.cast, "olli", ISSUED_ON)["to_admit"]
    assert told(row, ISSUED_ON) == (ISSUED_ON, "school")
    assert (row.act, row.plan_id) == ("admit", case.plan.id)
    plan_id = case.plan.id
    with on(ISSUED_ON), case.cast.acting("olli") as unit:
        (named,) = [one.id for one in naming.of_plan(unit, plan_id) if one.named]
        placing.start(unit, plan_id, setting=str(named), other=Named(), on=ISSUED_ON, rank=MAIN)
    assert "to_admit" not in listed(case.cast, "olli", ISSUED_ON)


def test_a_child_who_is_there_already_is_not_to_be_admitted(affair: Affair) -> None:
    case = final(affair, "oakfield")
    assert "to_admit" not in listed(case.cast, "olli", ISSUED_ON)


def one_check(case: Assessed) -> Any:
    plan_id = case.plan.id
    with case.cast.making() as unit:
        (row,) = checks.open_of(unit, [plan_id])
    return row


def found(case: Assessed, finding: str, day: date) -> UUID:
    """Every entry of section F is looked at, by the school, in the check that the plan's making asked for."""
    check = one_check(case)
    plan_id = case.plan.id
    with on(day), case.cast.acting("sara") as unit:
        promises = checks.overview(unit, plan_id).promises
        for one in promises:
            checks.record_finding(unit, check.id, one.item_id, finding, None, "Seen in the timetable.")
    return UUID(str(check.id))


def test_what_section_f_says_is_to_be_seen_in_place_after_the_plan_is_made(affair: Affair) -> None:
    case = final(affair, "oakfield")
    row = listed(case.cast, "olli", ISSUED_ON)["to_secure"]
    assert told(row, ISSUED_ON) == (one_check(case).due_on, "authority")
    assert row.act == "secure"
    check = found(case, "in_place", ISSUED_ON)
    with on(ISSUED_ON), case.cast.acting("sara") as unit:
        checks.close_check(unit, check)
    assert not {"to_secure", "provision_owed"} & set(listed(case.cast, "olli", ISSUED_ON))


def test_provision_that_is_not_given_is_late_since_the_plan_was_made_until_it_is(affair: Affair) -> None:
    case = final(affair, "oakfield")
    later = ISSUED_ON + 10 * DAY
    check = found(case, "partly", later)
    row = listed(case.cast, "olli", later)["provision_owed"]
    assert told(row, later) == (ISSUED_ON, "authority")
    with on(later), case.cast.acting("sara") as unit:
        checks.close_check(unit, check)
    assert "provision_owed" in listed(case.cast, "olli", later)
    plan_id = case.plan.id
    with on(later), case.cast.acting("sara") as unit:
        checks.raise_check(unit, plan_id, "setting")
    found(case, "in_place", later)
    assert "provision_owed" not in listed(case.cast, "olli", later)


# -- the Tribunal orders that a plan ceases ----------------------------------------------------------------


def ordered_to_cease(upkeep: Upkeep, day: date) -> UUID:
    upkeep.considered()
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="The outcomes are reached.")
    with on(NOW), upkeep.cast.acting("olli") as unit:
        dispute = disputing.open_dispute(unit, upkeep.plan, Kind.APPEAL, About.CEASE, NOW)
    with on(day), upkeep.cast.acting("olli") as unit:
        disputing.close(unit, upkeep.plan, dispute, Result.CEASE, day)
    return dispute


def test_a_plan_that_the_tribunal_orders_to_cease_ceases_at_once(upkeep: Upkeep) -> None:
    day = NOW + 30 * DAY
    dispute = ordered_to_cease(upkeep, day)
    there = listed(upkeep.cast, "olli", day)
    assert (told(there["ordered"], day), there["ordered"].act) == ((day, "authority"), "order_cease")
    assert told(there["ceasing_over"], day) == (NO_DAY, "authority"), "nobody waits for an appeal any more"
    with pytest.raises(Conflict, match="Record its end"), on(day), upkeep.cast.acting("olli") as unit:
        disputing.order_done(unit, upkeep.plan, dispute, day)
    end = day + 3 * DAY
    upkeep.does("olli", ceasing.end, upkeep.plan, end, on=end)
    with upkeep.cast.making() as unit:
        owed = unit.connection.execute(select(table_of(PlanDuty))).one()
    assert (owed.done_on, owed.days_late, upkeep.plan_row().state) == (end, 3, "ended")


def test_such_an_order_needs_a_decision_that_the_plan_ceases(upkeep: Upkeep) -> None:
    with pytest.raises(Conflict, match="not been decided"):
        upkeep.does("olli", orders.record_order, upkeep.plan, act="order_cease", on=NOW)


# -- the end by age ----------------------------------------------------------------------------------------


def born(upkeep: Upkeep, day: str) -> date:
    """Ava was born on this day; gives it."""
    with upkeep.cast.making() as unit:
        row = next(iter(pupils.rows_of(unit, [upkeep.cast.pupils["ava"]])))
        details = replace(pupils.open_row(unit, row), born_on=date.fromisoformat(day))
        sealed = pupils.seal(unit, row.id, row.row_version, details)
        unit.change(Pupil, {"id": row.id}, sealed=sealed)
        keeping.keep(unit, row.id, upkeep.cast.places["northshire"])
    return date.fromisoformat(day)


def test_the_end_by_age_is_due_from_the_first_day_of_its_academic_year(upkeep: Upkeep) -> None:
    birthday = ages.turns_last(born(upkeep, "2002-05-14"))
    assert birthday == date(2027, 5, 14)
    row = listed(upkeep.cast, "olli", NOW)["ends_by_age"]
    assert told(row, NOW) == (date(2027, 7, 31), "authority")
    assert (row.act, row.plan_id) == ("age", upkeep.plan)


def test_before_that_year_it_is_not_due_and_comes_by_itself(upkeep: Upkeep) -> None:
    born(upkeep, "2003-05-14")
    there = listed(upkeep.cast, "olli", NOW)
    assert "ends_by_age" not in there
    first = date(2027, 8, 1)
    assert there["in_force"].turns_on == first
    days_pass(upkeep.cast, first)
    assert listed(upkeep.cast, "olli", first)["ends_by_age"].due_on == date(2028, 7, 31)


def considered_for_age(upkeep: Upkeep) -> None:
    upkeep.considered("1")
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="25 this year.")


def test_an_end_by_age_is_not_considered_before_its_academic_year(upkeep: Upkeep) -> None:
    born(upkeep, "2002-08-02")
    with pytest.raises(Invalid) as failure:
        upkeep.considered("1")
    assert "1 August 2027" in failure.value.errors["reason"]
    assert "31 July 2028" in failure.value.errors["reason"]


def test_a_plan_does_not_end_for_age_before_the_twenty_fifth_birthday(upkeep: Upkeep) -> None:
    born(upkeep, "2002-05-14")
    considered_for_age(upkeep)
    early = date(2027, 5, 13)
    with pytest.raises(Invalid) as failure:
        upkeep.does("olli", ceasing.end, upkeep.plan, early, on=early)
    assert "14 May 2027" in failure.value.errors["on"]
    assert "31 July 2027" in failure.value.errors["on"]
    day = date(2027, 7, 31)
    upkeep.does("olli", ceasing.end, upkeep.plan, day, on=day)
    assert (upkeep.plan_row().ended_on, upkeep.plan_row().ended_reason) == (day, "1")


def test_the_page_offers_the_end_of_the_academic_year_once_it_has_come(upkeep: Upkeep) -> None:
    born(upkeep, "2002-05-14")
    considered_for_age(upkeep)
    for day, offered in ((date(2027, 6, 1), date(2027, 6, 1)), (date(2027, 8, 20), date(2027, 7, 31))):
        with on(day):
            olli = Browser(create_app(settings(), upkeep.cast.store), f"192.0.2.{day.month}")
            olli.sign_in("olli")
            page = olli.get(f"/ehc-plans/{upkeep.plan}/reviews").text
            assert "31 July 2027" in page
            form = olli.get(f"/ehc-plans/{upkeep.plan}/end").text
        for part in (offered.day, offered.month, offered.year):
            assert f'value="{part}"' in form


def test_paid_work_is_a_ground_from_sixteen_on(upkeep: Upkeep) -> None:
    born(upkeep, "2009-05-14")
    upkeep.considered("4")


def test_under_another_reason_it_ends_whatever_the_age(upkeep: Upkeep) -> None:
    born(upkeep, "2002-05-14")
    upkeep.considered("3")
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="At a university.")
    day = date(2027, 2, 1)
    upkeep.does("olli", ceasing.end, upkeep.plan, day, on=day)
    assert upkeep.plan_row().state == "ended"
    assert timedelta(0) < day - NOW
