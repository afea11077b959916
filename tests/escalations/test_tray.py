"""Trays: by date, what is out of timescale first, and only what opens; the forecast names nobody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from isp import create_app
from isp.access.models import Restriction, Tie
from isp.ehcp.models import StatutoryPlan
from isp.escalations import actions, duties, excusing, keeping
from isp.escalations.deadlines import Circumstance
from isp.escalations.upkeep import out_of_school
from isp.escalations.work import tray
from isp.escalations.work.tray import Asked
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.ids import new_id
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings
from tests.statements import statements

SIX_WEEKS = RECEIVED + timedelta(weeks=6)
TIES = table_of(Tie)


def listed(
    affair: Affair, by: str, asked: Asked | None = None, day: date = RECEIVED, **more: Any
) -> list[Any]:
    with on(day), affair.cast.looking(by) as unit:
        return list(tray.tray(unit, asked or Asked(), limit=more.pop("limit", 50), **more))


def stored(affair: Affair) -> list[Any]:
    with affair.cast.making() as unit:
        return list(unit.connection.execute(select(keeping.DUTIES)))


def stored_equals_derived(affair: Affair, pupil: UUID) -> bool:
    northshire = affair.cast.places["northshire"]
    with affair.cast.making() as unit:
        rows = unit.connection.execute(select(keeping.DUTIES).where(keeping.DUTIES.c.pupil_id == pupil))
        held = {row.subject_id: {n: getattr(row, n) for n in duties.Duty.__slots__} for row in rows}
        return held == {
            one.subject_id: {n: getattr(one, n) for n in duties.Duty.__slots__}
            for one in keeping.derived(unit, pupil, northshire)
        }


def test_a_request_is_in_its_officers_tray_with_its_date_and_turn(affair: Affair) -> None:
    request_id = affair.considered(affair.request())
    (row,) = listed(affair, "olli")
    assert (row.subject_id, row.due_on, row.turn, row.stage) == (
        request_id,
        SIX_WEEKS,
        "authority",
        "deciding",
    )
    assert listed(affair, "otis") == []


def test_what_is_stored_is_what_follows_from_the_rows_after_each_deed(affair: Affair) -> None:
    request_id = affair.request()
    assert stored_equals_derived(affair, affair.ava)
    with on(RECEIVED), affair.cast.acting("olli") as unit:
        told = Circumstance("circumstances", RECEIVED, RECEIVED)
        excusing.record_circumstance(unit, request_id, told, reason="Ill", evidence="A letter")
    assert stored(affair)[0].due_on == SIX_WEEKS + timedelta(days=0)
    affair.decide(request_id)
    assert stored_equals_derived(affair, affair.ava)
    (row,) = stored(affair)
    assert (row.stage, row.turn) == ("may_appeal", "family")
    affair.appeal(request_id, RECEIVED)
    assert stored_equals_derived(affair, affair.ava)
    with on(RECEIVED), affair.cast.acting("olli") as unit:
        actions.close_appeal(unit, request_id, "dismissed", RECEIVED)
    assert stored(affair) == []


def test_days_left_out_move_the_stored_date(affair: Affair) -> None:
    request_id = affair.request()
    with on(RECEIVED + timedelta(days=9)), affair.cast.acting("olli") as unit:
        told = Circumstance("circumstances", RECEIVED + timedelta(days=1), RECEIVED + timedelta(days=5))
        excusing.record_circumstance(unit, request_id, told, reason="Ill", evidence="A letter")
    (deciding,) = (one for one in stored(affair) if one.subject == "request")
    assert deciding.due_on == SIX_WEEKS + timedelta(days=5)


def test_a_lapsed_time_to_appeal_leaves_the_tray_by_itself(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id)
    until = affair.row(request_id).sight_until
    assert len(listed(affair, "olli", day=until)) == 1
    assert listed(affair, "olli", day=until + timedelta(days=1)) == []


def test_what_was_never_kept_is_kept_by_the_job(affair: Affair) -> None:
    affair.request()
    with affair.cast.making() as unit:
        unit.connection.execute(delete(keeping.DUTIES))
    with affair.cast.making() as unit:
        assert keeping.keep_missing(unit) == 1
    with affair.cast.making() as unit:
        assert keeping.keep_missing(unit) == 0
    assert stored_equals_derived(affair, affair.ava)


def test_filters_narrow_and_keep_the_order(affair: Affair) -> None:
    first = affair.request(pupil="ben", release=[])
    day = RECEIVED + timedelta(days=1)
    second = affair.request(day=day)
    both = [row.subject_id for row in listed(affair, "mia", Asked(everybody=True, subject="request"), day)]
    assert both == [first, second]
    assert listed(affair, "mia", Asked(everybody=True, turn="family"), day) == []
    assert listed(affair, "mia", Asked(everybody=True, stage="advising"), day) == []
    assert len(listed(affair, "mia", Asked(everybody=True, turn="authority", subject="request"), day)) == 2
    late = SIX_WEEKS + timedelta(days=1)
    assert len(listed(affair, "mia", Asked(everybody=True, late=True, subject="request"), late)) == 2
    otis = affair.person("otis")
    theirs = [row.officer_id for row in listed(affair, "mia", Asked(officer_id=otis), day)]
    assert set(theirs) <= {otis}


def test_a_page_goes_on_where_the_one_before_ended(affair: Affair) -> None:
    day = RECEIVED + timedelta(days=1)
    affair.request(pupil="ben", release=[])
    affair.request(day=day)
    everybody = Asked(everybody=True)
    (first,) = listed(affair, "mia", everybody, day, limit=1)
    (second,) = listed(affair, "mia", everybody, day, limit=1, after=(first.due_on, first.id))
    assert first.id != second.id
    (again,) = listed(affair, "mia", everybody, day, limit=1, before=(second.due_on, second.id))
    assert again.id == first.id


def test_a_manager_chooses_whose_cases_she_sees_on_a_page_of_its_own(affair: Affair) -> None:
    affair.request(day=clock.today())
    app = create_app(settings(), affair.cast.store)
    mia, olli, sara = Browser(app), Browser(app, "192.0.2.7"), Browser(app, "192.0.2.8")
    for name, browser in (("mia", mia), ("olli", olli), ("sara", sara)):
        browser.sign_in(name)
    link = f"/cases?officer={affair.person('olli')}"
    assert "/cases/whose" in mia.get("/cases").text
    assert "Otis Example" not in mia.get("/cases").text
    chosen = mia.get("/cases/whose").text
    assert f'href="{link}"' in chosen
    assert "Otis Example" in chosen
    assert str(affair.person("mia")) not in chosen
    page = mia.get(link).text
    assert "Ava Planted" in page
    assert f'value="{affair.person("olli")}" selected' in page
    assert "Otis Example" not in page
    # Somebody who works elsewhere is nobody's colleague here: her own tray, which is empty.
    assert "Ava" not in mia.get(f"/cases?officer={affair.person('sid')}").text
    assert "/cases/whose" not in olli.get("/cases").text
    assert olli.get("/cases/whose").status_code == 403
    assert sara.get("/cases/whose").status_code == 404


def test_an_officer_who_asks_for_everybodys_gets_his_own(affair: Affair) -> None:
    affair.request()
    assert listed(affair, "otis", Asked(everybody=True)) == []


@pytest.mark.parametrize("name", ["sara", "pam", "eve", "nora", "dora"])
def test_others_have_no_tray(affair: Affair, name: str) -> None:
    with pytest.raises(NotFound):
        listed(affair, name)


def test_another_authoritys_people_see_nothing_of_it(affair: Affair) -> None:
    affair.request()
    assert listed(affair, "sid") == []
    with on(SIX_WEEKS), affair.cast.looking("sid") as unit:
        assert tray.forecast(unit, limit=50) == []
        assert tray.forecast_counts(unit) == []


def test_a_closed_record_is_in_nobodys_tray_to_whom_it_is_closed(affair: Affair) -> None:
    affair.request()
    with affair.cast.making() as unit:
        unit.insert(
            Restriction,
            id=new_id(),
            pupil_id=affair.ava,
            person_id=affair.person("olli"),
            kind="no_access",
            review_on=RECEIVED,
            sealed=b"\x00",
            made_at=unit.now,
            made_by=affair.person("leo"),
            lift_asked_by=None,
            lift_asked_at=None,
            lifted_by=None,
            lifted_at=None,
        )
    assert listed(affair, "olli") == []


def plan_in_force(affair: Affair, pupil: str, case_ended: bool = False) -> UUID:
    """A plan of a child's at the authority, sighted from the case tie that came with it."""
    plan_id, northshire, day = new_id(), affair.cast.places["northshire"], clock.today()
    with affair.cast.making() as unit:
        unit.insert(
            StatutoryPlan, id=plan_id, reference=f"PLAN-{pupil}", pupil_id=affair.cast.pupils[pupil],
            authority_id=northshire, officer_id=affair.person("olli"), origin="elsewhere", state="in_force",
            first_made_on=day, made_on=day, review_due_on=day + timedelta(days=20), personal_budget=False,
            organised_arrangements=False, recorded_at=unit.now, row_version=1,
        )  # fmt: skip
    ended = {"ended_at": clock.now()} if case_ended else {}
    affair.cast.tie(pupil, "case", organisation_id=northshire, source_id=plan_id, **ended)
    return plan_id


def close_to(affair: Affair, pupil: str, name: str) -> None:
    """The record of a pupil is closed to one adult."""
    with affair.cast.making() as unit:
        unit.insert(
            Restriction, id=new_id(), pupil_id=affair.cast.pupils[pupil], person_id=affair.person(name),
            kind="no_access", review_on=clock.today(), sealed=b"\x00", made_at=unit.now,
            made_by=affair.person("leo"), lift_asked_by=None, lift_asked_at=None, lifted_by=None,
            lifted_at=None,
        )  # fmt: skip


@pytest.mark.parametrize("hidden", ["closed to her", "her own child", "a case that ended", "never a tie"])
def test_a_manager_who_looks_at_everybodys_sees_no_plan_that_no_tie_of_hers_opens(
    affair: Affair, hidden: str
) -> None:
    cast = affair.cast
    cast.pupil("open", "oakfield")
    cast.pupil("shut", "oakfield")
    opens = plan_in_force(affair, "open")
    plan_in_force(affair, "shut", case_ended=hidden == "a case that ended")
    if hidden == "never a tie":
        with cast.making() as unit:
            unit.connection.execute(delete(TIES).where(TIES.c.pupil_id == cast.pupils["shut"]))
    if hidden == "closed to her":
        close_to(affair, "shut", "mia")
    if hidden == "her own child":
        cast.guardian("mia", "shut")
    with cast.making() as unit:
        assert keeping.keep_missing(unit) == 2
    for asked in (Asked(everybody=True), Asked(officer_id=affair.person("olli"))):
        assert [row.plan_id for row in listed(affair, "mia", asked, clock.today())] == [opens]
    mia = Browser(create_app(settings(), cast.store))
    mia.sign_in("mia")
    page = mia.get("/cases?officer=everybody").text
    assert "Open Planted" in page
    assert "Shut" not in page.partition("<main")[2]


def test_the_forecast_says_who_must_act_and_counts_it(affair: Affair) -> None:
    affair.considered(affair.request())
    day = SIX_WEEKS - timedelta(days=14)
    with on(day), affair.cast.looking("otis") as unit:
        assert tray.forecast(unit, limit=50) == []
    with on(day + timedelta(days=1)), affair.cast.looking("otis") as unit:
        assert len(tray.forecast(unit, limit=50)) == 1
        (count,) = tray.forecast_counts(unit)
    assert (count.officer_id, count.act, count.late, count.soon) == (affair.person("olli"), "decide", 0, 1)
    with on(SIX_WEEKS + timedelta(days=1)), affair.cast.looking("otis") as unit:
        (count,) = tray.forecast_counts(unit)
    assert (count.late, count.soon) == (1, 0)


def test_the_pages_name_children_in_ones_own_tray_alone_and_keep_the_filters(affair: Affair) -> None:
    affair.request(day=clock.today() - timedelta(days=40))
    app = create_app(settings(), affair.cast.store)
    olli, otis = Browser(app), Browser(app, "192.0.2.7")
    olli.sign_in("olli")
    otis.sign_in("otis")
    page = olli.get("/cases?turn=authority&late=yes").text
    assert "Ava Planted" in page
    assert "Going out of timescale" in page
    assert 'value="authority" selected' in page
    assert "No case is of this kind" in olli.get("/cases?turn=family").text
    assert olli.get("/cases?turn=nonsense").status_code == 200
    forecast = otis.get("/cases/forecast").text
    assert "EHC-" in forecast
    assert "Ava" not in forecast
    assert "Decide whether to assess" in forecast or "decide" in forecast.lower()


def test_a_tray_is_a_bounded_number_of_statements(affair: Affair) -> None:
    affair.request()
    app = create_app(settings(), affair.cast.store)
    mia = Browser(app)
    mia.sign_in("mia")
    mia.get("/cases?officer=everybody")
    with statements(affair.cast.store.database) as one:
        mia.get("/cases?officer=everybody")
    affair.request(pupil="ben", release=[])
    with statements(affair.cast.store.database) as two:
        mia.get("/cases?officer=everybody")
    assert len(two) <= len(one) + 1


def test_an_assessment_has_its_sixteen_weeks_and_then_its_twenty(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id, "agree", limb_b=True)
    (row,) = stored(affair)
    assert (row.subject, row.case_id, row.act) == ("assessment", request_id, "no_plan")
    assert row.due_on == RECEIVED + timedelta(weeks=16)
    assert row.turns_on == row.due_on + timedelta(days=1)
    with on(row.turns_on - timedelta(days=1)), affair.cast.making() as unit:
        assert keeping.keep_missing(unit) == 0
    with on(row.turns_on), affair.cast.making() as unit:
        assert keeping.keep_missing(unit) == 1
    with on(row.turns_on), affair.cast.making() as unit:
        assert keeping.keep_missing(unit) == 0
    (row,) = stored(affair)
    assert (row.act, row.due_on) == ("final_plan", RECEIVED + timedelta(weeks=20))
    assert row.officer_id == affair.person("olli")


def test_a_plan_that_came_from_elsewhere_opens_from_the_tray(affair: Affair) -> None:
    plan_id, northshire = new_id(), affair.cast.places["northshire"]
    tie = {"organisation_id": northshire, "source_id": plan_id}
    with affair.cast.making() as unit:
        day = unit.today
        unit.insert(
            StatutoryPlan, id=plan_id, reference="PLAN-1", pupil_id=affair.ava, authority_id=northshire,
            officer_id=affair.person("olli"), origin="elsewhere", state="in_force", first_made_on=day,
            made_on=day, review_due_on=day + timedelta(days=20), personal_budget=False,
            organised_arrangements=False, recorded_at=unit.now, row_version=1,
        )  # fmt: skip
    affair.cast.tie("ava", "caseload", person_id=affair.person("olli"), **tie)
    with affair.cast.making() as unit:
        assert keeping.keep_missing(unit) == 1
    (row,) = listed(affair, "olli", day=day)
    assert (row.subject, row.plan_id, row.due_on) == ("plan", plan_id, day + timedelta(days=20))
    olli = Browser(create_app(settings(), affair.cast.store))
    olli.sign_in("olli")
    assert f'href="/ehc-plans/{plan_id}"' in olli.get("/cases").text


def test_an_earlier_case_of_a_child_shows_nothing_of_the_later_one(affair: Affair) -> None:
    first = affair.request()
    affair.decide(first)
    assert affair.row(first).officer_id == affair.person("olli")
    day = RECEIVED + timedelta(days=7)
    second = affair.request(day=day)
    if affair.row(second).officer_id != affair.person("otis"):
        with on(day), affair.cast.acting("mia") as unit:
            actions.assign(unit, second, affair.person("otis"))
    affair.decide(second, "agree", by="otis", day=day)
    assert affair.sees(second, "olli", day) == "NotFound"
    assert [row.case_id for row in listed(affair, "olli", day=day)] == [first]
    assert [row.case_id for row in listed(affair, "otis", day=day)] == [second]


def test_a_report_of_a_child_out_of_school_brings_no_plan_into_the_tray(affair: Affair) -> None:
    affair.cast.pupil("kit", "oakfield")
    affair.cast.tie("kit", "responsible", organisation_id=affair.cast.places["northshire"])
    plan_in_force(affair, "kit")
    today = clock.today()
    with affair.cast.acting("sara") as unit:
        out_of_school.report(
            unit, affair.cast.pupils["kit"], sort="illness", since_on=today, hours=None, what="At home."
        )
    with affair.cast.making() as unit:
        keeping.keep_missing(unit)
    assert listed(affair, "olli", day=today) == []
