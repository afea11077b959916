"""Planning a review, moving it, calling it off, and who is asked to it."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar

from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.plans import actions as plan_actions
from isp.reviews import actions, invitations
from isp.reviews.actions import When
from isp.reviews.rules import read_time
from tests.plans.desk import words
from tests.plans.test_writing_in_a_draft import person_tokens

PAM, PAUL = "pam", "paul"


def plan_it(desk, plan, by="sara", **when):
    with desk.cast.acting(by) as unit:
        return actions.plan_review(unit, plan, When(**when), desk.cast.people["tom"])


def asked(desk, review):
    with desk.cast.acting("sara") as unit:
        return {one.name: one for one in invitations.invited(unit, review)}


# -- when ----------------------------------------------------------------------------------------------------


def test_a_senco_plans_a_review_on_its_page(desk, plan):
    sara = desk.at("sara")
    path = f"/plans/{plan}/review"
    page = sara.get(path)
    assert "It is due on" in words(page)
    answer = sara.fill(
        page,
        path,
        starts="3.30pm",
        minutes="45",
        place="The blue room",
        led_by=str(desk.cast.people["tom"]),
    )
    assert answer.status_code == 303
    said = words(sara.get(answer.headers["Location"]))
    assert "at 15:30, for 45 minutes" in said
    assert "The blue room" in said
    assert "Tom" in said
    review = UUID(answer.headers["Location"].rpartition("/")[2])
    told = next(one for one in desk.told("ava") if one.event.code == "review.planned")
    assert told.detail["cycle"] == 1
    assert told.detail["led_by"] == str(desk.cast.people["tom"])
    assert desk.row(review).due_on == clock.today() + timedelta(days=90)


def test_a_time_that_is_none_comes_back_with_what_was_typed(desk, plan):
    sara = desk.at("sara")
    path = f"/plans/{plan}/review"
    answer = sara.fill(sara.get(path), path, starts="half past", place="The blue room")
    assert answer.status_code == 422
    assert "Give a time like 15:30" in words(answer)
    assert "The blue room" in answer.text
    assert desk.count() == 0


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("15:30", time(15, 30)),
        ("3.30pm", time(15, 30)),
        ("9am", time(9)),
        ("12pm", time(12)),
        ("12am", time(0)),
        ("9", time(9)),
        ("", None),
        ("08:05", time(8, 5)),
    ],
)
def test_a_time_is_read_as_people_write_it(typed, read):
    assert read_time(typed) == read


@pytest.mark.parametrize("typed", ["25:00", "13pm", "noon", "9:5", "12:60", "١٢", "9:", "-1", "1:2:3"])
def test_what_is_no_time_is_said(typed):
    if typed == "9:":
        assert read_time(typed) == time(9)
        return
    with pytest.raises(Invalid):
        read_time(typed)


def test_one_review_at_a_time(desk, plan, review):
    with pytest.raises(Conflict, match="planned already"):
        plan_it(desk, plan)


def test_a_meeting_is_not_in_the_past(desk, plan):
    with pytest.raises(Invalid):
        plan_it(desk, plan, on=clock.today() - timedelta(days=1))


def test_a_plan_that_ended_has_no_review_to_plan(desk, cast, plan):
    with cast.acting("sara") as unit:
        plan_actions.end_plan(unit, plan, "needs_met", "All is well")
    with pytest.raises(Conflict, match="ended"):
        plan_it(desk, plan)


def test_a_teacher_plans_what_she_leads_herself(desk, plan):
    review = plan_it(desk, plan, by="tom")
    assert desk.row(review).led_by == desk.cast.people["tom"]


def test_only_somebody_who_could_close_it_leads_it(desk, plan):
    with pytest.raises(Invalid), desk.cast.acting("sara") as unit:
        actions.plan_review(unit, plan, When(), desk.cast.people["tia"])


@pytest.mark.parametrize("name", ["hal", "pam", "leo", "tia", "carl"])
def test_others_of_the_school_and_the_family_do_not_plan_it(desk, plan, name):
    with pytest.raises(NotAllowed):
        plan_it(desk, plan, by=name)


@pytest.mark.parametrize("name", ["nora", "sena", "tess", "wes"])
def test_a_stranger_finds_no_plan_to_review(desk, plan, name):
    with pytest.raises(NotFound):
        plan_it(desk, plan, by=name)


def test_a_review_that_is_moved_is_told_to_those_who_are_asked(desk, cast, review):
    with cast.acting("sara") as unit:
        invitations.invite(unit, review, [cast.people["pam"]])
    with cast.acting("sara") as unit:
        later = When(on=clock.today() + timedelta(days=5))
        actions.move_review(unit, review, later, cast.people["tom"], desk.row(review).row_version)
    assert desk.notices("review_moved") == {"pam"}
    assert desk.acts("ava")[-1] == "review.moved"
    with pytest.raises(Conflict, match="Somebody changed this"), cast.acting("sara") as unit:
        actions.move_review(unit, review, When(), None, 1)


def test_a_review_that_is_called_off_leaves_the_plan_due(desk, cast, plan, held):
    with cast.acting("sara") as unit:
        invitations.invite(unit, held, [cast.people["pam"]])
    sara = desk.at("sara")
    path = f"/reviews/{held}/cancel"
    assert sara.fill(sara.get(path), path).status_code == 422
    assert sara.fill(sara.get(path), path, reason="Snow").status_code == 303
    assert desk.row(held).status == "cancelled"
    assert desk.notices("review_cancelled") == {"pam"}
    assert "Plan it" in words(sara.get("/reviews"))
    assert plan_it(desk, plan)
    with pytest.raises(Conflict, match="cancelled"):
        desk.open(held)


def test_a_plan_of_which_nothing_is_shared_has_nothing_to_review(desk, cast):
    review = plan_it(desk, cast.plan("ben", "sara"))
    with pytest.raises(Conflict, match="nothing to review"):
        desk.open(review)


# -- who is asked --------------------------------------------------------------------------------------------


def test_the_family_is_ticked_already_and_each_is_told(desk, review):
    sara = desk.at("sara")
    path = f"/reviews/{review}/invitations"
    page = sara.get(path)
    answer = sara.fill(page, path, which="people", people=[str(desk.cast.people[one]) for one in (PAM, PAUL)])
    assert answer.status_code == 303
    assert {one.person_id for one in asked(desk, review).values()} == {
        desk.cast.people[PAM],
        desk.cast.people[PAUL],
    }
    assert desk.notices("review_invited") == {PAM, PAUL}
    assert desk.acts("ava").count("review.invited") == 2


def test_nobody_is_asked_to_a_page_that_would_not_open(desk, cast, review):
    with cast.acting("sara") as unit:
        able = invitations.to_ask(unit, review, cast.pupils["ava"])
    assert cast.people["pam"] in able
    assert cast.people["carl"] not in able
    assert cast.people["sena"] not in able
    for name in ("nora", "carl"):
        with pytest.raises(Invalid), cast.acting("sara") as unit:
            invitations.invite(unit, review, [cast.people[name]])


def test_a_professional_is_named_and_nobody_is_told(desk, review):
    sara = desk.at("sara")
    path = f"/reviews/{review}/invitations"
    answer = sara.fill(sara.get(path), path, which="professional", name="Ms Reed", role="Therapist, NHS")
    assert answer.status_code == 303
    assert asked(desk, review)["Ms Reed"].role_words == "Therapist, NHS"
    refused = sara.fill(sara.get(path), path, which="professional", name="")
    assert refused.status_code == 422
    assert desk.notices("review_invited") == set()


def test_a_parent_answers_for_herself_and_for_nobody_else(desk, cast, review):
    with cast.acting("sara") as unit:
        invitations.invite(unit, review, [cast.people[PAM], cast.people[PAUL]])
    pam = desk.at("pam")
    path = f"/reviews/{review}"
    page = pam.get(path)
    mine = asked(desk, review)["Pam Example"]
    assert "Paul" not in words(page)
    answer = pam.fill(page, f"{path}/invitations/{mine.id}/answer", answer="sends_views")
    assert answer.status_code == 303
    assert asked(desk, review)["Pam Example"].answer == "sends_views"
    other = asked(desk, review)["Paul Example"]
    with pytest.raises(NotFound), cast.acting(PAM) as unit:
        invitations.answer(unit, review, other.id, "coming")
    with pytest.raises(Invalid), cast.acting(PAM) as unit:
        invitations.answer(unit, review, mine.id, "perhaps")
    desk.open(review)
    came = {one["name"]: one.get("came") for one in desk.report(review)["sections"]["meeting"]["items"]}
    assert came == {"Pam Example": "sent_views", "Paul Example": None}


def test_an_invitation_is_taken_back_once(desk, cast, review):
    with cast.acting("sara") as unit:
        invitations.invite(unit, review, [cast.people[PAM]])
    held = asked(desk, review)["Pam Example"]
    with cast.acting("sara") as unit:
        invitations.uninvite(unit, review, held.id)
    assert asked(desk, review) == {}
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        invitations.uninvite(unit, review, held.id)
    assert desk.acts("ava")[-1] == "review.uninvited"


# -- the calendar --------------------------------------------------------------------------------------------


def test_a_calendar_entry_says_when_and_names_nobody(desk, cast, plan):
    day = date(clock.today().year + 1, 6, 4)  # summer time
    review = plan_it(desk, plan, on=day, starts=time(15, 30), minutes=45, place="The blue room")
    with cast.acting("sara") as unit:
        invitations.invite(unit, review, [cast.people[PAM]])
    answer = desk.at("pam").get(f"/reviews/{review}/calendar")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="review.ics"'
    text = answer.get_data(as_text=True)
    for told in (
        "Ava",
        "Planted",
        "Pam",
        "Tom",
        "blue room",
        "ATTENDEE",
        "ORGANIZER",
        "LOCATION",
        "Oakfield",
    ):
        assert told.casefold() not in text.casefold(), told
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert event["SUMMARY"] == "Review meeting"
    begins = event.decoded("DTSTART")
    assert begins.isoformat() == f"{day.isoformat()}T15:30:00+01:00"
    assert event.decoded("DTEND") - begins == timedelta(minutes=45)
    assert Calendar.from_ical(text).walk("VTIMEZONE")


def test_a_review_without_a_time_is_an_entry_of_the_whole_day(desk, plan):
    day = clock.today() + timedelta(days=9)
    review = plan_it(desk, plan, on=day)
    (event,) = Calendar.from_ical(desk.at("tom").get(f"/reviews/{review}/calendar").data).walk("VEVENT")
    assert event.decoded("DTSTART") == day
    assert event.decoded("DTEND") == day + timedelta(days=1)


def test_a_calendar_entry_lies_behind_the_sign_in(desk, review):
    assert desk.at("nora").get(f"/reviews/{review}/calendar").status_code == 404


# -- nothing typed twice -------------------------------------------------------------------------------------


def closed_once(desk, cast, plan, **decided):
    """A review of the plan that was held in room 4, with a therapist and the deputy, and closed."""
    with cast.acting("sara") as unit:
        when = When(on=unit.today, minutes=45, place="Room 4")
        review = actions.plan_review(unit, plan, when, cast.people["tom"])
        invitations.invite_professional(unit, review, "Ms Reed", "Speech therapist, NHS")
        invitations.invite(unit, review, [cast.people["dan"]])
    desk.open(review)
    desk.fill(review, **decided)
    desk.close(review)


def test_the_next_review_begins_with_what_the_last_one_was(desk, cast, plan):
    closed_once(desk, cast, plan)
    page = desk.at("sara").get(f"/plans/{plan}/review").text
    assert 'value="Room 4"' in page
    assert re.search(r'<option value="45" selected', page)
    assert re.search(rf'<option value="{cast.people["tom"]}" selected', page)


def test_whom_the_last_report_named_leads_it(desk, cast, plan):
    closed_once(desk, cast, plan, next_led_by="dan example")
    page = desk.at("sara").get(f"/plans/{plan}/review").text
    assert re.search(rf'<option value="{cast.people["dan"]}" selected', page)


def test_who_was_asked_last_time_is_ticked_and_a_professional_is_asked_again_by_one_button(desk, cast, plan):
    closed_once(desk, cast, plan)
    review = desk.planned(plan)
    sara = desk.at("sara")
    here = f"/reviews/{review}/invitations"
    page = sara.get(here).text
    assert re.search(rf'value="{cast.people["dan"]}" checked', page)
    assert not re.search(rf'value="{cast.people["hal"]}" checked', page)
    assert "Ask again: Ms Reed, Speech therapist, NHS" in page
    again = {"which": "professional", "name": "Ms Reed", "role": "Speech therapist, NHS"}
    assert sara.send(here, {**person_tokens(sara), **again}).status_code == 303
    said = sara.get(here).text
    assert "Ms Reed" in said
    assert "Ask again" not in said
