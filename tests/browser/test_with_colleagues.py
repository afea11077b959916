"""What is shared with colleagues, in the states that an address alone does not show, wide and narrow.

A note whose words point to the safeguarding lead, a section with somebody, a round with answers and with
something refused, a class sheet that is read and changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from isp.kernel import clock
from isp.notes import actions as notes
from isp.plans import actions as plans
from isp.plans import giving
from isp.reviews import rounds
from isp.reviews.rounds_rules import usual_questions
from tests.browser.site import enter, faults, serving
from tests.caseload.desk import full_plan
from tests.cast import Cast, standing_cast
from tests.engines import SQLiteStore
from tests.guards.reaching import app_over


@dataclass
class Site:
    """The running pages, and what is there."""

    url: str
    cast: Cast
    plan: UUID
    round: UUID


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    store = SQLiteStore(tmp_path_factory.mktemp("databases"))
    with store.fresh() as url:
        cast = standing_cast(url)
        plan = cast.plan("ava", "sara", full_plan())
        with cast.acting("sara") as unit:
            plans.start_draft(unit, plan)
        with cast.acting("sara") as unit:
            due_on = clock.today() + timedelta(days=3)
            giving.give_section(unit, plan, "outcomes", cast.people["tom"], due_on, "The three words")
            round_id = rounds.ask(unit, plan, usual_questions(unit.today), due_on)
        with cast.acting("tom") as unit:
            notes.write(unit, cast.pupils["ava"], "Reads better after lunch")
        with serving(app_over(cast)) as at:
            yield Site(at, cast, plan, round_id)
        cast.close()


def test_a_note_that_may_belong_elsewhere_is_asked_about_and_kept_in_its_box(
    site: Site, browser: Browser
) -> None:
    page = enter(browser, site.url, "tom")
    page.goto(f"/pupils/{site.cast.pupils['ava']}/notes/write")
    page.get_by_label("What do you want to keep in mind?").fill("He had a bruise on his arm")
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_role("alert").filter(has_text="tell Leo Example, now")).to_be_visible()
    expect(page.get_by_label("What do you want to keep in mind?")).to_have_value("He had a bruise on his arm")
    assert not faults(page)
    page.get_by_label("save it as a working note all the same").check()
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_text("The note is saved.")).to_be_visible()
    assert not faults(page)
    page.context.close()


def test_a_teacher_writes_her_section_and_says_so(site: Site, browser: Browser) -> None:
    page = enter(browser, site.url, "tom")
    expect(page.get_by_role("heading", name="To write")).to_be_visible()
    assert not faults(page)
    page.get_by_role("link", name="the section “Outcomes”").click()
    expect(page.get_by_text("asks you to write this section by")).to_be_visible()
    assert not faults(page)
    page.get_by_role("button", name="Save, and say that it is written").click()
    expect(page.get_by_text("The section is marked as complete")).to_be_visible()
    page.context.close()


def test_answers_are_saved_as_they_are_typed_and_stand_beside_the_outcome(
    site: Site, browser: Browser
) -> None:
    page = enter(browser, site.url, "tom")
    page.goto(f"/questions/{site.round}/answer")
    page.get_by_label("More than expected", exact=True).check()
    page.get_by_label("In a few words").fill("Two steps on most days")
    page.get_by_label(usual_questions(clock.today())[0]).fill("Joins in")
    expect(page.locator("[data-save-status]")).to_contain_text("Saved at", timeout=15_000)
    assert not faults(page)
    page.reload()
    expect(page.get_by_label("In a few words")).to_have_value("Two steps on most days")
    page.get_by_label(usual_questions(clock.today())[1]).fill("y" * 1001)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Shorten this by 1 characters")
    assert not faults(page)
    page.get_by_label(usual_questions(clock.today())[1]).fill("Mondays")
    page.get_by_role("button", name="Save, and say that I have finished").click()
    expect(page.get_by_text("Your answers are in")).to_be_visible()
    page.context.close()
    sara = enter(browser, site.url, "sara")
    sara.goto(f"/questions/{site.round}")
    expect(sara.get_by_text("Two steps on most days")).to_be_visible()
    assert not faults(sara)
    sara.context.close()


def test_a_class_sheet_is_read_and_the_head_sees_by_whom(site: Site, browser: Browser) -> None:
    page = enter(browser, site.url, "tia")
    page.goto(f"/classes/{site.cast.groups['4T']}")
    assert not faults(page)
    page.get_by_role("button", name="I have read this").click()
    expect(page.get_by_text("that you have read this sheet as it is")).to_be_visible()
    assert not faults(page)
    page.goto(f"/classes/{site.cast.groups['4T']}?cover=yes")
    assert not faults(page)
    page.context.close()
    head = enter(browser, site.url, "hal")
    head.goto("/class-sheets")
    expect(head.get_by_text("Read as it is now, on")).to_be_visible()
    assert not faults(head)
    head.context.close()
