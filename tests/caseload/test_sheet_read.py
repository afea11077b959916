"""Who has read a class sheet as it is: said by an adult of the class, undone by a change."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from isp.kernel.errors import Conflict, NotAllowed, NotFound
from isp.plans import actions, sheets
from tests.caseload.desk import full_plan, words


@pytest.fixture
def sheet(desk):
    """4T's sheet, with Ava's plan on it."""
    desk.plan("ava")
    return f"/classes/{desk.cast.groups['4T']}"


def state(desk):
    group = desk.cast.groups["4T"]
    with desk.cast.looking("tom") as unit:
        return sheets.states_of(unit, [group])[group].hex()


def confirm(desk, by="tom", shown=None, group=None):
    shown = shown or state(desk)
    with desk.cast.acting(by) as unit:
        return sheets.confirm_read(unit, group or desk.cast.groups["4T"], shown)


def said(desk, name):
    return [detail for code, detail in desk.told(name) if code == "sheet.read"]


def share_again(desk, pupil="ava"):
    """Another version of the pupil's plan comes into force."""
    record_id = desk.plans[pupil]
    with desk.cast.acting("sara") as unit:
        actions.start_draft(unit, record_id)
    desk.cast.write(record_id, "sara", full_plan(strengths="Draws maps"))
    with desk.cast.acting("sara") as unit:
        actions.publish(unit, record_id, desk.cast.draft(unit, record_id).revision, "New words")


@pytest.mark.parametrize("name", ["tom", "tia"])
def test_an_adult_of_the_class_says_that_she_has_read_it(desk, sheet, name):
    browser = desk.signed_in(name)
    assert "I have read this" in words(browser.get(sheet))
    sent = browser.post(f"{sheet}/read", {"state": state(desk)}, page=sheet)
    assert sent.status_code == 303
    page = words(browser.get(sheet))
    assert "that you have read this sheet as it is" in page
    assert "I have read this" not in page
    assert said(desk, name) == [{"group": str(desk.cast.groups["4T"]), "digest": state(desk)}]


def test_said_twice_it_is_kept_once(desk, sheet):
    shown = state(desk)
    assert confirm(desk, shown=shown) == confirm(desk, shown=shown)
    assert len(said(desk, "tom")) == 1


def test_a_sheet_that_changed_meanwhile_is_read_again_first(desk, sheet):
    shown = state(desk)
    share_again(desk)
    with pytest.raises(Conflict):
        confirm(desk, shown=shown)
    for nonsense in ("", "nonsense"):
        with pytest.raises(Conflict), desk.cast.acting("tom") as unit:
            sheets.confirm_read(unit, desk.cast.groups["4T"], nonsense)
    assert said(desk, "tom") == []


def test_what_is_new_since_somebody_read_it_is_marked_for_her(desk, sheet):
    desk.plan("ben")
    confirm(desk)
    share_again(desk)
    page = words(desk.signed_in("tom").get(sheet))
    assert "It has changed since you read it" in page
    assert page.count("New since you read it") == 1
    assert "New since you read it" not in words(desk.signed_in("tia").get(sheet))


@pytest.mark.parametrize("name", ["sara", "hal", "ada", "leo"])
def test_somebody_who_does_not_work_in_the_class_is_not_asked(desk, sheet, name):
    assert "I have read this" not in words(desk.signed_in(name).get(sheet))
    shown = state(desk)
    with pytest.raises(NotAllowed):
        confirm(desk, by=name, shown=shown)


@pytest.mark.parametrize("name", ["tess", "sena", "pam", "nora"])
def test_a_stranger_to_the_class_cannot_tell_it_from_none(desk, sheet, name):
    shown = state(desk)
    for group in (None, uuid4()):
        with pytest.raises(NotFound):
            confirm(desk, by=name, shown=shown, group=group)


def test_a_class_without_a_plan_has_nothing_to_confirm(desk):
    page = desk.signed_in("tom").get(f"/classes/{desk.cast.groups['4T']}")
    assert "I have read this" not in words(page)
    with pytest.raises(Conflict), desk.cast.acting("tom") as unit:
        sheets.confirm_read(unit, desk.cast.groups["4T"], "")


@pytest.mark.parametrize("name", ["sara", "dan", "hal"])
def test_the_senco_and_the_head_see_who_has_read_which(desk, sheet, name):
    confirm(desk, by="tia")
    page = words(desk.signed_in(name).get("/class-sheets"))
    assert "4T: 1 of 2 still to read it" in page
    assert page.index("Tom Example") < page.index("Tia Example")
    assert "Not read yet" in page
    assert "Read as it is now, on" in page


def test_a_change_asks_everybody_again(desk, sheet):
    confirm(desk, by="tia")
    share_again(desk)
    page = words(desk.signed_in("sara").get("/class-sheets"))
    assert "4T: 2 of 2 still to read it" in page
    assert "Not since it changed: read on" in page


def test_a_pupil_with_a_plan_who_comes_into_the_class_changes_its_sheet(desk, sheet):
    confirm(desk)
    before = state(desk)
    desk.plan("cleo")
    assert state(desk) == before
    desk.cast.tie("cleo", "group", group_id=desk.cast.groups["4T"])
    assert state(desk) != before


def test_a_school_whose_classes_have_no_plan_is_told_when_they_will(desk):
    assert "No class has a plan on its sheet yet" in words(desk.signed_in("sara").get("/class-sheets"))


@pytest.mark.parametrize(("name", "status"), [("tom", 403), ("olga", 403), ("pam", 403), ("nora", 403)])
def test_nobody_else_sees_who_has_read_what(desk, sheet, name, status):
    assert desk.signed_in(name).get("/class-sheets").status_code == status


def test_another_schools_readers_are_another_schools(desk, sheet):
    place = desk.cast.places["oakfield"]
    assert desk.signed_in("sena").get(f"/class-sheets?school={place}").status_code == 404


def test_that_somebody_has_read_it_is_never_altered(desk, sheet):
    confirm(desk)
    for statement in ("DELETE FROM sheet_read", "UPDATE sheet_read SET digest = id"):
        with pytest.raises(DBAPIError), desk.cast.store.database.writing() as connection:
            connection.execute(text(statement))


def test_the_senco_s_home_leads_there(desk, sheet):
    assert "Who has read the class sheets" in words(desk.signed_in("sara").get("/"))
