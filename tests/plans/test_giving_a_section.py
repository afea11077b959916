"""A section that a colleague writes by a day: given, finished, taken back, and who is told."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from isp.kernel import clock
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.notices.models import Notice
from isp.plans import actions, given, giving
from isp.plans.giving import NOTE_LIMIT
from tests.cast import small_plan
from tests.plans.desk import words
from tests.together import in_one_moment

NOTICES = table_of(Notice)


def soon(days=7):
    return clock.today() + timedelta(days=days)


def give(cast, record_id, *, to="tom", section="outcomes", by="sara", due_on=None, note=""):
    with cast.acting(by) as unit:
        return giving.give_section(unit, record_id, section, cast.people[to], due_on or soon(), note)


def finish(cast, task_id, by="tom"):
    with cast.acting(by) as unit:
        giving.finish_section(unit, task_id)


def take_back(cast, task_id, by="sara"):
    with cast.acting(by) as unit:
        giving.take_back(unit, task_id)


def mine(cast, name):
    with cast.looking(name) as unit:
        return [task.section for task in given.mine(unit)]


def told(cast, name):
    """The kinds of what waits to be told to somebody."""
    with cast.store.database.reading() as connection:
        rows = connection.execute(select(NOTICES.c.kind).where(NOTICES.c.person_id == cast.people[name]))
        return [row.kind for row in rows]


def status(desk, record_id, section="outcomes"):
    return desk.content(record_id)["sections"][section]["status"]


# -- giving ---------------------------------------------------------------------------------------------


def test_a_senco_gives_a_section_and_the_teacher_finds_it_and_is_told(cast, desk, draft):
    give(cast, draft, note="The three words, please")
    assert mine(cast, "tom") == ["outcomes"]
    assert told(cast, "tom") == ["section_given"]
    with cast.looking("sara") as unit:
        held = given.in_draft(unit, desk.draft(draft).id)
    assert held["outcomes"].who == "Tom Example"
    assert held["outcomes"].note == "The three words, please"


def test_what_the_trail_says_of_it_has_no_words_in_it(cast, desk, draft):
    give(cast, draft, note="zqcanary")
    said = desk.told("ava")[-1]
    assert said.event.code == "plan.section_given"
    assert said.detail == {
        "section": "outcomes",
        "person": str(cast.people["tom"]),
        "due_on": soon().isoformat(),
    }
    assert "zqcanary" not in str(said.canon)


@pytest.mark.parametrize("name", ["tom", "hal", "ada", "tia", "pam"])
def test_nobody_but_a_senco_gives_a_section(cast, draft, name):
    with pytest.raises(NotAllowed):
        give(cast, draft, to="dan", by=name)


@pytest.mark.parametrize("name", ["nora", "stan", "tess"])
def test_a_stranger_learns_nothing_from_trying(cast, draft, name):
    task_id = give(cast, draft)
    with pytest.raises(NotFound):
        give(cast, draft, by=name)
    for deed in (finish, take_back):
        with pytest.raises(NotFound):
            deed(cast, task_id, by=name)
        with pytest.raises(NotFound):
            deed(cast, uuid4(), by=name)


@pytest.mark.parametrize("name", ["tess", "tia", "hal", "pam", "sara", "stan"])
def test_a_section_goes_to_somebody_who_may_write_in_this_plan_and_not_to_oneself(cast, draft, name):
    with pytest.raises(Invalid) as refused:
        give(cast, draft, to=name)
    assert "person_id" in refused.value.errors
    assert "section_given" not in told(cast, name)


@pytest.mark.parametrize(("days", "says"), [(-1, "from today on"), (400, "Check the year")])
def test_the_day_is_to_come_and_within_a_year(cast, draft, days, says):
    with pytest.raises(Invalid) as refused:
        give(cast, draft, due_on=soon(days))
    assert says in refused.value.errors["due_on"]


def test_what_is_said_to_it_is_short(cast, draft):
    with pytest.raises(Invalid) as refused:
        give(cast, draft, note="x" * (NOTE_LIMIT + 1))
    assert "by 1 characters" in refused.value.errors["note"]


def test_a_section_that_is_none_is_not_found(cast, draft):
    with pytest.raises(NotFound):
        give(cast, draft, section="nonsense")


def test_a_section_is_with_one_colleague_at_a_time(cast, draft):
    give(cast, draft)
    with pytest.raises(Conflict):
        give(cast, draft, to="dan")


def test_two_who_give_the_same_section_at_once_give_it_once(cast, draft):
    def giving_to(name):
        return lambda unit: giving.give_section(unit, draft, "outcomes", cast.people[name], soon())

    second = in_one_moment(cast, giving_to("tom"), giving_to("sara"), ("sara", "dan"))
    assert isinstance(second, Conflict)
    assert mine(cast, "tom") == ["outcomes"]


def test_nothing_is_given_of_a_plan_in_which_nobody_writes(cast, plan):
    with pytest.raises(Conflict):
        give(cast, plan)


# -- finishing and taking back ------------------------------------------------------------------------------


def test_done_marks_the_section_complete_and_tells_whoever_asked(cast, desk, draft):
    task_id = give(cast, draft)
    finish(cast, task_id)
    assert status(desk, draft) == "complete"
    assert mine(cast, "tom") == []
    assert "section_done" in told(cast, "sara")
    assert desk.acts("ava")[-2:] == ["plan.draft_saved", "plan.section_done"]


def test_a_section_that_is_complete_already_is_simply_finished(cast, desk, draft):
    first = give(cast, draft)
    finish(cast, first)
    again = give(cast, draft)
    finish(cast, again)
    assert desk.acts("ava")[-1] == "plan.section_done"
    assert desk.acts("ava").count("plan.draft_saved") == 2  # the plan's first words, and the status


def test_nobody_finishes_a_colleagues_section(cast, draft):
    task_id = give(cast, draft)
    for name in ("sara", "dan"):
        with pytest.raises(NotAllowed):
            finish(cast, task_id, by=name)
    with pytest.raises(NotAllowed):
        finish(cast, task_id, by="tia")


def test_a_section_is_finished_once(cast, draft):
    task_id = give(cast, draft)
    finish(cast, task_id)
    for deed, name in ((finish, "tom"), (take_back, "sara")):
        with pytest.raises(Conflict):
            deed(cast, task_id, by=name)


def test_a_section_that_was_taken_back_is_with_nobody_and_can_be_given_again(cast, desk, draft):
    task_id = give(cast, draft)
    take_back(cast, task_id)
    assert mine(cast, "tom") == []
    assert told(cast, "tom") == ["section_given", "section_taken_back"]
    assert desk.acts("ava")[-1] == "plan.section_taken_back"
    with pytest.raises(Conflict):
        finish(cast, task_id)
    give(cast, draft, to="dan")
    assert mine(cast, "dan") == ["outcomes"]


def test_the_teacher_does_not_take_her_own_section_back(cast, draft):
    task_id = give(cast, draft)
    with pytest.raises(NotAllowed):
        take_back(cast, task_id, by="tom")


def test_a_draft_that_is_put_aside_leaves_nothing_to_write(cast, desk, draft):
    task_id, revision = give(cast, draft), desk.draft(draft).revision
    with cast.acting("sara") as unit:
        actions.discard_draft(unit, draft, revision)
    assert mine(cast, "tom") == []
    with pytest.raises(Conflict):
        finish(cast, task_id)
    with cast.acting("sara") as unit:
        actions.start_draft(unit, draft)
    with pytest.raises(Conflict):
        finish(cast, task_id)  # it was of the draft before


def test_a_teacher_who_teaches_the_pupil_no_more_has_nothing_to_write(cast, draft):
    give(cast, draft)
    with cast.making() as unit:
        from isp.access.models import GroupStaff

        row = unit.connection.execute(
            select(GroupStaff.id).where(GroupStaff.person_id == cast.people["tom"])
        ).one()
        unit.change(GroupStaff, {"id": row.id}, ended_at=unit.now)
    assert mine(cast, "tom") == []


# -- reminders ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "reminded"), [(7, False), (2, True), (0, True)])
def test_what_is_due_in_two_days_is_reminded_of(cast, draft, days, reminded):
    task_id = give(cast, draft, due_on=soon(days))
    with cast.looking("sara") as unit:
        found = list(given.reminders(unit, unit.today))
    wanted = [(cast.people["tom"], task_id)] if reminded else []
    assert [(one.person_id, one.about) for one in found] == wanted


# -- the pages ------------------------------------------------------------------------------------------


def test_the_senco_gives_a_section_from_the_overview(desk, cast, draft):
    sara = desk.at("sara")
    at = f"/plans/{draft}/give"
    assert at in sara.get(f"/plans/{draft}/edit").text
    page = sara.get(at)
    assert "Tom Example, Class teacher" in words(page)
    day = soon()
    sent = sara.fill(
        page,
        at,
        values={
            "sections": "outcomes",
            "person_id": str(cast.people["tom"]),
            "due_on-day": str(day.day),
            "due_on-month": str(day.month),
            "due_on-year": str(day.year),
        },
    )
    assert sent.status_code == 303
    assert "With Tom Example, due" in words(sara.get(f"/plans/{draft}/edit"))


def test_several_sections_go_to_one_person_by_one_day_and_she_is_told_once(desk, cast, draft):
    with cast.acting("sara") as unit:
        tasks = giving.give_sections(
            unit, draft, ["outcomes", "needs", "outcomes"], cast.people["tom"], soon(), "Please"
        )
    assert len(tasks) == 2
    assert set(mine(cast, "tom")) == {"outcomes", "needs"}
    assert told(cast, "tom") == ["section_given"]
    assert desk.acts("ava")[-2:] == ["plan.section_given", "plan.section_given"]
    page = words(desk.at("sara").get(f"/plans/{draft}/give"))
    assert "Take it back: Outcomes" in page
    assert "Take it back: Needs" in page


def test_where_somebody_has_one_of_them_none_is_given(desk, cast, draft):
    give(cast, draft, section="needs")
    with pytest.raises(Conflict, match="Somebody has this already: Needs"), cast.acting("sara") as unit:
        giving.give_sections(unit, draft, ["outcomes", "needs"], cast.people["tom"], soon())
    assert mine(cast, "tom") == ["needs"]


def test_no_section_is_not_given(cast, draft):
    with pytest.raises(Invalid) as refused, cast.acting("sara") as unit:
        giving.give_sections(unit, draft, [], cast.people["tom"], soon())
    assert refused.value.errors == {"sections": "Choose at least one section."}


def test_the_overview_leads_to_it_with_one_link(desk, draft):
    assert desk.at("sara").get(f"/plans/{draft}/edit").text.count("/give") == 1


def test_a_form_with_something_wrong_comes_back_filled_in(desk, cast, draft):
    sara = desk.at("sara")
    at = f"/plans/{draft}/give"
    sent = sara.fill(sara.get(at), at, note="Please", values={"due_on-day": "3"})
    assert sent.status_code == 422
    assert "Please" in sent.text
    assert "Choose who should write them" in words(sent)
    assert "Choose at least one section" in words(sent)


def test_the_teacher_saves_and_finishes_in_one_press(desk, cast, draft):
    give(cast, draft, section="about_me", note="In his own words")
    tom = desk.at("tom")
    at = f"/plans/{draft}/edit/about_me"
    page = tom.get(at)
    assert "In his own words" in words(page)
    (task,) = _tasks(cast)
    sent = tom.fill(page, at, do=f"finish:{task}", values={"about_me.strengths": "Draws maps"})
    assert sent.status_code == 303
    held = desk.content(draft)["sections"]["about_me"]
    assert held["fields"]["strengths"] == "Draws maps"
    assert held["status"] == "complete"
    assert "It is written" not in tom.get(at).text


def test_a_colleague_who_was_not_asked_is_shown_no_button(desk, cast, draft):
    give(cast, draft, section="about_me")
    assert "say that it is written" not in desk.at("sara").get(f"/plans/{draft}/edit/about_me").text


def test_the_senco_takes_it_back_on_the_same_page(desk, cast, draft):
    give(cast, draft)
    sara = desk.at("sara")
    page = sara.get(f"/plans/{draft}/give")
    (task,) = _tasks(cast)
    assert "Tom Example has this section" in words(page)
    assert sara.fill(page, f"/plans/tasks/{task}/take-back").status_code == 303
    assert mine(cast, "tom") == []


def test_a_plan_without_a_draft_has_no_section_to_give(desk, cast):
    record_id = cast.plan("ben", "sara", small_plan())
    assert desk.at("sara").get(f"/plans/{record_id}/give").status_code == 409


def _tasks(cast):
    with cast.store.database.reading() as connection:
        return list(connection.scalars(select(given.TASKS.c.id)))
