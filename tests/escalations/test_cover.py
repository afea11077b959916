"""Cover for somebody who is away, the duty officer of a day, and a whole caseload handed over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp import create_app
from isp.access.office.handing_over import hand_over
from isp.access.ties import TIES
from isp.escalations.work import cover
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.roles import Role
from tests.escalations.test_tray import listed, stored_equals_derived
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings

NEXT_WEEK = RECEIVED + timedelta(days=7)


def away(affair: Affair, who: str = "olli", by: str = "mia", to: str = "otis", **days: Any) -> UUID:
    first, last = days.get("first", RECEIVED), days.get("last", NEXT_WEEK)
    with on(RECEIVED), affair.cast.acting(by) as unit:
        place = affair.cast.places["northshire"]
        return cover.record_absence(unit, place, affair.person(who), affair.person(to), first, last)


def over(affair: Affair, by: str = "mia", leaver: str = "olli", successor: str = "otis") -> cover.HandedOver:
    with on(RECEIVED), affair.cast.acting(by) as unit:
        place = affair.cast.places["northshire"]
        return cover.hand_over_caseload(unit, place, affair.person(leaver), affair.person(successor))


def test_whoever_covers_sees_the_cases_on_those_days_alone(affair: Affair) -> None:
    request_id = affair.considered(affair.request())
    assert affair.sees(request_id, "otis") == "NotFound"
    away(affair, first=RECEIVED + timedelta(days=1))
    assert affair.sees(request_id, "otis") == "NotFound"
    assert affair.sees(request_id, "otis", RECEIVED + timedelta(days=1)) == "yes"
    assert affair.sees(request_id, "otis", NEXT_WEEK) == affair.sees(request_id, "olli", NEXT_WEEK) == "yes"
    assert affair.sees(request_id, "otis", NEXT_WEEK + timedelta(days=1)) == "NotFound"
    assert [row.subject_id for row in listed(affair, "otis", day=NEXT_WEEK)] == [request_id]
    assert affair.row(request_id).officer_id == affair.person("olli")


def test_a_case_that_comes_while_the_officer_is_away_goes_to_somebody_who_is_there(affair: Affair) -> None:
    away(affair)
    assert affair.row(affair.request()).officer_id == affair.person("otis")


def test_a_case_given_to_somebody_away_is_seen_by_whoever_covers(affair: Affair) -> None:
    away(affair, who="otis", to="olli", first=RECEIVED + timedelta(days=1))
    request_id = affair.request()
    assert affair.row(request_id).officer_id == affair.person("olli")
    away(affair, first=NEXT_WEEK + timedelta(days=1), last=NEXT_WEEK + timedelta(days=3))
    assert affair.sees(request_id, "otis", NEXT_WEEK + timedelta(days=2)) == "yes"


def test_a_refusal_and_an_appeal_leave_the_cover_within_its_days(affair: Affair) -> None:
    request_id = affair.request()
    away(affair)
    affair.decide(request_id)
    assert affair.sees(request_id, "otis", NEXT_WEEK + timedelta(days=1)) == "NotFound"
    affair.appeal(request_id, RECEIVED)
    assert affair.sees(request_id, "otis", NEXT_WEEK) == "yes"
    assert affair.sees(request_id, "otis", NEXT_WEEK + timedelta(days=1)) == "NotFound"
    assert affair.sees(request_id, "olli", NEXT_WEEK + timedelta(days=1)) == "yes"


def test_ending_the_cover_ends_the_sight_at_once_and_nobody_elses(affair: Affair) -> None:
    request_id = affair.request()
    absence_id = away(affair)
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        cover.end_absence(unit, absence_id)
    assert affair.sees(request_id, "otis") == "NotFound"
    assert affair.sees(request_id, "olli") == "yes"
    with pytest.raises(Conflict), on(RECEIVED), affair.cast.acting("mia") as unit:
        cover.end_absence(unit, absence_id)
    (seen,) = affair.on_authority("work.absence_covered")
    assert seen.detail["count"] == 1
    assert len(affair.on_authority("work.absence_ended")) == 1
    assert affair.on_pupil("tie.ended")[-1].detail["why"] == "cover_ended"


def test_nobody_covers_for_the_parent_of_a_child_in_a_case(affair: Affair) -> None:
    affair.cast.guardian("otis", "ava")
    request_id = affair.request()
    away(affair)
    assert affair.sees(request_id, "otis") == "NotFound" or affair.case(request_id, "otis").side == "family"


@pytest.mark.parametrize(
    ("days", "to", "field"),
    [
        ({"first": NEXT_WEEK, "last": RECEIVED}, "otis", "to_on"),
        ({"first": date(2026, 1, 1), "last": date(2026, 1, 2)}, "otis", "to_on"),
        ({"last": date(2028, 1, 1)}, "otis", "to_on"),
        ({}, "olli", "covered_by"),
        ({}, "sid", "covered_by"),
        ({}, "sara", "covered_by"),
    ],
)
def test_days_and_people_that_cannot_be_are_refused_by_field(
    affair: Affair, days: dict[str, Any], to: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        away(affair, to=to, **days)
    assert field in refused.value.errors


def test_nobody_is_away_twice_nor_covers_while_away(affair: Affair) -> None:
    away(affair)
    with pytest.raises(Invalid):
        away(affair, to="mia")
    with pytest.raises(Invalid):
        away(affair, who="mia", to="olli")


@pytest.mark.parametrize(("name", "failure"), [("olli", NotAllowed), ("sid", NotFound), ("sara", NotFound)])
def test_only_a_manager_records_cover_and_hands_over(
    affair: Affair, name: str, failure: type[Exception]
) -> None:
    affair.request()
    absence_id = away(affair)
    with pytest.raises(failure):
        away(affair, by=name, who="mia")
    with pytest.raises(failure):
        over(affair, by=name)
    with pytest.raises(failure), on(RECEIVED), affair.cast.acting(name) as unit:
        cover.end_absence(unit, absence_id)
    with pytest.raises(failure), on(RECEIVED), affair.cast.acting(name) as unit:
        cover.set_duty(unit, affair.cast.places["northshire"], RECEIVED, affair.person("olli"))


def test_the_duty_officer_takes_what_comes_that_day(affair: Affair) -> None:
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        place = affair.cast.places["northshire"]
        cover.set_duty(unit, place, RECEIVED, affair.person("olli"))
        cover.set_duty(unit, place, RECEIVED, affair.person("otis"))
    assert affair.row(affair.request()).officer_id == affair.person("otis")
    second = affair.request(pupil="ben", release=[], day=RECEIVED + timedelta(days=1))
    assert affair.row(second).officer_id == affair.person("olli")
    assert [seen.detail["on"] for seen in affair.on_authority("work.duty_set")] == [RECEIVED.isoformat()] * 2


def test_a_day_that_is_over_is_given_to_nobody(affair: Affair) -> None:
    place, yesterday = affair.cast.places["northshire"], RECEIVED - timedelta(days=1)
    with pytest.raises(Invalid), on(RECEIVED), affair.cast.acting("mia") as unit:
        cover.set_duty(unit, place, yesterday, affair.person("olli"))


def test_a_whole_caseload_goes_over_and_the_first_officer_sees_nothing_more(affair: Affair) -> None:
    request_id = affair.considered(affair.request())
    done = over(affair)
    assert (done.cases, done.left) == (1, 0)
    assert affair.row(request_id).officer_id == affair.person("otis")
    assert affair.sees(request_id, "otis") == affair.reads("otis", 2) == "yes"
    assert affair.sees(request_id, "olli") == affair.reads("olli", 2) == "NotFound"
    assert stored_equals_derived(affair, affair.ava)
    assert [row.officer_id for row in listed(affair, "otis")] == [affair.person("otis")]
    assert affair.on_pupil("assessment.assigned")[-1].detail["officer"] == str(affair.person("otis"))
    (seen,) = affair.on_authority("membership.handed_over")
    assert seen.detail["count"] == 1


def test_whoever_covered_for_the_leaver_sees_it_no_longer(affair: Affair) -> None:
    request_id = affair.request()
    away(affair, to="mia")
    over(affair)
    assert affair.sees(request_id, "otis") == "yes"
    tray = [row.subject_id for row in listed(affair, "mia")]
    assert request_id not in tray


def test_whoever_covers_can_be_given_the_cases_for_good(affair: Affair) -> None:
    request_id = affair.request()
    away(affair)
    over(affair)
    assert affair.sees(request_id, "otis", NEXT_WEEK + timedelta(days=30)) == "yes"


def test_what_the_successor_must_not_have_stays_and_is_counted(affair: Affair) -> None:
    affair.cast.guardian("otis", "ava")
    request_id = affair.request()
    done = over(affair)
    assert (done.cases, done.left) == (0, 1)
    assert affair.sees(request_id, "olli") == "yes"


def test_nothing_to_hand_over_and_a_wrong_successor_are_refused(affair: Affair) -> None:
    with pytest.raises(Conflict):
        over(affair)
    affair.request()
    for name in ("olli", "sid", "sara"):
        with pytest.raises(Invalid):
            over(affair, successor=name)


def test_a_leaver_handed_over_by_the_staff_page_leaves_no_case_in_his_name(affair: Affair) -> None:
    request_id = affair.request()
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        place = affair.cast.places["northshire"]
        hand_over(unit, place, affair.person("olli"), affair.person("otis"))
    assert affair.row(request_id).officer_id == affair.person("otis")
    assert affair.sees(request_id, "otis") == "yes"
    assert stored_equals_derived(affair, affair.ava)


def leaves(affair: Affair, leaver: str, successor: str) -> None:
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        hand_over(unit, affair.cast.places["northshire"], affair.person(leaver), affair.person(successor))


def test_whoever_follows_a_leaver_has_not_what_he_covered(affair: Affair) -> None:
    affair.cast.member("oona", "northshire", Role.AUTHORITY_OFFICER)
    request_id = affair.request()
    absence_id = away(affair)
    assert affair.sees(request_id, "otis") == "yes"
    leaves(affair, "otis", "oona")
    assert affair.sees(request_id, "oona") == "NotFound"
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        cover.end_absence(unit, absence_id)
    affair.decide(request_id)
    affair.appeal(request_id, RECEIVED)
    assert affair.sees(request_id, "oona", NEXT_WEEK + timedelta(days=300)) == "NotFound"
    assert affair.sees(request_id, "olli", NEXT_WEEK + timedelta(days=300)) == "yes"


def test_whoever_covers_a_case_already_has_it_for_good_when_its_officer_leaves(affair: Affair) -> None:
    request_id = affair.request()
    away(affair)
    leaves(affair, "olli", "otis")
    assert affair.sees(request_id, "otis", NEXT_WEEK + timedelta(days=1)) == "yes"


def test_a_leavers_case_does_not_go_to_the_childs_parent(affair: Affair) -> None:
    affair.cast.guardian("otis", "ava")
    request_id = affair.request()
    leaves(affair, "olli", "otis")
    assert affair.row(request_id).officer_id == affair.person("olli")
    with affair.cast.making() as unit:
        mine = select(TIES.c.id).where(TIES.c.person_id == affair.person("otis"), TIES.c.kind == "caseload")
        assert unit.connection.scalars(mine).all() == []


def test_the_pages_record_cover_and_keep_what_was_typed(affair: Affair) -> None:
    app = create_app(settings(), affair.cast.store)
    mia, olli = Browser(app), Browser(app, "192.0.2.7")
    mia.sign_in("mia")
    olli.sign_in("olli")
    wrong = mia.post("/cases/cover/away", {"person_id": str(affair.person("olli")), "from_on-day": "7"})
    assert wrong.status_code == 422
    assert 'value="7"' in wrong.text
    with affair.cast.making() as unit:
        first, last = unit.today, unit.today + timedelta(days=3)
    said = {"person_id": str(affair.person("olli")), "covered_by": str(affair.person("otis"))}
    for name, day in (("from_on", first), ("to_on", last)):
        said |= {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    assert mia.post("/cases/cover/away", said).status_code == 303
    assert "Otis Example" in olli.get("/cases/cover").text
    assert "End the cover" not in olli.get("/cases/cover").text
    assert "End the cover" in mia.get("/cases/cover").text
    assert olli.get("/cases/cover/away").status_code == 403
    nothing = mia.post(
        "/cases/cover/hand-over",
        {"leaver_id": str(affair.person("olli")), "successor_id": str(affair.person("otis"))},
    )
    assert nothing.status_code == 422
    assert "nothing to hand over" in nothing.text
