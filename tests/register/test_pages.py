"""The register's other pages, as people use them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from isp.access.models import GroupStaff, RestrictedSight, Restriction, Tie
from isp.people.roles import Role
from isp.register.actions import calendar
from isp.register.models import CalendarEntry, Pupil
from tests.register.school import Office, acts, address_in, count, restriction_of, rows
from tests.statements import statements

NEW = {
    "legal_given": "Zoë",
    "legal_family": "Quill",
    "born_on-day": "3",
    "born_on-month": "2",
    "born_on-year": "2016",
    "sen_status": "K",
    "year_group": "4",
}


def test_a_pupil_is_added_found_and_changed(office: Office):
    sara = office.signed_in("sara")
    page = address_in(sara.post("/pupils/new", NEW))
    assert "Quill" in sara.post("/pupils", {"q": "quil"}, page="/pupils").text
    assert "Zoë" in sara.get(f"{page}/details").text
    changed = sara.post(f"{page}/details/change", {**NEW, "year_group": "5", "row_version": "1"})
    assert "Year 5" in sara.get(address_in(changed)).text
    stale = sara.post(f"{page}/details/change", {**NEW, "row_version": "1"})
    assert stale.status_code == 409
    again = sara.post("/pupils/new", NEW)
    assert again.status_code == 422
    assert "same name and date of birth" in again.text


def test_the_list_is_remembered_as_one_view(office: Office):
    sara = office.signed_in("sara")
    page = sara.get("/pupils")
    assert "Planted, Ava" in page.text
    assert acts(office.cast, f"org:{office.cast.places['oakfield']}").count("list.viewed") == 1
    assert "Planted, Ava" not in office.signed_in("stan").get("/pupils").text
    assert "Planted, Cleo" not in office.signed_in("tom").get("/pupils").text


def test_the_list_asks_as_much_of_many_pupils_as_of_few(office: Office):
    sara, database = office.signed_in("sara"), office.cast.store.database
    sara.get("/pupils")
    with statements(database) as few:
        sara.get("/pupils")
    for number in range(12):
        office.cast.pupil(f"kim{number}", "oakfield")
    with statements(database) as many:
        assert sara.get("/pupils").text.count("Planted, Kim") == 12
    assert len(many) == len(few) <= (13 if database.is_sqlite else 11)


def test_an_empty_school_shows_three_steps(office: Office):
    office.cast.school("newfield")
    office.cast.member("nick", "newfield", Role.SENCO)
    page = office.signed_in("nick").get("/pupils")
    assert "Bring pupils and staff in" in page.text


def test_who_is_around_a_pupil(office: Office):
    sara, ava = office.signed_in("sara"), office.cast.pupils["ava"]
    base = f"/pupils/{ava}/people"
    page = sara.get(base)
    for words in ("Pam Example", "Paul Example", "Tom Example, Class teacher (4T)", "Northshire Authority"):
        assert words in page.text
    added = sara.post(f"{base}/new", {"given": "Nina", "family": "Planted", "relationship": "Mother"})
    assert address_in(added) == base
    tie = max(rows(office.cast, Tie, pupil_id=ava, kind="guardian"), key=lambda row: row.made_at)
    assert "There is no email address" in sara.post(f"{base}/{tie.id}/invite", {}, page=base).text
    sara.post(
        f"{base}/{tie.id}/contact", {"given": "Nina", "family": "Planted", "email": "nina@cast.example"}
    )
    assert "/invitation/" in sara.post(f"{base}/{tie.id}/invite", {}, page=base).text
    sara.post(f"{base}/{tie.id}", {"relationship": "Stepmother"})
    tie = max(rows(office.cast, Tie, pupil_id=ava, kind="guardian"), key=lambda row: row.made_at)
    assert "Stepmother" in sara.get(base).text
    assert sara.post(f"{base}/{tie.id}/end", {}).status_code == 422
    sara.post(f"{base}/{tie.id}/end", {"reason": "Moved away"})
    south = str(office.cast.places["southshire"])
    sara.post(f"{base}/authority", {"authority_id": south, "reason": "Moved"})
    assert "Southshire Authority" in sara.get(base).text
    sara.post(f"{base}/own-account", {"email": "ava@cast.example"})
    assert "Not invited yet" in sara.get(base).text


def test_closing_and_opening_a_record(office: Office):
    ava = office.cast.pupils["ava"]
    leo, hal = office.signed_in("leo"), office.signed_in("hal")
    day = {"review_on-day": "1", "review_on-month": "6", "review_on-year": "2035"}
    sent = {
        "person_id": str(office.cast.people["paul"]),
        "kind": "no_access",
        "evidence": "Order seen",
        "reason": "Order",
    }
    assert leo.post(f"/pupils/{ava}/restrict", {**sent, **day}).status_code == 303
    assert "The record is closed to this adult" in hal.get(f"/pupils/{ava}/people").text
    made = f"/pupils/{ava}/restrictions/{restriction_of(office.cast)}"
    leo.post(f"{made}/lift", {"reason": "Order ended"})
    assert "You asked for this yourself" in leo.get(f"{made}/agree").text
    hal.post(f"{made}/keep", day)
    leo.post(f"{made}/lift", {"reason": "Order ended"})
    assert hal.post(f"{made}/agree", {}).status_code == 303
    assert rows(office.cast, Restriction)[0].lifted_at is not None
    assert office.signed_in("sara").get(f"/pupils/{ava}/restrict").status_code == 403


def test_classes_and_days(office: Office):
    ada = office.signed_in("ada")
    made = address_in(ada.post("/settings/classes/new", {"name": "5 Ash", "kind": "class"}))
    tess, cleo = str(office.cast.people["tess"]), str(office.cast.pupils["cleo"])
    ada.post(f"{made}/staff", {"person_id": tess, "role": "class_teacher"})
    ada.post(f"{made}/pupils", {"pupils": cleo})
    page = ada.get(made)
    assert "Tess Example" in page.text
    assert "Planted, Cleo" in page.text
    assert "5 Ash" in ada.get("/settings/classes").text
    ada.post(f"{made}/change", {"name": "5 Beech", "kind": "class"})
    row = next(one for one in rows(office.cast, GroupStaff) if str(one.person_id) == tess)
    ada.post(f"{made}/staff/{row.id}/end", {}, page=made)
    ada.post(f"{made}/end", {}, page=made)
    assert "5 Beech" not in ada.get("/settings/classes").text
    days = {f"starts_on-{part}": value for part, value in (("day", "2"), ("month", "9"), ("year", "2026"))}
    ends = {f"ends_on-{part}": value for part, value in (("day", "18"), ("month", "12"), ("year", "2026"))}
    ada.post("/calendar/new", {"kind": "term", "name": "Autumn", **days, **ends})
    assert "Autumn" in ada.get("/calendar").text
    entry = rows(office.cast, CalendarEntry)[0]
    ada.post(f"/calendar/{entry.id}/remove", {}, page="/calendar")
    assert "Autumn" not in ada.get("/calendar").text


def test_leaving_and_coming_back(office: Office):
    sara, ava = office.signed_in("sara"), office.cast.pupils["ava"]
    day = {"on-day": "20", "on-month": "7", "on-year": "2026"}
    sara.post(f"/pupils/{ava}/leave", {**day, "reason": "moved_school"})
    assert "Planted, Ava" not in sara.get("/pupils").text
    sara.post(f"/pupils/{ava}/return", {**day, "on-day": "1", "on-month": "9"})
    assert "Planted, Ava" in sara.get("/pupils").text
    assert count(office.cast, Pupil) == 6


@pytest.mark.parametrize(
    "path", ["/details", "/details/change", "/leave", "/people", "/people/new", "/restrict"]
)
def test_strangers_find_nothing(office: Office, path):
    for who in ("stan", "nora"):
        answer = office.signed_in(who).get(f"/pupils/{office.cast.pupils['ava']}{path}")
        nobody = office.signed_in(who).get(f"/pupils/{office.cast.people['ada']}{path}")
        assert answer.status_code == nobody.status_code == 404


def test_the_calendar_begins_with_what_is_to_come_and_says_each_kind_once(office: Office):
    school = office.cast.places["oakfield"]
    with office.cast.acting("hal") as unit:
        day = unit.today
        calendar.add_entry(
            unit, school, "term", "Autumn", day - timedelta(days=400), day - timedelta(days=300)
        )
        calendar.add_entry(unit, school, "term", "Spring", day, day + timedelta(days=80))
        first = day + timedelta(days=30)
        calendar.add_entry(unit, school, "half_term", "Half term", first, first + timedelta(days=4))
        calendar.add_entry(unit, school, "closure", "Snow", day + timedelta(days=9))
    page = office.signed_in("hal").get("/calendar")
    assert page.text.index("Spring") < page.text.index("Days that are over (1)") < page.text.index("Autumn")
    assert "<strong>Half term</strong>:" in page.text
    assert "<strong>Snow</strong> (closed for another reason)" in page.text
    assert 'href="/settings/classes' not in page.text  # where a head has nothing to change


def test_two_people_let_what_is_kept_apart_be_read(office: Office):
    ava = office.cast.pupils["ava"]
    dora, leo = office.signed_in("dora"), office.signed_in("leo")
    base = f"/pupils/{ava}/apart"
    without = dora.post(f"{base}/ask", {"reason": " "})
    assert without.status_code == 422
    assert dora.post(f"{base}/ask", {"reason": "A complaint"}).headers["Location"] == f"/pupils/{ava}/history"
    again = dora.post(f"{base}/ask", {"reason": "A second complaint"})
    assert "You have asked already" in again.text
    assert "A second complaint" in again.text
    (row,) = rows(office.cast, RestrictedSight)
    page = leo.get(f"{base}/{row.id}/agree")
    assert "A complaint" in page.text
    assert "Dora Example, " in page.text
    assert leo.post(f"{base}/{row.id}/agree", page=f"{base}/{row.id}/agree").status_code == 303
    assert leo.get(f"{base}/{row.id}/agree").status_code == 404
    assert leo.get(f"/pupils/{office.cast.pupils['ben']}/apart/{row.id}/agree").status_code == 404
