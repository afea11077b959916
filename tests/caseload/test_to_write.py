"""What somebody is asked to write, on her home and on a page of its own; what the SENCO waits for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from isp.kernel import clock
from isp.plans import actions, giving
from tests.caseload.desk import words
from tests.cast import small_plan


@pytest.fixture
def given(desk):
    """Ava's outcomes are with tom, due in three days."""
    record_id = desk.plan("ava", small_plan())
    with desk.cast.acting("sara") as unit:
        actions.start_draft(unit, record_id)
        due_on = clock.today() + timedelta(days=3)
        giving.give_section(unit, record_id, "outcomes", desk.cast.people["tom"], due_on)
    return record_id


def test_a_teachers_home_says_what_is_asked_of_her_and_by_when(desk, given):
    page = desk.signed_in("tom").get("/")
    assert "Ava Planted: the section “Outcomes”" in words(page).replace("”,", "”")
    assert "in 3 days" in words(page)
    assert f"/plans/{given}/edit/outcomes" in page.text


def test_the_same_stands_on_a_page_of_its_own_and_in_the_menu(desk, given):
    tom = desk.signed_in("tom")
    assert 'href="/to-write"' in tom.get("/").text
    page = tom.get("/to-write")
    assert "Ava Planted" in words(page)
    assert ("list.viewed", "to_write") in [(code, detail.get("list")) for code, detail in desk.told("tom")]


def test_somebody_who_was_asked_for_nothing_reads_what_would_be_here(desk):
    assert "Nothing at present" in words(desk.signed_in("tom").get("/to-write"))


def test_only_those_who_may_write_have_the_page(desk):
    for name in ("olga", "pam", "nora", "olli"):
        assert desk.signed_in(name).get("/to-write").status_code == 403
    # An assistant answers what is asked about the pupils whom she supports.
    assert desk.signed_in("tia").get("/to-write").status_code == 200


def test_the_senco_sees_what_is_still_with_colleagues_and_that_it_is_overdue(desk, given):
    page = words(desk.signed_in("sara").get("/"))
    assert "Sections and answers still with colleagues (1)" in page
    assert "is with Tom Example" in page
    with time_machine.travel(clock.now() + timedelta(days=5)):
        late = words(desk.signed_in("sara").get("/"))
        assert "Sections and answers still with colleagues (1, 1 overdue)" in late
        assert "Overdue" in words(desk.signed_in("tom").get("/"))


def test_a_senco_with_nothing_out_is_told_so(desk):
    desk.plan("ava", small_plan())
    assert "Nothing is with a colleague." in words(desk.signed_in("sara").get("/"))
