"""An organisation's staff: invited, given roles, reset, deactivated, and a leaver's work handed over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from isp.access.models import GroupStaff, Tie
from isp.access.office import handing_over, staffing
from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.directory import find_by_email
from isp.people.models import Account, Membership
from isp.people.roles import Role
from tests.people.world import EVENTS, Browser, Town

FRESH = "five amber lanterns sway"


def oak(town: Town) -> str:
    return f"/staff/{town.cast.places['oakfield']}"


def invite(town: Town, by: str, email: str, role: str = "class_teacher", place: str = "oakfield", **more):
    browser = town.signed_in(by)
    data = {"given": "Nell", "family": "Newcomer", "email": email, "role": role, **more}
    return browser.post(f"/staff/{town.cast.places[place]}/invite", data)


def link_in(text: str) -> str | None:
    found = re.search(r"/invitation/[\w-]+", text)
    return found[0] if found else None


def take(town: Town, link: str) -> Browser:
    browser = town.browser()
    assert browser.post(link, {"password": FRESH}).status_code == 303
    return browser


def test_sara_invites_a_colleague_who_then_signs_in(town: Town):
    answer = invite(town, "sara", "nell@cast.example")
    assert answer.status_code == 200
    link = link_in(answer.text)
    assert link
    browser = take(town, link)
    page = browser.get("/account").text
    assert "Nell Newcomer" in page
    assert "Class teacher" in page
    assert "Nell Newcomer" in town.signed_in("sara").get(oak(town)).text
    assert {"account.made", "membership.started", "account.invited"} <= set(town.acts("sara"))
    assert verify(town.cast.store).ok


def test_an_invitation_with_something_wrong_comes_back_filled_in(town: Town):
    answer = invite(town, "sara", "not an address", **{"valid_from-day": "31", "valid_from-month": "2"})
    assert answer.status_code == 422
    assert "name@example.com" in answer.text
    assert 'value="Nell"' in answer.text
    late = {"valid_from-day": "2", "valid_from-month": "3", "valid_from-year": "2027"}
    late |= {"valid_to-day": "1", "valid_to-month": "3", "valid_to-year": "2027"}
    answer = invite(town, "sara", "nell@cast.example", **late)
    assert "must not be before the first day" in answer.text


def test_somebody_who_works_elsewhere_is_the_same_person_and_the_other_place_is_not_named(town: Town):
    answer = invite(town, "sara", "SENA@cast.example")
    assert answer.status_code == 200
    assert link_in(answer.text) is None
    assert "Elmfield" not in answer.text
    with town.cast.looking("sara") as unit:
        assert find_by_email(unit, "sena@cast.example") == town.cast.people["sena"]
    page = town.signed_in("sara").get(f"{oak(town)}/{town.cast.people['sena']}").text
    assert "Elmfield" not in page
    assert "Sena Example" in page
    both = town.signed_in("sena").get("/account").text
    assert "Elmfield" in both
    assert "Oakfield" in both


def test_a_parent_who_begins_to_work_here_keeps_her_one_account(town: Town):
    assert link_in(invite(town, "sara", "pam@cast.example", "teaching_assistant").text) is None
    assert "Teaching assistant" in town.signed_in("pam").get("/account").text


def test_the_same_role_is_not_given_twice(town: Town):
    answer = invite(town, "sara", "tom@cast.example")
    assert answer.status_code == 422
    assert "has this role already" in answer.text


def test_a_second_school_gets_no_code_for_somebody_the_first_has_invited(town: Town):
    first = link_in(invite(town, "sara", "nell@cast.example").text)
    assert link_in(invite(town, "sena", "nell@cast.example", place="elmfield").text) is None
    assert first
    assert "Elmfield" in take(town, first).get("/account").text


@pytest.mark.parametrize(
    ("by", "place", "status"),
    [("tom", "oakfield", 403), ("tia", "oakfield", 403), ("pam", "oakfield", 404), ("sena", "oakfield", 404)],
)
def test_others_may_not_invite(town: Town, by: str, place: str, status: int):
    address = f"/staff/{town.cast.places[place]}/invite"
    assert town.signed_in(by).get(address).status_code == status
    with town.cast.acting(by) as unit, pytest.raises((NotAllowed, NotFound)):
        staffing.invite_colleague(
            unit, town.cast.places[place], given="A", family="B", email="a@b.example", role="class_teacher"
        )
    assert "access.denied" in town.acts(by)


def test_the_office_gives_no_role_wider_than_its_own(town: Town):
    school = town.cast.places["oakfield"]
    for role in ("senco", "head", "safeguarding_lead", "data_protection_officer", "sen_administrator"):
        with town.cast.acting("olga") as unit, pytest.raises(NotAllowed):
            staffing.invite_colleague(unit, school, given="A", family="B", email="a@b.example", role=role)
    for target in ("sara", "hal", "leo"):
        with town.cast.acting("olga") as unit, pytest.raises(NotAllowed):
            staffing.reset(unit, school, town.cast.people[target])
    assert "SENCO" not in town.signed_in("olga").get(f"{oak(town)}/invite").text.split("<main")[1]
    assert link_in(invite(town, "olga", "nell@cast.example").text)


def test_a_role_from_next_week_gives_nothing_today(town: Town):
    school = town.cast.places["oakfield"]
    with town.cast.acting("sara") as unit:
        made = staffing.give_another_role(
            unit, school, town.cast.people["tess"], "senco", valid_from=clock.today() + timedelta(days=7)
        )
    assert town.signed_in("tess").get(oak(town)).status_code == 403
    with town.cast.acting("sara") as unit:
        staffing.change_role_dates(unit, school, made, valid_from=clock.today(), valid_to=None)
    assert town.signed_in("tess").get(oak(town)).status_code == 200


def test_a_role_ends_at_the_next_request(town: Town):
    browser = town.signed_in("dan")
    school = town.cast.places["oakfield"]
    assert browser.get(oak(town)).status_code == 200
    with town.cast.looking("sara") as unit:
        (row,) = staffing.open_memberships(unit, school, town.cast.people["dan"])
    sara = town.signed_in("sara")
    page = f"{oak(town)}/{town.cast.people['dan']}"
    assert sara.post(f"{oak(town)}/roles/{row.id}/end", page=page).status_code == 303
    assert browser.get(oak(town)).status_code == 404
    with town.cast.acting("sara") as unit, pytest.raises(Conflict):
        staffing.end_role(unit, school, row.id)


def test_a_role_of_another_school_is_not_found(town: Town):
    with town.cast.looking("sena") as unit:
        (row,) = staffing.open_memberships(unit, town.cast.places["elmfield"], town.cast.people["sena"])
    with town.cast.acting("sara") as unit, pytest.raises(NotFound):
        staffing.end_role(unit, town.cast.places["oakfield"], row.id)


def test_days_out_of_order_are_refused(town: Town):
    school = town.cast.places["oakfield"]
    with town.cast.acting("sara") as unit:
        (row,) = staffing.open_memberships(unit, school, town.cast.people["tom"])
        with pytest.raises(Invalid):
            staffing.change_role_dates(
                unit, school, row.id, valid_from=clock.today(), valid_to=clock.today() - timedelta(days=1)
            )


# -- reset and deactivate -----------------------------------------------------------------------------------


def test_hal_makes_a_reset_link_for_a_teacher(town: Town):
    page = f"{oak(town)}/{town.cast.people['tom']}"
    answer = town.signed_in("hal").post(f"{page}/reset", page=page)
    assert answer.status_code == 200
    assert "signed out everywhere" in answer.text
    link = link_in(answer.text)
    assert link
    assert "Tom Example" in take(town, link).get("/account").text


def test_an_account_that_reaches_beyond_the_school_is_not_reset_by_it(town: Town):
    school = town.cast.places["oakfield"]
    town.cast.member("tess", "elmfield", Role.CLASS_TEACHER)
    town.cast.guardian("tia", "eli")
    for name in ("tess", "tia"):
        with town.cast.acting("sara") as unit, pytest.raises(Conflict, match="cannot be reset from here"):
            staffing.reset(unit, school, town.cast.people[name])


def test_a_teacher_whose_own_child_is_here_can_be_reset_here(town: Town):
    town.cast.guardian("tom", "cleo")
    with town.cast.acting("sara") as unit:
        assert staffing.reset(unit, town.cast.places["oakfield"], town.cast.people["tom"])


def test_nobody_resets_or_deactivates_herself_or_a_stranger(town: Town):
    school = town.cast.places["oakfield"]
    with town.cast.acting("sara") as unit:
        for deed in (staffing.reset, staffing.deactivate):
            with pytest.raises(Conflict):
                deed(unit, school, town.cast.people["sara"])
            with pytest.raises(NotFound):
                deed(unit, school, town.cast.people["sena"])
    page = town.signed_in("sara").get(f"{oak(town)}/{town.cast.people['sara']}").text
    assert "deactivate" not in page


def test_a_deactivated_colleague_is_out_at_the_next_request_and_cannot_come_back(town: Town):
    browser = town.signed_in("tom")
    address = f"{oak(town)}/{town.cast.people['tom']}/deactivate"
    answer = town.signed_in("sara").post(address)
    assert answer.status_code == 303
    assert not browser.is_in
    assert town.browser().sign_in("tom").status_code == 422
    assert "account.deactivated" in town.acts("sara")


def test_the_classes_that_a_deactivated_colleague_leaves_are_told_of(town: Town):
    with town.cast.acting("sara") as unit:
        staffing.deactivate(unit, town.cast.places["oakfield"], town.cast.people["tom"])
    assert live_rows(town, GroupStaff, "tom") == []
    told = [row.canon for row in town.rows(EVENTS) if row.act == "group.changed"]
    # On the school's chain and on the teacher's own: who no longer teaches which class.
    assert len(told) == 2
    assert all(str(town.cast.groups["4T"]).encode() in canon for canon in told)
    assert any(str(town.cast.people["tom"]).encode() in canon for canon in told)
    assert verify(town.cast.store).ok


def test_a_deactivated_colleague_with_another_place_keeps_the_account_for_it(town: Town):
    town.cast.member("tess", "elmfield", Role.CLASS_TEACHER)
    browser = town.signed_in("tess")
    with town.cast.acting("sara") as unit:
        assert not staffing.deactivate(unit, town.cast.places["oakfield"], town.cast.people["tess"])
    page = browser.get("/account").text
    assert "Elmfield" in page
    assert "Oakfield" not in page


def test_a_teacher_who_is_a_parent_here_stays_one(town: Town):
    town.cast.guardian("tom", "cleo")
    browser = town.signed_in("tom")
    with town.cast.acting("sara") as unit:
        assert not staffing.deactivate(unit, town.cast.places["oakfield"], town.cast.people["tom"])
    assert browser.is_in


def test_a_former_colleague_comes_back_with_a_new_password(town: Town):
    with town.cast.acting("sara") as unit:
        assert staffing.deactivate(unit, town.cast.places["oakfield"], town.cast.people["tess"])
    link = link_in(invite(town, "sena", "tess@cast.example", place="elmfield").text)
    assert link
    assert town.browser().sign_in("tess").status_code == 422
    assert "Elmfield" in take(town, link).get("/account").text


# -- handing over -----------------------------------------------------------------------------------------


def live_rows(town: Town, model, person: str):
    with town.cast.looking("sara") as unit:
        return list(
            unit.session.scalars(
                select(model).where(model.person_id == town.cast.people[person], model.ended_at.is_(None))
            )
        )


def test_a_teachers_classes_and_role_pass_to_a_colleague_in_one_deed(town: Town):
    leaver = town.signed_in("tom")
    address = f"{oak(town)}/{town.cast.people['tom']}/hand-over"
    answer = town.signed_in("hal").post(address, {"successor": str(town.cast.people["tess"])})
    assert answer.status_code == 303
    assert not leaver.is_in
    (taught,) = live_rows(town, GroupStaff, "tess")
    assert taught.group_id == town.cast.groups["4T"]
    assert live_rows(town, GroupStaff, "tom") == []
    assert live_rows(town, Membership, "tom") == []
    acts = town.acts("hal")
    assert "membership.handed_over" in acts
    assert "group.changed" in acts
    assert verify(town.cast.store).ok


def test_an_officers_cases_pass_and_each_childs_record_says_so(town: Town):
    town.cast.case("ava", "northshire", "olli", {})
    town.cast.case("ben", "northshire", "olli", {})
    place = town.cast.places["northshire"]
    with town.cast.acting("mia") as unit:
        done = handing_over.hand_over(unit, place, town.cast.people["olli"], town.cast.people["otis"])
    assert (done.cases, done.closed) == (2, True)
    assert {tie.pupil_id for tie in live_rows(town, Tie, "otis")} == {
        town.cast.pupils["ava"],
        town.cast.pupils["ben"],
    }
    assert live_rows(town, Tie, "olli") == []
    assert town.acts("mia").count("tie.opened") == town.acts("mia").count("tie.ended") == 2


def test_a_senco_who_leaves_leaves_her_role_to_her_deputy(town: Town):
    with town.cast.acting("hal") as unit:
        handing_over.hand_over(
            unit, town.cast.places["oakfield"], town.cast.people["sara"], town.cast.people["dan"]
        )
    assert {row.role for row in live_rows(town, Membership, "dan")} == {"deputy_senco", "senco"}


def test_handing_over_needs_two_colleagues_and_somebody_else_to_do_it(town: Town):
    school, people = town.cast.places["oakfield"], town.cast.people
    with town.cast.acting("sara") as unit:
        for leaver, successor, refusal in (
            ("tom", "tom", Conflict),
            ("sara", "dan", Conflict),
            ("tom", "sena", NotFound),
            ("sena", "tom", NotFound),
        ):
            with pytest.raises(refusal):
                handing_over.hand_over(unit, school, people[leaver], people[successor])
    for name in ("olga", "tom", "ada"):
        with town.cast.acting(name) as unit, pytest.raises(NotAllowed):
            handing_over.hand_over(unit, school, people["tia"], people["tess"])
    with town.cast.acting("stan") as unit, pytest.raises(NotFound):
        handing_over.hand_over(unit, school, people["tia"], people["tess"])


def test_every_page_about_staff_is_sound(town: Town):
    sara = town.signed_in("sara")
    tom = f"{oak(town)}/{town.cast.people['tom']}"
    with town.cast.looking("sara") as unit:
        (row,) = staffing.open_memberships(unit, town.cast.places["oakfield"], town.cast.people["tom"])
    for address in (
        oak(town),
        f"{oak(town)}/invite",
        tom,
        f"{tom}/roles",
        f"{tom}/deactivate",
        f"{tom}/hand-over",
        f"{oak(town)}/roles/{row.id}",
        "/settings",
        "/settings/pages",
    ):
        assert sara.get(address).status_code == 200
    assert sara.get("/staff").headers["Location"] == oak(town)
    assert sara.post(f"{tom}/roles", {"role": "teaching_assistant"}).status_code == 303
    days = {"valid_from-day": "1", "valid_from-month": "9", "valid_from-year": "2026"}
    assert sara.post(f"{oak(town)}/roles/{row.id}", days).status_code == 303
    assert town.signed_in("tom").get("/staff").status_code == 403


def test_the_accounts_table_says_who_was_closed(town: Town):
    with town.cast.acting("sara") as unit:
        staffing.deactivate(unit, town.cast.places["oakfield"], town.cast.people["tom"])
    rows = {row.person_id: row for row in town.rows(Account)}
    assert rows[town.cast.people["tom"]].closed_at is not None
    assert rows[town.cast.people["tess"]].closed_at is None
