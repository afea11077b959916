"""Every open plan is in the list, with a day or with the reason why there is none; nobody's is lost."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from isp.access.models import Tie
from isp.kernel import clock
from isp.plans import actions as plan_actions
from isp.plans.models import PlanCard
from isp.records import drafts
from isp.records.changes import Change, Op
from isp.reviews import due, lists
from tests.cast import small_plan
from tests.plans.desk import words
from tests.statements import statements


def no_date(desk, plan) -> None:
    """As a plan is that was written elsewhere, or whose version was withdrawn."""
    with desk.cast.making() as unit:
        nobody_s = {"next_review_on": None, "agreed_on": None}
        unit.session.execute(update(PlanCard).where(PlanCard.record_id == plan).values(**nobody_s))


def dated(content, days: int):
    content["sections"]["review"]["fields"] = {
        "next_review_on": (clock.today() + timedelta(days=days)).isoformat()
    }
    return content


def listed(desk, pupil="ava", school="oakfield"):
    with desk.cast.acting("sara") as unit:
        return due.plans_due(unit, [desk.cast.pupils[pupil]], desk.cast.places[school])


def test_a_plan_is_due_when_it_says_so(desk, plan):
    (one,) = listed(desk)
    assert one.on == clock.today() + timedelta(days=90)
    assert one.review_id is None


def test_a_plan_without_a_date_says_why(desk, plan):
    no_date(desk, plan)
    (one,) = listed(desk)
    assert (one.on, one.due.why) == (None, "no_calendar")
    desk.term("oakfield", clock.today() - timedelta(days=30), clock.today() + timedelta(days=30))
    (one,) = listed(desk)
    assert (one.on, one.due.why) == (None, "beyond")
    desk.term("oakfield", clock.today() + timedelta(days=31), clock.today() + timedelta(days=300))
    (one,) = listed(desk)
    assert one.on is not None
    assert clock.today() < one.on <= clock.today() + timedelta(days=124)


def test_a_plan_that_was_never_shared_is_in_the_list_too(desk, cast):
    cast.plan("ben", "sara")
    (one,) = listed(desk, "ben")
    assert (one.on, one.due.why) == (None, "not_shared")


def test_after_a_review_the_plan_is_due_when_the_review_said(desk, plan, held):
    desk.fill(held)
    desk.close(held)
    (one,) = listed(desk)
    assert one.on == clock.today() + timedelta(days=80)


def test_a_version_shared_after_the_review_says_it_anew(desk, cast, plan, held):
    desk.fill(held)
    desk.close(held)
    day = (clock.today() + timedelta(days=40)).isoformat()
    with cast.acting("sara") as unit:
        draft = drafts.read(unit, plan)
        sooner = Change(Op.SET, "review", None, "next_review_on", day)
        plan_actions.save_draft(unit, plan, draft.revision, [sooner])
    with cast.acting("sara") as unit:
        plan_actions.publish(unit, plan, drafts.read(unit, plan).revision, "Sooner")
    (one,) = listed(desk)
    assert one.on == date.fromisoformat(day)


def test_a_pupil_who_moves_is_in_the_new_school_s_list_by_its_calendar(desk, cast, plan):
    no_date(desk, plan)
    desk.term("elmfield", clock.today() - timedelta(days=300), clock.today() + timedelta(days=300))
    with cast.making() as unit:
        was = update(Tie).where(Tie.pupil_id == cast.pupils["ava"], Tie.kind == "school")
        unit.session.execute(was.values(ended_at=unit.now))
        cast._tie(unit, cast.pupils["ava"], "school", organisation_id=cast.places["elmfield"])
    sena = desk.at("sena")
    said = words(sena.get("/reviews"))
    assert "Ava Planted" in said
    assert "The school’s calendar has no terms yet" not in said
    assert "Ava Planted" not in words(desk.at("sara").get("/reviews"))


@pytest.mark.parametrize(
    ("days", "heading"),
    [
        (-3, "Overdue, oldest first (1)"),
        (5, "Due in the next 14 days (1)"),
        (30, "Later (1)"),
    ],
)
def test_the_list_says_what_is_overdue_due_and_later(desk, cast, days, heading):
    cast.plan("ava", "sara", dated(small_plan(), days))
    said = words(desk.at("sara").get("/reviews"))
    assert heading in said
    assert "Ava Planted" in said


def test_a_meeting_that_is_soon_is_said_though_the_review_is_due_much_later(desk, cast):
    plan = cast.plan("ben", "sara", dated(small_plan(), 60))
    sara = desk.at("sara")
    assert "in the next 14 days (1)" not in words(sara.get("/"))
    desk.planned(plan, on=clock.today() + timedelta(days=4))
    for page in ("/", "/reviews"):
        said = words(sara.get(page))
        assert "in the next 14 days (1)" in said
        assert "Ben Planted" in said


def test_a_plan_s_own_interval_says_when_its_review_is_due(desk, cast):
    content = dated(small_plan(), 30)
    content["sections"]["review"]["fields"]["interval"] = "half_termly"
    plan = cast.plan("ben", "sara", content)
    no_date(desk, plan)
    desk.term("oakfield", clock.today() - timedelta(days=30), clock.today() + timedelta(days=300))
    (one,) = listed(desk, "ben")
    assert clock.today() + timedelta(days=50) < one.on <= clock.today() + timedelta(days=62)


def test_a_card_from_before_the_interval_was_kept_goes_by_the_usual_one(desk, cast, plan):
    no_date(desk, plan)
    desk.term("oakfield", clock.today() - timedelta(days=30), clock.today() + timedelta(days=300))
    with cast.making() as unit:
        unit.session.execute(update(PlanCard).where(PlanCard.record_id == plan).values(interval=None))
    (one,) = listed(desk)
    assert clock.today() + timedelta(days=110) < one.on <= clock.today() + timedelta(days=124)


@pytest.fixture
def many(cast):
    """Sixty plans: twelve overdue, the others due one after another."""
    for number in range(60):
        cast.pupil(f"zq{number}", "oakfield")
        cast.plan(f"zq{number}", "sara", dated(small_plan(), 3 * number - 34))
    return cast


def test_the_list_comes_a_page_at_a_time_with_all_counts_on_top(desk, many):
    sara = desk.at("sara")
    first = sara.get("/reviews")
    said = words(first)
    assert "12 overdue, 5 due in the next 14 days, 0 without a day, 43 later." in said
    assert first.text.count('scope="row"') == 50
    (following,) = re.findall(r'href="([^"]+)" rel="next"', first.text)
    second = sara.get(html.unescape(following))
    assert second.text.count('scope="row"') == 10
    assert "12 overdue, 5 due in the next 14 days" in words(second)
    assert "No review is overdue" not in words(second)
    assert "Later (43)" in words(second)
    shown = [re.findall(r"/pupils/([0-9a-f-]{36})", page.text) for page in (first, second)]
    assert len({*shown[0], *shown[1]}) == 60
    assert not {*shown[0]} & {*shown[1]}


def test_a_page_s_statements_are_as_many_for_sixty_plans_as_for_one(desk, cast, plan):
    def ask():
        with desk.app.app_context(), statements(cast.store.database) as said, cast.looking("sara") as unit:
            lists.school_reviews(unit)
        return len(said)

    ask()  # keys and names are in memory from here on
    of_one = ask()
    for number in range(60):
        cast.pupil(f"zq{number}", "oakfield")
        cast.plan(f"zq{number}", "sara", dated(small_plan(), number - 20))
    assert ask() == of_one <= 12


def test_a_cursor_of_another_list_gives_the_first_page(desk, plan):
    assert "Ava Planted" in words(desk.at("sara").get("/reviews?from=nonsense"))


def test_only_who_may_plan_a_review_is_led_to_planning_it(desk, plan):
    assert "Plan it" in words(desk.at("sara").get("/reviews"))
    assert "Plan it" not in words(desk.at("hal").get("/reviews"))


def test_home_counts_what_is_overdue_oldest_first_for_the_senco_and_the_head(desk, cast):
    cast.plan("ava", "sara", dated(small_plan(), -3))
    cast.plan("ben", "sara", dated(small_plan(), -9))
    for name in ("sara", "hal"):
        said = words(desk.at(name).get("/"))
        assert "Reviews overdue (2)" in said
        assert said.index("Ben Planted") < said.index("Ava Planted")


def test_home_leaves_no_plan_out_that_has_no_day(desk, plan):
    no_date(desk, plan)
    said = words(desk.at("sara").get("/"))
    assert "Without a day for the review (1)" in said
    assert "The school’s calendar has no terms yet" in said


def test_a_teacher_has_the_reviews_that_she_leads_and_no_other(desk, cast, review):
    other = cast.plan("ben", "sara", small_plan())
    desk.planned(other, led_by="sara")
    tom = desk.at("tom")
    said = words(tom.get("/reviews/led"))
    assert "Ava Planted" in said
    assert "Ben Planted" not in said
    home = words(tom.get("/"))
    assert "Reviews I lead Ava Planted: the review" in home
    assert "Ben Planted: the review" not in home
    assert tom.get("/reviews").status_code == 403


def test_a_list_that_was_looked_at_is_told(desk, plan):
    desk.at("sara").get("/reviews")
    assert desk.acts_of("sara")[-1] == "list.viewed"
